/** The page's outbox, and how what is in it reaches the server. */

import { deleteTurn, person, postTurn } from "../api.js";
import { Outbox } from "./outbox.js";
import { Shelf } from "./shelf.js";

export const outbox = new Outbox(hand, new Shelf(person));

/** @param {import("./outbox.js").Job} job @param {boolean} keepalive @returns {Promise<string>} the turn as the server renders it, HTML */
async function hand({ thread, turn, how, isWithdrawn }, keepalive) {
  const id = await thread.begin();
  if (!isWithdrawn) return postTurn(id, turn, { ...how, keepalive });
  await deleteTurn(id, turn.itemId);
  return "";
}
