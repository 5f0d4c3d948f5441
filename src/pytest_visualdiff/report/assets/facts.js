// What is known of a check, in words: differences, notes, limits, where the pictures come from.

import { el, fill, icon, messageParts, timeText, durationText } from "./dom.js";
import { shellQuoted } from "./data.js";
import { copyText } from "./copy.js";
import { swatches } from "./crops.js";
import { trend } from "./plots.js";

/**
 * A titled block; nothing where there is nothing in it.
 *
 * @param {string} title
 * @param {Child[]} children
 */
export function block(title, ...children) {
  const inside = children.flat().filter(Boolean);
  return inside.length ? el("section", { class: "block" }, el("h2", {}, title), inside) : null;
}

/**
 * The differences by cause, as a numbered list; each goes to its place.
 *
 * @param {Check} check
 * @param {Reason[]} reasons
 * @param {{ onRegion: (number: number) => void, onReason: (reason: Reason, chosen: boolean) => void, onLeave: () => void }} listeners
 */
export function regionList(check, reasons, listeners) {
  const told = new Set(reasons.flatMap((reason) => reason.numbers));
  const rest = check.differences.map((_, index) => index + 1).filter((number) => !told.has(number));
  const list = (/** @type {number[]} */ numbers) => numbers.length > 0 && el("ol", { class: "regions" }, numbers.map((number) =>
    difference(check.differences[number - 1], number, listeners.onRegion)));
  return block("What changed",
    requiredOf(check),
    reasons.map((reason) => [reasonItem(check, reason, listeners), list(reason.numbers)]),
    rest.length > 0 && reasons.length > 0 && el("p", { class: "dim" }, "No element of the page explains:"),
    list(rest));
}

const REQUIRED = /, required (.*)$/;

/**
 * What confidence is required, told once for all differences.
 *
 * @param {Check} check
 */
function requiredOf(check) {
  const limits = new Set(check.differences.map((one) => REQUIRED.exec(one.words)?.[1]).filter(Boolean));
  return [...limits].map((limit) => el("p", { class: "dim" }, `Required: ${limit}`));
}

/**
 * One difference: its kind, its colours, its place; the limit only where it says more.
 *
 * @param {Difference} one
 * @param {number} number
 * @param {(number: number) => void} onRegion
 */
function difference(one, number, onRegion) {
  const plain = one.message.startsWith("confidence ") || one.message === "clearly different";
  return regionItem(number, one.kind, plain ? "" : one.message, one.words.replace(REQUIRED, ""), onRegion, "", swatches(one.detail.from, one.detail.to));
}

/**
 * A cause: its sentence, which outlines the element, and what to paste to tolerate it.
 *
 * @param {Check} check
 * @param {Reason} reason
 * @param {{ onReason: (reason: Reason, chosen: boolean) => void, onLeave: () => void }} listeners
 */
function reasonItem(check, reason, { onReason, onLeave }) {
  const { cause } = reason;
  const node = el("button", {
    type: "button", class: "reason", title: "Outline the element in both pictures", onclick: () => onReason(reason, true),
    onpointerenter: () => onReason(reason, false), onfocus: () => onReason(reason, false), onpointerleave: onLeave, onblur: onLeave,
  }, el("span", {}, messageParts(cause.message), " ", swatches(cause.before, cause.after)));
  return el("div", { class: "cause" }, node, el("details", { class: "tolerate" }, el("summary", {}, "Tolerate it"),
    fixes(check, cause).map(([what, line]) => el("p", {}, what, el("code", { class: "command", tabindex: "0" }, line),
      el("button", { type: "button", class: "quiet", "aria-label": `Copy: ${what}`, onclick: () => copyText(line) }, icon("copy"), "Copy")))));
}

const MONTH = 30 * 24 * 3600 * 1000; // milliseconds

/**
 * Lines to paste: into the call of the check, or into a terminal.
 *
 * @param {Check} check
 * @param {Cause} cause
 * @returns {[string, string][]}
 */
function fixes(check, cause) {
  const what = `${cause.name || cause.kind} in ${cause.selector}`;
  const until = new Date(Date.now() + MONTH).toISOString().slice(0, 10);
  return [
    ["Ignore this cause, in the test:", `ignore_causes=[${JSON.stringify(what)}]`],
    ["Mask this element, in the test:", `mask=[${JSON.stringify(cause.selector)}]`],
    ["Ignore what was seen until a date:", `visualdiff ignore ${shellQuoted(check.test)} --until ${until} --reason ''`],
  ];
}

/**
 * One numbered finding or difference.
 *
 * @param {number} number
 * @param {string} kind
 * @param {string} message
 * @param {string} small
 * @param {(number: number) => void} onRegion
 * @param {string} extra a further class
 * @param {Child} more
 */
export function regionItem(number, kind, message, small, onRegion, extra = "", more = null) {
  return el("li", {}, el("button", { type: "button", class: `region ${extra}`, "data-region": number, onclick: () => onRegion(number) },
    el("span", { class: "number" }, String(number)),
    el("span", {}, el("b", {}, kind), " ", messageParts(message), " ", more, el("small", {}, small))));
}

