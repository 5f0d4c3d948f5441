// What is known of a check, in words: differences, notes, limits, where the pictures come from.

import { el, fill, timeText, durationText } from "./dom.js";
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
 * The differences as a numbered list; each goes to its place.
 *
 * @param {Check} check
 * @param {(number: number) => void} onRegion
 */
export function regionList(check, onRegion) {
  const items = check.differences.map((one, index) => regionItem(index + 1, one.kind, one.message.startsWith("confidence ") || one.message === "clearly different" ? "" : one.message, one.words, onRegion));
  return block("What changed", items.length && el("ol", { class: "regions" }, items));
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
 */
export function regionItem(number, kind, message, small, onRegion, extra = "") {
  return el("li", {}, el("button", { type: "button", class: `region ${extra}`, "data-region": number, onclick: () => onRegion(number) },
    el("span", { class: "number" }, String(number)),
    el("span", {}, el("b", {}, kind), " ", messageParts(message), el("small", {}, small))));
}

/**
 * A message whose `selectors` are short; the whole of one is its tooltip and in the message below.
 *
 * @param {string} message
 */
function messageParts(message) {
  return message.split("`").map((part, index) => (index % 2 ? el("code", { title: part }, shortSelector(part)) : part));
}

/**
 * The end of a long selector: what it is about.
 *
 * @param {string} selector
 */
function shortSelector(selector) {
  const parts = selector.split(" > ");
  return parts.length > 2 ? `… ${parts.slice(-2).join(" > ")}` : selector;
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
