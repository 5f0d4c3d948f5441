// What is shown: filters, the rows of the list, the chosen one, and what was decided.

import { entriesOf, groupByCheck } from "./data.js";

const NEEDS_LOOK = new Set(["mismatch", "new", "capture-error", "store-error", "usage-error", "failed"]);

/** The page's state. Views read it, and are told by `subscribe` when it changed. */
export class State {
  /** @param {Content} content */
  constructor(content) {
    this.content = content;
    this.entries = entriesOf(content);
    this.byId = new Map(this.entries.map((entry) => [entry.id, entry]));
    /** @type {Map<string, Decision>} */
    this.decisions = new Map(Object.entries(content.decisions || {}));
    /** @type {FilterValues} */
    this.filters = { text: "", status: "", browser: "", kind: "", cause: "" };
    this.groups = groupsWith(this.entries);
    this.grouped = this.groups.size > 0;
    /** @type {Set<string>} Groups whose members are listed. */
    this.open = new Set();
    /** @type {Row | null} */
    this.chosen = null;
    /** @type {Set<string>} Ids of entries that were shown one by one. */
    this.opened = new Set();
    /** @type {((change: Change) => void)[]} */
    this.listeners = [];
    /** @type {Entry[]} Entries that fit the filters. */
    this.shown = [];
    /** @type {Row[]} */
    this.rows = [];
    if (this.entries.some((entry) => this.needsLook(entry))) this.filters.status = "look";
    this.arrange();
  }

  /** Whether people decide here. */
  get reviewing() { return this.content.mode === "review"; }

  /** @param {(change: Change) => void} listener */
  subscribe(listener) { this.listeners.push(listener); }

  /**
   * Tells the listeners what changed.
   *
   * @param {Change} change
   */
  notify(change) { for (const listener of this.listeners) listener(change); }

  /**
   * waiting, approved, rejected, or "" where there is nothing to decide.
   *
   * @param {Entry} entry
   */
  decision(entry) { return this.decisions.get(entry.id)?.state || ""; }

  /**
   * Whether a person has to look at it.
   *
   * @param {Entry} entry
   */
  needsLook(entry) {
    const decision = this.decision(entry);
    return decision ? decision === "waiting" : NEEDS_LOOK.has(entry.status);
  }

  /** The entries that wait for a decision. */
  get waiting() { return this.entries.filter((entry) => this.decision(entry) === "waiting"); }

  /**
   * Sets a filter and shows what is left.
   *
   * @param {keyof FilterValues} name
   * @param {string} value
   */
  filter(name, value) {
    this.filters[name] = value;
    this.arrange();
    if (this.chosen && !this.rowOf(this.chosen)) this.choose(this.rows[0] || null);
    else if (!this.chosen && this.rows[0]) this.choose(this.rows[0]);
    this.notify("rows");
  }

  /**
   * Takes in which checks show the same change, once that is known.
   *
   * @param {Group[]} groups
   * @param {boolean} grouped
   */
  setGroups(groups, grouped) {
    this.content.groups = groups;
    const group = groupByCheck(groups);
    for (const entry of this.entries) entry.group = group.get(entry.id) || null;
    this.groups = groupsWith(this.entries);
    this.setGrouped(grouped && this.groups.size > 0);
  }

  /**
   * Lists the same changes together, or each check for itself.
   *
   * @param {boolean} grouped
   */
  setGrouped(grouped) {
    this.grouped = grouped;
    this.arrange();
    this.choose(this.rowFor(this.chosen));
    this.notify("rows");
  }

  /**
   * Lists the members of a group, or hides them.
   *
   * @param {string} id
   */
  toggleGroup(id) {
    if (!this.open.delete(id)) this.open.add(id);
    this.arrange();
    this.notify("rows");
  }

  /** Works the rows out: a row is a group's head or an entry. */
  arrange() {
    this.shown = this.entries.filter((entry) => this.fits(entry));
    this.rows = this.grouped ? groupedRows(this.shown, this.open) : this.shown.map(rowOfEntry);
  }

