// What the stage shows of a check, a cross-browser check or a step: always the same shape.
//
// {panes: [{title, note, src}], pair: [first, second] or null, drawn: {title, src} or null,
//  apart: whether panes go to places of their own, regions: [{number, kind, label, boxes, before}]}
// with one box [x, y, width, height] (pixels of that pane's picture) or null for each pane.

import { pictureUrl, place } from "./data.js";

/** Baseline and this run; frames where no picture could be trusted; or the only one there is. */
export function sceneOf(check, content) {
  const src = (path) => pictureUrl(path, content);
  if (check.frames.length && !check.actual) return framesScene(check, src);
  const baseline = check.expected ? src(check.expected) : currentBaseline(check, content);
  const panes = [
    baseline && { title: "Baseline", src: baseline },
    check.actual && { title: "This run", note: size(check.size), src: src(check.actual) },
  ].filter(Boolean);
  const pair = panes.length === 2 ? [0, 1] : null;
  return {
    panes, pair,
    drawn: check.diff && pair ? { title: "What differs, on this run's picture", src: src(check.diff) } : null,
    regions: check.differences.map((one, index) => region(one, index + 1, panes.length)),
  };
}

/** On the review page a check that matched shows its baseline, which is what it looks like. */
function currentBaseline({ status, key }, { baselines }) {
  return baselines && status === "match" && key.endsWith(".png") ? pictureUrl(key, { base: baselines }) : "";
}

const size = ([width, height]) => (width ? `${width}×${height}` : "");

function region(difference, number, panes) {
  const { kind, box, detail } = difference;
  const [dx, dy] = (kind === "moved" && detail.offset) || [0, 0];
  const before = dx || dy ? [box[0] - dx, box[1] - dy, box[2], box[3]] : null;
  const only = { missing: 0, added: panes - 1 }[kind];
  const boxes = Array.from({ length: panes }, (_, pane) => (pane === 0 && panes > 1 && before) || box);
  return {
    number, kind, boxes, before, only,
    label: `${number}: ${kind} at ${place(box)}`,
    message: difference.message,
  };
}

function framesScene(check, src) {
  const panes = check.frames.map((path, index) => ({ title: `Frame ${index + 1}`, src: src(path) }));
  return { panes, pair: panes.length > 1 ? [panes.length - 2, panes.length - 1] : null, drawn: null, regions: [] };
}

/** The pages of all browsers, with the findings at their places. */
export function sweepScene(sweep, content) {
  const shot = sweep.pages.some((page) => page.picture || page.error);
  const panes = (shot ? sweep.pages : []).map((page) => ({
    title: `${page.browser} ${String(page.browser_version).split(".")[0]}`.trim(),
    note: [page.browser === sweep.reference && "reference", page.error && `not compared: ${page.error}`, size(page.size)].filter(Boolean).join(" · "),
    src: pictureUrl(page.picture, content),
  }));
  const boxOf = (finding, browser) => {
    if (finding.browser === browser) return finding.box;
    return finding.partner?.browser === browser ? finding.partner.box : null;
  };
  return {
    panes,
    pair: panes.length > 1 ? [0, 1] : null,
    drawn: null,
    apart: true,
    regions: sweep.findings.map((finding) => ({
      number: finding.number, kind: finding.kind, quiet: finding.known,
      label: `${finding.number}: ${finding.kind} in ${finding.browser}`,
      boxes: sweep.pages.map((page) => boxOf(finding, page.browser)),
    })),
  };
}

/** The picture that a journey's step saw, with the place it found. */
export function stepScene(step, content) {
  const found = step.box && {
    number: 1, kind: "found", boxes: [step.box], label: `found at ${place(step.box)}`,
    short: step.confidence === null ? "found" : percent(step.confidence),
  };
  const point = step.point && {
    number: 2, kind: "point", boxes: [[step.point[0] - 5, step.point[1] - 5, 10, 10]],
    label: `pointer at (${step.point.join(", ")})`, short: " ",
  };
  return {
    panes: [{ title: "Screen", note: size(step.size || [0, 0]), src: pictureUrl(step.picture, content) }],
    pair: null, drawn: null,
    regions: [found, point].filter(Boolean),
  };
}

/** A share in [0, 1] as per cent, rounded down: what falls short never reads as if it were there. */
export const percent = (value) => `${Math.floor(value * 1000 + 1e-9) / 10} %`;
