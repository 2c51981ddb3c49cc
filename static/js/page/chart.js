/** Draws the table that an element names: a line, or a row of bars, over the days of its first column. */

/** @typedef {{labels: string[], days: number[], values: (number|null)[][]}} Figures  days: seconds since the epoch; values: by column */

/** Pixels. */
const HEIGHT = 220;
const AXIS_WIDTH = 60;

/** Half a day on both sides, so that a bar is whole, seconds. */
const MARGIN = 43_200;

/** One for each pair of series; the second of a pair is drawn with dashes. */
const COLOURS = ["--assistant", "--you", "--thinking", "--ready", "--problem"];
const DASHES = [6, 4];

/** Share of a day that a bar takes, and its width at most, pixels. */
const BAR = [0.7, 60];

/** @param {HTMLElement} element @returns {(() => void)|void} */
export function chart(element) {
  const table = document.getElementById(element.dataset.table ?? "");
  if (!(table instanceof HTMLTableElement)) return;
  const { labels, days, values } = readTable(table, element.dataset.chart === "bars" ? 1 : Infinity);
  const isDark = matchMedia("(prefers-color-scheme: dark)");
  /** @type {{destroy(): void, setSize(size: {width: number, height: number}): void}|null} */
  let plot = null;

  function draw() {
    plot?.destroy();
    plot = new window.uPlot(optionsFor(labels, element), [days, ...values], element);
  }
  const resized = new ResizeObserver(() => plot?.setSize({ width: element.clientWidth, height: HEIGHT }));
  element.hidden = false;
  draw();
  resized.observe(element);
  isDark.addEventListener("change", draw);
  return () => {
    isDark.removeEventListener("change", draw);
    resized.disconnect();
    plot?.destroy();
  };
}

/** @param {HTMLTableElement} table @param {number} most  columns @returns {Figures} */
function readTable(table, most) {
  const labels = [...table.querySelectorAll("thead th")].slice(1, most + 1).map((cell) => cell.textContent ?? "");
  const rows = [...table.querySelectorAll("tbody tr")].map((row) => [...row.children].map((cell) => cell.getAttribute("data-value")));
  return {
    labels,
    days: rows.map(([day]) => Date.parse(`${day}T00:00:00Z`) / 1000),
    values: labels.map((_, place) => rows.map((row) => toNumber(row[place + 1]))),
  };
}

/** @param {string|null|undefined} value  null: nothing was measured */
function toNumber(value) {
  return value ? Number(value) : null;
}

/** @param {string[]} labels @param {HTMLElement} element @returns {object} */
function optionsFor(labels, element) {
  const isBars = element.dataset.chart === "bars";
  const line = { stroke: colour(element, "--line"), width: 1 };
  const axis = { stroke: colour(element, "--muted"), grid: line, ticks: line, font: `12px ${getComputedStyle(element).fontFamily}` };
  const bars = isBars ? { width: 0, points: { show: false }, paths: window.uPlot.paths.bars({ size: BAR }) } : { width: 2, spanGaps: true };
  const series = labels.map((label, place) => {
    const stroke = colour(element, COLOURS[(place >> 1) % COLOURS.length] ?? "--ink");
    return { label, stroke, fill: isBars ? stroke : undefined, dash: place % 2 ? DASHES : undefined, ...bars };
  });
  return {
    width: element.clientWidth,
    height: HEIGHT,
    series: [{ label: "Day", value: "{YYYY}-{MM}-{DD}" }, ...series],
    axes: [{ ...axis, values: (/** @type {unknown} */ _, /** @type {number[]} */ splits) => splits.map(dayLabel) }, { ...axis, size: AXIS_WIDTH }],
    scales: {
      x: { range: (/** @type {unknown} */ _, /** @type {number} */ first, /** @type {number} */ last) => [first - MARGIN, last + MARGIN] },
      y: { range: (/** @type {unknown} */ _, /** @type {number} */ __, /** @type {number} */ top) => [0, top > 0 ? top * 1.1 : 1] },
    },
    tzDate: (/** @type {number} */ seconds) => window.uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    cursor: { drag: { x: false, y: false } },
  };
}

/** A colour of ours as a canvas knows it: without `light-dark()`. @param {HTMLElement} element @param {string} name */
function colour(element, name) {
  element.style.color = `var(${name})`;
  const found = getComputedStyle(element).color;
  element.style.color = "";
  return found;
}

/** @param {number} seconds  since the epoch */
function dayLabel(seconds) {
  return new Date(seconds * 1000).toLocaleDateString(undefined, { day: "numeric", month: "short", timeZone: "UTC" });
}