  /**
   * Whether an entry fits the filters.
   *
   * @param {Entry} entry
   */
  fits(entry) {
    const { text, status, browser, kind, cause } = this.filters;
    if (status === "look" && !this.isOpen(entry)) return false;
    if (status.startsWith("is:") && this.decision(entry) !== status.slice(3)) return false;
    if (status && status !== "look" && !status.startsWith("is:") && entry.status !== status) return false;
    if (browser && !entry.browsers.includes(browser)) return false;
    if (kind && !entry.kinds.includes(kind)) return false;
    if (cause && entry.cause !== cause) return false;
    return text.toLowerCase().split(/\s+/).every((word) => entry.searchText.includes(word));
  }

  /**
   * Whether an entry is listed among those that need a look.
   *
   * A check decided just now stays in sight, so that a wrong key can be seen and undone.
   *
   * @param {Entry} entry
   */
  isOpen(entry) {
    return this.needsLook(entry) || this.decisions.get(entry.id)?.now;
  }

  /**
   * The row that has the key of an earlier one.
   *
   * @param {Row} row
   */
  rowOf(row) { return this.rows.find((one) => one.key === row.key); }

  /**
   * The row that shows what a row showed before the rows were arranged anew.
   *
   * @param {Row | null} row
   * @returns {Row | null}
   */
  rowFor(row) {
    if (!row) return null;
    const entry = row.entry || row.members[0];
    return this.rowOf(row) || this.rows.find((one) => one.members.includes(entry)) || this.rows[0] || null;
  }

  /**
   * Shows a row; null is the overview.
   *
   * @param {Row | null} row
   */
  choose(row) {
    this.chosen = row;
    if (row?.entry) this.opened.add(row.entry.id);
    this.notify("chosen");
  }

  /** The place of the chosen row in the list, or -1. */
  get position() { return this.rows.findIndex((row) => row.key === this.chosen?.key); }

  /**
   * Chooses another row, so many further down.
   *
   * @param {number} by
   */
  step(by) {
    if (!this.rows.length) return;
    const at = this.position;
    this.choose(this.rows[Math.min(this.rows.length - 1, Math.max(0, at + by))]);
  }

  /** The rows after the chosen one, and then those before it. */
  get following() {
    const at = this.position;
    return [...this.rows.slice(at + 1), ...this.rows.slice(0, Math.max(0, at))];
  }

  /** The next row with something to decide, after the chosen one and then from the top. */
  nextWaiting() {
    return this.following.find((row) => row.members.some((entry) => this.decision(entry) === "waiting")) || null;
  }

  /**
   * Takes in what the server says of decisions.
   *
   * @param {Decisions} decisions
   * @param {{ now?: boolean }} options
   */
  decided(decisions, { now = false } = {}) {
    for (const [id, decision] of Object.entries(decisions)) this.decisions.set(id, { ...decision, now });
    this.arrange();
    this.chosen = this.rowFor(this.chosen);
    this.notify("decided");
  }
}

/** @type {(entry: Entry) => EntryRow} */
const rowOfEntry = (entry) => ({ key: entry.id, entry, members: [entry], group: null, inside: false });

/**
 * Group id → its members, for groups that have several of these entries.
 *
 * @param {Entry[]} entries
 */
function groupsWith(entries) {
  /** @type {Map<string, Entry[]>} */
  const found = new Map();
  for (const entry of entries) {
    if (entry.group) found.set(entry.group.id, [...(found.get(entry.group.id) || []), entry]);
  }
  for (const [id, members] of found) if (members.length < 2) found.delete(id);
  return found;
}

/**
 * Rows with the same changes together: the head of a group, and its members if it is open.
 *
 * @param {Entry[]} shown
 * @param {Set<string>} open
 */
function groupedRows(shown, open) {
  const groups = groupsWith(shown);
  /** @type {Row[]} */
  const rows = [];
  for (const entry of shown) {
    const { group } = entry;
    const members = group && groups.get(group.id);
    if (!members) rows.push(rowOfEntry(entry));
    else if (members[0] === entry) {
      rows.push({ key: `group ${group.id}`, entry: null, group, members, inside: false });
      if (open.has(group.id)) rows.push(...members.map((one) => ({ ...rowOfEntry(one), inside: true })));
    }
  }
  return rows;
}
