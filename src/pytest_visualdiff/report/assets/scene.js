// What the stage shows of a check, a cross-browser check or a step: always the same shape.

import { causesOf, pictureUrl, boxText } from "./data.js";

/**
 * Shows baseline and this run; frames where no picture could be trusted; or the only one there is.
 *
 * @param {Check} check
 * @param {Content} content
 * @returns {Scene}
 */
export function sceneOf(check, content) {
  const src = (/** @type {string} */ path) => pictureUrl(path, content);
  if (check.frames.length && !check.actual) return framesScene(check, src);
  const baseline = check.expected ? src(check.expected) : currentBaseline(check, content);
  /** @type {Pane[]} */
  const panes = [];
  if (baseline) panes.push({ title: "Baseline", src: baseline });
  if (check.actual) panes.push({ title: "This run", note: size(check.size), src: src(check.actual) });
  const pair = pairOf(panes.length === 2, 0, 1);
  return {
    panes, pair,
    drawn: check.diff && pair ? { title: "What differs, on this run's picture", src: src(check.diff) } : null,
    regions: check.differences.map((one, index) => region(one, index + 1, panes.length)),
    start: check.differences.length ? 1 : 0,
  };
}

/**
 * The causes of a check, with the place of their element in each pane.
 *
 * @param {Check} check
 * @returns {Reason[]}
 */
export function reasonsOf(check) {
  return causesOf(check).map(({ cause, numbers }) => {
    const moved = check.differences[(numbers[0] || 0) - 1];
    const [dx, dy] = (moved?.kind === "moved" && moved.detail.offset) || [0, 0];
    const [x, y, width, height] = cause.box;
    /** @type {Box} */
    const before = cause.kind === "removed" ? cause.box : [x - dx, y - dy, width, height];
    const [old, now] = [cause.kind === "added" ? null : before, cause.kind === "removed" ? null : cause.box];
    return { cause, numbers, boxes: check.expected ? [old, now] : [now] };
  });
}

/**
 * On the review page a check that matched shows its baseline, which is what it looks like.
 *
 * @param {Check} check
 * @param {Content} content
 */
function currentBaseline({ status, key }, { baselines }) {
  return baselines && status === "match" && key.endsWith(".png") ? pictureUrl(key, { base: baselines }) : "";
}

/** @param {[number, number]} size */
const size = ([width, height]) => (width ? `${width}×${height}` : "");

/**
 * The region of a difference: a box in each pane.
 *
 * @param {Difference} difference
 * @param {number} number
 * @param {number} panes
 * @returns {Region}
 */
function region(difference, number, panes) {
  const { kind, box, detail } = difference;
  const [dx, dy] = (kind === "moved" && detail.offset) || [0, 0];
  /** @type {Box | null} */
  const before = dx || dy ? [box[0] - dx, box[1] - dy, box[2], box[3]] : null;
  const boxes = Array.from({ length: panes }, (_, pane) => (pane === 0 && panes > 1 && before) || box);
  return {
    number, kind, boxes, before,
    label: `${number}: ${kind} at ${boxText(box)}`,
    message: difference.message,
  };
}

/**
 * The two panes that are compared, if there are two.
 *
 * @param {boolean} compared
 * @param {number} first
 * @param {number} second
 * @returns {[number, number] | null}
 */
const pairOf = (compared, first, second) => (compared ? [first, second] : null);

/**
 * Shows the last frames of a page that did not come to rest.
 *
 * @param {Check} check
 * @param {(path: string) => string} src
 * @returns {Scene}
 */
function framesScene(check, src) {
  const panes = check.frames.map((path, index) => ({ title: `Frame ${index + 1}`, src: src(path) }));
  return { panes, pair: pairOf(panes.length > 1, panes.length - 2, panes.length - 1), drawn: null, regions: [] };
}

/**
 * Shows the pages of all browsers, with the findings at their places.
 *
 * @param {Sweep} sweep
 * @param {Content} content
 * @returns {Scene}
 */
export function sweepScene(sweep, content) {
  const shot = sweep.pages.some((page) => page.picture || page.error);
  const panes = (shot ? sweep.pages : []).map((page) => ({
    title: `${page.browser} ${String(page.browser_version).split(".")[0]}`.trim(),
    note: [page.browser === sweep.reference && "reference", page.error && `not compared: ${page.error}`, size(page.size)].filter(Boolean).join(" · "),
    src: pictureUrl(page.picture, content),
  }));
  /** @type {(finding: Finding, browser: string) => Box | null} */
  const boxOf = (finding, browser) => {
    if (finding.browser === browser) return finding.box;
    return finding.partner?.browser === browser ? finding.partner.box : null;
  };
  return {
    panes,
    pair: pairOf(panes.length > 1, 0, 1),
    drawn: null,
    apart: true,
    regions: sweep.findings.map((finding) => ({
      number: finding.number, kind: finding.kind, quiet: finding.known,
      label: `${finding.number}: ${finding.kind} in ${finding.browser}`,
      boxes: sweep.pages.map((page) => boxOf(finding, page.browser)),
    })),
  };
}

/**
 * Shows the picture that a journey's step saw, with the place it found.
 *
 * @param {JourneyStep} step
 * @param {Content} content
 * @returns {Scene}
 */
export function stepScene(step, content) {
  /** @type {Region[]} */
  const regions = [];
  if (step.box) {
    regions.push({
      number: 1, kind: "found", boxes: [step.box], label: `found at ${boxText(step.box)}`,
      short: step.confidence === null ? "found" : percentText(step.confidence),
    });
  }
  if (step.point) {
    const [x, y] = step.point;
    regions.push({ number: 2, kind: "point", boxes: [[x - 5, y - 5, 10, 10]], label: `pointer at (${x}, ${y})`, short: " " });
  }
  return {
    panes: [{ title: "Screen", note: size(step.size || [0, 0]), src: pictureUrl(step.picture, content) }],
    pair: null, drawn: null, regions,
  };
}

/**
 * A share in [0, 1] as per cent, rounded down: what falls short never reads as if it were there.
 *
 * @param {number} value
 */
export const percentText = (value) => `${Math.floor(value * 1000 + 1e-9) / 10} %`;
