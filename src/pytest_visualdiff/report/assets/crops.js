// Cut-outs of the pictures at one pixel for each pixel, smaller where it is large: what was there, and what is there now.

import { el } from "./dom.js";
import { pictureUrl } from "./data.js";

const SMALLEST = 0.4; // screen pixels for a pixel of the picture
const AROUND = 16; // pixels around what differs
const LARGEST = { width: 300, height: 140 };
const SMALL = { width: 132, height: 84 }; // two of them fill a card

/**
 * The first difference of a check in both pictures, beside each other; the picture of a new check.
 *
 * @param {Check} check
 * @param {Content} content
 * @param {{ small?: boolean }} options
 */
export function crops(check, content, { small = false } = {}) {
  const paths = [check.expected, check.actual].filter((path) => path.endsWith(".png"));
  if (!paths.length) return null;
  const box = check.differences[0]?.box || /** @type {Box} */ ([0, 0, ...check.size]);
  const frame = small ? SMALL : LARGEST;
  const most = small && paths.length === 1 ? { ...frame, width: 2 * frame.width } : frame;
  const scale = Math.max(SMALLEST, Math.min(1, most.width / (box[2] + 2 * AROUND), most.height / (box[3] + 2 * AROUND)));
  const cut = cutOut(box, check.size, { width: Math.round(most.width / scale), height: Math.round(most.height / scale) });
  return el("span", { class: "crops" }, paths.map((path) => {
    const style = {
      width: `${cut[2]}px`, height: `${cut[3]}px`, "object-position": `${-cut[0]}px ${-cut[1]}px`, zoom: String(scale),
    };
    return el("img", { class: "crop", src: pictureUrl(path, content), alt: path === check.actual ? "This run" : "Baseline", loading: "lazy", decoding: "async", style });
  }));
}

/**
 * What to show of a picture: the box with a margin, or the start of a large one.
 *
 * @param {Box} box
 * @param {[number, number]} size of the picture
 * @param {Size} most
 * @returns {Box}
 */
function cutOut([x, y, width, height], size, most) {
  const [across, left] = extent(x, width, size[0], most.width);
  const [down, top] = extent(y, height, size[1], most.height);
  return [left, top, across, down];
}

/**
 * The length and the start of a cut-out in one direction.
 *
 * @param {number} start
 * @param {number} length
 * @param {number} whole
 * @param {number} most
 */
function extent(start, length, whole, most) {
  const room = Math.min(most, whole || most);
  const first = length + 2 * AROUND <= room ? start + length / 2 - room / 2 : start - AROUND;
  return [room, Math.round(Math.max(0, Math.min(first, (whole || first + room) - room)))];
}

const COLOUR = /#[0-9a-f]{6}\b|#[0-9a-f]{3}\b|rgba?\([\d., %]+\)/gi;

/**
 * The colours of two texts as small squares; nothing where there are none.
 *
 * @param {unknown} before
 * @param {unknown} after
 */
export function swatches(before, after) {
  const [old, now] = [before, after].map((text) => (typeof text === "string" && text.match(COLOUR)?.[0]) || "");
  if (!old || !now || old === now) return null;
  return el("span", { class: "swatches", "aria-hidden": "true" },
    el("i", { class: "swatch", style: { background: old } }), "→", el("i", { class: "swatch", style: { background: now } }));
}
