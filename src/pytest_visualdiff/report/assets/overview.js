// The overview: what came out, the groups to decide on, where the time went, and earlier runs.

import { counted, el, icon, messageParts, timeText, durationText } from "./dom.js";
import { crops } from "./crops.js";
import { STATUS, groupTitle } from "./data.js";
import { bars, durations } from "./plots.js";

/** @typedef {import("./state.js").State} State */

/**
 * The page's first and last view: the whole run at one glance.
 *
 * @param {State} state
 */
export function overview(state) {
  const { content, entries } = state;
  return el("div", { class: "overview" },
    el("h1", {}, headline(state)),
    el("p", { class: "dim" }, [`run ${content.run.id}`, timeText(content.run.finished) && `${timeText(content.run.finished)} UTC`, content.run.tool].filter(Boolean).join(" · ")),
    content.run.interrupted && el("p", { class: "banner" }, icon("trouble"), "This run was interrupted: what is missing here was not checked."),
    content.run.crashed && el("p", { class: "banner" }, icon("trouble"), "This run did not end: what it would have seen later is not known. Run pytest again before you call it done."),
    changes(state),
    tiles(state),
    el("details", { class: "statistics" }, el("summary", {}, "Statistics"), el("div", { class: "charts" },
      durations(entries.flatMap((entry) => (entry.check && entry.status !== "skipped" ? [entry.check.duration] : []))),
      runCharts(content), slowestChecks(state))));
}

/**
 * What has to be done, in one line.
 *
 * @param {State} state
 */
function headline(state) {
  const look = state.entries.filter((entry) => state.needsLook(entry)).length;
  if (!state.entries.length) return "This run made no visual checks";
  if (look) return `${counted(look, "check needs", "checks need")} ${state.reviewing ? "a decision" : "a look"}`;
  const decided = state.entries.filter((entry) => state.decision(entry)).length;
  if (decided) return `All decided: nothing waits in ${counted(state.entries.length, "check")}`;
  return state.entries.length === 1 ? "The one check matches its baseline" : `All ${counted(state.entries.length, "check")} are as they should be`;
}

/**
 * How many checks came out how; each lists them.
 *
 * @param {State} state
 */
function tiles(state) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const entry of state.entries) counts.set(entry.status, (counts.get(entry.status) || 0) + 1);
  return el("ul", { class: "tiles" }, [...counts].map(([status, count]) => {
    const shown = STATUS[status] || STATUS.skipped;
    return el("li", {}, el("button", { type: "button", class: `tile ${shown.tone}`, onclick: () => showStatus(state, status) },
      el("span", { class: `sign ${shown.tone}` }, icon(shown.sign)), el("b", {}, count.toLocaleString("en")), el("span", {}, shown.word)));
  }));
}

/**
 * Lists the checks of one status.
 *
 * @param {State} state
 * @param {string} status
 */
function showStatus(state, status) {
  /** @type {HTMLSelectElement | null} */
  const chooser = document.querySelector("[name=status]");
  if (chooser) chooser.value = status;
  state.filter("status", status);
  state.choose(state.rows[0] || null);
}

const MOST_CARDS = 24; // changes that are shown; the list has all

/**
 * What changed, the same change once: what was there, what is there now, and what was decided.
 *
 * @param {State} state
 */
function changes(state) {
  /** @type {{ key: string, title: string, members: Entry[] }[]} */
  const all = [...state.groups].map(([id, members]) => ({
    key: `group ${id}`, title: members[0].group ? groupTitle(members[0].group) : "", members,
  }));
  const alone = state.entries.filter((entry) => !(entry.group && state.groups.has(entry.group.id)) && ["mismatch", "new"].includes(entry.status));
  all.push(...alone.map((entry) => ({ key: entry.id, title: entry.cause || entry.title, members: [entry] })));
  if (!all.length) return null;
  all.sort((one, other) => other.members.length - one.members.length);
  return el("section", {}, el("h2", {}, `What changed: ${counted(all.length, "change")}`),
    el("ul", { class: "cards" }, all.slice(0, MOST_CARDS).map((one) => el("li", {}, changeCard(state, one)))),
    all.length > MOST_CARDS && el("p", { class: "dim" }, `and ${counted(all.length - MOST_CARDS, "more")} in the list`));
}

/**
 * A change with its first difference as its cover.
 *
 * @param {State} state
 * @param {{ key: string, title: string, members: Entry[] }} change
 */
function changeCard(state, { key, title, members }) {
  const { check } = members[0];
  const names = [...new Set(members.map((entry) => entry.title))].join(", ");
  return el("button", { type: "button", class: "card", onclick: () => chooseKey(state, key) },
    check && crops(check, state.content, { small: true }), el("b", {}, messageParts(title)),
    el("small", {}, members.length > 1 ? `${counted(members.length, "check")}: ${names}` : `${names} ${members[0].variant}`),
    state.reviewing && el("small", {}, decisionsOf(state, members)));
}

/**
 * How many checks wait, and how many were accepted or rejected.
 *
 * @param {State} state
 * @param {Entry[]} members
 */
function decisionsOf(state, members) {
  /** @type {[string, string][]} */
  const words = [["waiting", "waiting"], ["approved", "accepted"], ["rejected", "rejected"]];
  return words.flatMap(([decision, word]) => {
    const count = members.filter((entry) => state.decision(entry) === decision).length;
    return count ? [`${count.toLocaleString("en")} ${word}`] : [];
  }).join(" · ");
}

/**
 * Shows a row, also where the filters hid it.
 *
 * @param {State} state
 * @param {string} key
 */
function chooseKey(state, key) {
  document.body.dataset.pane = "detail";
  if (key.startsWith("group ") && !state.grouped) state.setGrouped(true);
  const found = () => state.rows.find((one) => one.key === key);
  if (!found()) state.filter("status", "");
  state.choose(found() || null);
}

/**
 * How many checks differed in each run, and how large the largest difference was.
 *
 * @param {Content} content
 */
function runCharts(content) {
  const runs = (content.history || []).slice(-12);
  if (runs.length < 2 || !runs.some((run) => run.open || run.largest)) return null;
  const points = (/** @type {(run: PastRun) => number} */ value) => runs.map((run) => ({
    label: timeText(run.finished).slice(5, 16).replace(" ", "\u00a0"), value: value(run), tone: run.open ? "bad" : "good",
  }));
  return [
    bars(points((run) => run.open), { title: "Checks that differed, run by run", words: `in the last ${runs.length} runs of this folder` }),
    bars(points((run) => 100 * run.largest), {
      title: "The largest difference, run by run", words: "as a share of its picture",
      format: (value) => `${value < 10 ? value.toFixed(2) : Math.round(value)} %`,
    }),
  ];
}

/**
 * The five checks that took longest.
 *
 * @param {State} state
 */
function slowestChecks(state) {
  const timed = state.entries.map((entry) => ({ entry, duration: entry.check?.duration || 0 }))
    .filter(({ duration }) => duration).sort((one, other) => other.duration - one.duration).slice(0, 5);
  if (timed.length < 3) return null;
  const most = timed[0].duration;
  return el("figure", { class: "chart" }, el("figcaption", {}, el("h2", {}, "The slowest checks")),
    el("ol", { class: "slow" }, timed.map(({ entry, duration }) => el("li", {},
      el("span", {}, entry.title, el("small", {}, ` ${entry.variant}`)),
      el("span", { class: "meter", "aria-hidden": "true" }, el("i", { style: { width: `${(100 * duration) / most}%` } })),
      el("span", {}, durationText(duration))))));
}
