// Plots as inline SVG: bars and lines, with a table's words for those who do not see them.

import { el, durationText, svg } from "./dom.js";

const WIDE = 560;
const HIGH = 132;

/**
 * A line over runs.
 *
 * @param {(PlotPoint & { status: string })[]} points
 * @param {string} words what it shows, for those who do not see it
 */
export function trend(points, words) {
  const most = Math.max(...points.map((point) => point.value), 1e-9);
  const x = (/** @type {number} */ index) => 4 + (index * 192) / Math.max(1, points.length - 1);
  const y = (/** @type {number} */ value) => 36 - (32 * value) / most;
  const path = points.map((point, index) => `${index ? "L" : "M"}${x(index).toFixed(1)} ${y(point.value).toFixed(1)}`).join("");
  const values = points.map((point) => `${point.label}: ${point.status}`).join("; ");
  return svg("svg", { viewBox: "0 0 200 40", class: "spark", role: "img", "aria-label": `${words}: ${values}` },
    svg("path", { d: path, class: "line" }),
    points.map((point, index) => svg("circle", { cx: x(index), cy: y(point.value), r: 2.2, class: "dot" }, svg("title", {}, `${point.label}: ${point.status}`))));
}

/**
 * Bars over labels; values are written above them.
 *
 * @param {PlotPoint[]} points
 * @param {{ title: string, words?: string, format?: (value: number) => string }} told
 */
export function bars(points, { title, format = String, words = "" }) {
  const most = Math.max(...points.map((point) => point.value), 1e-9);
  const step = Math.min(72, (WIDE - 8) / Math.max(points.length, 1));
  const drawn = points.map((point, index) => {
    const height = Math.max(point.value ? 2 : 0, (point.value / most) * (HIGH - 44));
    const left = 4 + index * step;
    return svg("g", {},
      svg("rect", { x: left, y: HIGH - 22 - height, width: Math.max(2, step - 6), height, rx: 2, class: `bar ${point.tone || ""}` }, svg("title", {}, `${point.label}: ${format(point.value)}`)),
      points.length <= 14 && svg("text", { x: left + (step - 6) / 2, y: HIGH - 27 - height, class: "value" }, format(point.value)),
      points.length <= 14 && svg("text", { x: left + (step - 6) / 2, y: HIGH - 7, class: "label" }, point.label));
  });
  return figure(title, words, points, format,
    svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, class: "plot", "aria-hidden": "true" },
      svg("line", { x1: 0, x2: WIDE, y1: HIGH - 21.5, y2: HIGH - 21.5, class: "axis" }), drawn));
}

/**
 * How long checks took: how many in each range of a doubling scale.
 *
 * @param {number[]} values in seconds
 */
export function durations(values) {
  if (values.length < 2) return null;
  const edges = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];
  const counts = edges.concat(Infinity).map((edge, index) => ({
    label: edge === Infinity ? "more" : `≤ ${durationText(edge)}`,
    value: values.filter((value) => value <= edge && value > (edges[index - 1] || 0) || (index === 0 && value === 0)).length,
  }));
  const first = counts.findIndex((one) => one.value);
  const last = counts.findLastIndex((one) => one.value);
  const total = values.reduce((sum, value) => sum + value, 0);
  const middle = [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
  return bars(counts.slice(Math.max(0, first - 1), last + 2), {
    title: "How long checks took",
    words: `${durationText(total)} in all, ${durationText(middle)} in the middle, ${durationText(Math.max(...values))} at most`,
  });
}

/**
 * A drawing with its title, and a table of its values for those who do not see it.
 *
 * @param {string} title
 * @param {string | undefined} words
 * @param {PlotPoint[]} points
 * @param {(value: number) => string} format
 * @param {SVGElement} drawing
 */
function figure(title, words, points, format, drawing) {
  const table = el("div", { class: "sr" }, el("table", {}, el("caption", {}, title), el("tbody", {},
    points.map((point) => el("tr", {}, el("th", { scope: "row" }, point.label), el("td", {}, format(point.value)))))));
  return el("figure", { class: "chart" }, el("figcaption", {}, el("h2", {}, title), words && el("p", {}, words)), drawing, table);
}
