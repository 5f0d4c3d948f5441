// The run, as the page shows it: entries with what the list, the filters and the words need.

import { byId } from "./dom.js";

/**
 * Status word of run.json → how it is called, its sign, its tone, and its place in the list.
 *
 * @type {Record<string, Look>}
 */
export const STATUS = {
  mismatch: { word: "differs", sign: "differs", tone: "bad", order: 0 },
  new: { word: "new", sign: "new", tone: "rest", order: 1 },
  "capture-error": { word: "no picture", sign: "trouble", tone: "bad", order: 2 },
  "store-error": { word: "store trouble", sign: "trouble", tone: "bad", order: 2 },
  "usage-error": { word: "wrong call", sign: "trouble", tone: "bad", order: 2 },
  failed: { word: "journey failed", sign: "journey", tone: "bad", order: 3 },
  updated: { word: "updated", sign: "accepted", tone: "good", order: 4 },
  created: { word: "created", sign: "accepted", tone: "good", order: 4 },
  skipped: { word: "skipped", sign: "skipped", tone: "rest", order: 5 },
  passed: { word: "journey", sign: "journey", tone: "good", order: 6 },
  match: { word: "matches", sign: "match", tone: "good", order: 7 },
};

/** @type {Look} */
const UNKNOWN = { word: "unknown", sign: "trouble", tone: "rest", order: 2 };

/**
 * What a person has said of a check, as it is shown; a check that waits has no sign of its own.
 *
 * @type {Record<string, { word: string, sign?: IconName, tone?: string }>}
 */
export const DECISION = {
  waiting: { word: "waits" },
  approved: { word: "accepted", sign: "accepted", tone: "good" },
  rejected: { word: "rejected", sign: "rejected", tone: "bad" },
};

/**
 * The content of the document's data element.
 *
 * @returns {Content}
 */
export function readContent() {
  return JSON.parse(String(byId("data").textContent));
}

/**
 * Entries of a run: its checks and journeys, those that need a look first.
 *
 * @param {Content} content
 */
export function entriesOf(content) {
  const group = groupByCheck(content.groups || []);
  const flaky = new Set(content.run.flaky || []);
  const checks = content.checks.map((check) => entryOf(check, content, group, flaky));
  const journeys = (content.journeys || []).map(journeyEntry);
  /** @type {Entry[]} */
  const all = [...checks, ...journeys];
  all.forEach((entry, index) => { entry.index = index; });
  return all.sort((one, other) => one.shown.order - other.shown.order || one.index - other.index);
}

/**
 * Check id → its group, for groups of several.
 *
 * @param {Group[]} groups
 */
export function groupByCheck(groups) {
  /** @type {Map<string, Group>} */
  const found = new Map();
  for (const group of groups) {
    if (group.members.length > 1) for (const id of group.members) found.set(id, group);
  }
  return found;
}

/**
 * The entry of a check.
 *
 * @param {Check} check
 * @param {Content} content
 * @param {Map<string, Group>} groups
 * @param {Set<string>} flaky
 * @returns {CheckEntry}
 */
function entryOf(check, content, groups, flaky) {
  const { id } = check;
  const sweep = check.sweep?.pages ? check.sweep : null;
  const findings = sweep?.findings || [];
  const kinds = [...new Set([...check.differences, ...findings].map((one) => one.kind))];
  return {
    id, check, sweep, kinds,
    index: 0,
    type: sweep ? "sweep" : "check",
    title: check.name,
    test: check.test,
    variant: check.variant,
    browsers: browsersOf(check),
    status: check.status,
    shown: STATUS[check.status] || UNKNOWN,
    count: check.differences.length + findings.filter((one) => !one.known).length,
    flaky: flaky.has(id),
    group: groups.get(id) || null,
    limits: content.limits?.[check.limits] || {},
    approval: content.run.approvals?.[id] || null,
    cause: mainCause(check),
    searchText: [check.test, check.name, check.variant, ...kinds, ...causesOf(check).map((one) => one.cause.message)].join(" ").toLowerCase(),
  };
}

/**
 * The causes of a check, each once, with the numbers of the regions that it explains first.
 *
 * @param {Check} check
 * @returns {{ cause: Cause, numbers: number[] }[]}
 */
export function causesOf(check) {
  /** @type {Map<string, { cause: Cause, numbers: number[] }>} */
  const found = new Map();
  check.differences.forEach(({ causes = [] }, index) => causes.forEach((cause, rank) => {
    const key = JSON.stringify([cause.message, cause.box]);
    const known = found.get(key) || { cause, numbers: [] };
    if (rank === 0) known.numbers.push(index + 1);
    found.set(key, known);
  }));
  return [...found.values()];
}

/**
 * The sentence of the cause that explains most regions.
 *
 * @param {Check} check
 */
function mainCause(check) {
  const [first] = causesOf(check).sort((one, other) => other.numbers.length - one.numbers.length);
  return first?.cause.message || "";
}

/**
 * The browsers that a check saw.
 *
 * @param {Check} check
 */
function browsersOf(check) {
  if (check.sweep?.pages) return check.sweep.pages.map((page) => page.browser);
  const named = check.environment?.browser || check.variant.split("-")[0];
  return named && named !== "image" ? [named] : [];
}

/**
 * The entry of a journey.
 *
 * @param {Journey} journey
 * @returns {JourneyEntry}
 */
function journeyEntry(journey) {
  const id = `journey ${journey.test} ${journey.browser}`;
  const outcome = ownOutcome(journey);
  return {
    id, journey,
    index: 0,
    type: "journey",
    kinds: [],
    title: String(journey.test.split("::").pop()),
    test: journey.test,
    variant: [journey.browser, journey.screen].filter(Boolean).join(" "),
    browsers: journey.browser ? [journey.browser] : [],
    status: outcome,
    shown: STATUS[outcome] || UNKNOWN,
    count: journey.steps.filter((step) => step.status === "failed").length,
    flaky: false, group: null, limits: {}, approval: null, cause: "",
    searchText: `${journey.test} ${journey.browser} journey`.toLowerCase(),
  };
}

/**
 * How a journey ended, but for its checks: those are listed by themselves.
 *
 * @param {Journey} journey
 * @returns {string}
 */
function ownOutcome(journey) {
  const failed = journey.steps.filter((step) => step.status === "failed");
  return failed.length && failed.every((step) => step.action === "check") ? "passed" : journey.outcome;
}

/**
 * What changed in a group; how much against which limit is told at each check.
 *
 * @param {Group} group
 */
export const groupTitle = (group) => group.title.replace(/: confidence .*$/, "") || "The same change";

/**
 * Where a picture of the run is: inside the file, beside it, or on the review server.
 *
 * @param {string} path
 * @param {Pick<Content, "base" | "pictures">} content
 */
export function pictureUrl(path, content) {
  if (!path) return "";
  const held = content.pictures?.[path];
  return held || `${content.base}${path.split("/").map(encodeURIComponent).join("/")}`;
}

/**
 * The words of a box.
 *
 * @param {Box} box
 */
export const boxText = ([x, y, width, height]) => `(${x}, ${y}) ${width}×${height}`;

/**
 * A text as one word of a POSIX shell.
 *
 * @param {string} text
 */
export function shellQuoted(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;
}
