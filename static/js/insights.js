/** The page of figures. */

import { behavior, startBehaviors } from "./behaviors.js";
import { chart } from "./page/chart.js";

behavior("chart", chart);
startBehaviors();