/**
 * Notes, and what is ignored until a date.
 *
 * @param {Check} check
 */
export function noteList(check) {
  return block("Notes", check.notes.length && el("ul", { class: "notes" }, check.notes.map((note) => el("li", {}, note))));
}

/** @type {Record<string, string>} */
const ENVIRONMENT_FIELDS = {
  browser: "Browser", browser_version: "Version", platform: "Platform", viewport: "Viewport",
  pixel_ratio: "Pixel ratio", fonts: "Fonts", scroll: "Scrolled to", tool: "Tool",
};

/**
 * Which environment made the baseline, and which made this run's picture; what differs is said.
 *
 * @param {Check} check
 */
export function provenance(check) {
  const before = check.baseline_environment || {};
  const now = check.environment || {};
  const rows = Object.entries(ENVIRONMENT_FIELDS).filter(([name]) => before[name] || now[name]);
  const known = Object.keys(before).length > 0;
  return block("Where the pictures come from", rows.length && el("table", { class: "made" },
    el("thead", {}, el("tr", {}, el("td"), known && el("th", { scope: "col" }, "Baseline"), el("th", { scope: "col" }, "This run"))),
    el("tbody", {}, rows.map(([name, word]) => {
      const other = known && before[name] && now[name] && before[name] !== now[name];
      return el("tr", { class: other ? "other" : "" }, el("th", { scope: "row" }, word),
        known && el("td", {}, before[name] || "not known"),
        el("td", {}, now[name] || "", other && el("em", {}, " other")));
    }))), check.expected && !known && el("p", {}, "The baseline does not say which environment made it."));
}

/**
 * The options that decided, and who set each; those that are not the defaults come first.
 *
 * @param {Limits} limits
 */
export function limitsTable(limits) {
  const all = Object.entries(limits);
  if (!all.length) return null;
  const isDefault = (/** @type {[string, Limit]} */ [, limit]) => limit.origin === "default";
  const rows = [...all.filter((one) => !isDefault(one)), ...all.filter(isDefault)];
  return el("details", { class: "block" }, el("summary", {}, "Limits, and who set them"),
    el("table", { class: "made" }, el("tbody", {}, rows.map(([name, limit]) =>
      el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, valueWords(limit.value)), el("td", {}, limit.origin))))));
}

/** @param {unknown} value */
const valueWords = (value) => (typeof value === "object" ? JSON.stringify(value) : String(value));

/**
 * What the check said in earlier runs; on the review page who approved its baseline when, too.
 *
 * @param {CheckEntry} entry
 * @param {Content} content
 * @param {import("./client.js").Client | null} client
 */
export function historyBlock(entry, content, client) {
  const { check } = entry;
  const runs = (content.history || []).filter((run) => run.checks[check.key]);
  const points = runs.map((run) => ({ label: timeText(run.finished), value: run.checks[check.key][1], status: run.checks[check.key][0] }));
  const log = client && check.key ? el("ol", { class: "log" }) : null;
  if (client && log) client.historyOf(entry.id).then((history) => fill(log, logLines(history)), () => {});
  return block("History",
    points.length > 1 && el("p", { class: "trend" }, trend(points, "differing share of the picture"), el("small", {}, `differing area in the last ${points.length} runs`)),
    log);
}

/** @type {Record<string, string>} */
const ACT_WORDS = {
  approve: "approved", alternative: "approved as an alternative", flag: "approved by pytest", adopt: "adopted",
  delete: "deleted", reject: "rejected", undo: "undone",
};

/**
 * The log's newest entries, then git's commits of the file.
 *
 * @param {BaselineHistory} history
 */
function logLines({ log, commits }) {
  const said = log.slice(0, 8).map((one) => el("li", {}, el("b", {}, ACT_WORDS[one.act] || one.act), ` ${timeText(one.when)}`,
    one.who && el("small", {}, ` by ${one.who}`), one.why && el("q", {}, one.why)));
  const kept = commits.map(([hash, who, when, subject]) => el("li", {}, el("code", {}, hash), ` ${subject}`, el("small", {}, ` ${who}, ${timeText(when)}`)));
  return said.length || kept.length ? [...said, ...kept] : el("li", { class: "dim" }, "No decision is in the log, and no commit in git.");
}

/**
 * The message as the terminal shows it, with times.
 *
 * @param {Check} check
 * @param {boolean} open
 */
export function messageText(check, open) {
  return el("details", { class: "block", open },
    el("summary", {}, "Message"),
    el("pre", { tabindex: "0", "aria-label": "Message" }, check.message || "no message"),
    el("p", { class: "dim" }, [
      check.location, check.url, check.title && `“${check.title}”`, check.attempt > 1 && `attempt ${check.attempt}`,
      `took ${durationText(check.duration)}`,
    ].filter(Boolean).join(" · ")));
}
