// What is shown: filters, the rows of the list, the chosen one, and what was decided.

import { entriesOf, groupOf } from "./data.js";

const NEEDS_LOOK = new Set(["mismatch", "missing", "capture-error", "store-error", "usage-error", "failed"]);

/** The page's state. Views read it, and are told by `subscribe` when it changed. */
export class State {
  constructor(content) {
    this.content = content;
    this.entries = entriesOf(content);
    this.byId = new Map(this.entries.map((entry) => [entry.id, entry]));
    this.decisions = new Map(Object.entries(content.decisions || {}));
    this.filters = { text: "", status: "", browser: "", kind: "" };
    this.groups = groupsWith(this.entries);
    this.grouped = this.groups.size > 0;
    this.open = new Set();
    this.chosen = null;
    this.listeners = [];
    if (this.entries.some((entry) => this.needsLook(entry))) this.filters.status = "look";
    this.arrange();
  }

  get reviewing() { return this.content.mode === "review"; }

  subscribe(listener) { this.listeners.push(listener); }

  tell(what) { for (const listener of this.listeners) listener(what); }

  /** waiting, approved, rejected, or "" where there is nothing to decide. */
  decision(entry) { return this.decisions.get(entry.id)?.state || ""; }

  needsLook(entry) {
    const decision = this.decision(entry);
    return decision ? decision === "waiting" : NEEDS_LOOK.has(entry.status);
  }

  get waiting() { return this.entries.filter((entry) => this.decision(entry) === "waiting"); }

  /** Sets a filter and shows what is left. */
  filter(name, value) {
    this.filters[name] = value;
    this.arrange();
    if (this.chosen && !this.rowOf(this.chosen)) this.choose(this.rows[0] || null);
    else if (!this.chosen && this.rows[0]) this.choose(this.rows[0]);
    this.tell("rows");
  }

  /** Takes in which checks show the same change, once that is known. */
  setGroups(groups, grouped) {
    this.content.groups = groups;
    const group = groupOf(groups);
    for (const entry of this.entries) entry.group = group.get(entry.id) || null;
    this.groups = groupsWith(this.entries);
    this.setGrouped(grouped && this.groups.size > 0);
  }

  setGrouped(grouped) {
    this.grouped = grouped;
    this.arrange();
    this.choose(this.rowFor(this.chosen));
    this.tell("rows");
  }

  toggleGroup(id) {
    if (!this.open.delete(id)) this.open.add(id);
    this.arrange();
    this.tell("rows");
  }

  /** Works the rows out: a row is a group's head or an entry. */
  arrange() {
    this.shown = this.entries.filter((entry) => this.fits(entry));
    this.rows = this.grouped ? groupedRows(this.shown, this.open) : this.shown.map(rowOf);
  }

  fits(entry) {
    const { text, status, browser, kind } = this.filters;
    if (status === "look" && !this.stays(entry)) return false;
    if (status.startsWith("is:") && this.decision(entry) !== status.slice(3)) return false;
    if (status && status !== "look" && !status.startsWith("is:") && entry.status !== status) return false;
    if (browser && !entry.browsers.includes(browser)) return false;
    if (kind && !entry.kinds.includes(kind)) return false;
    return text.toLowerCase().split(/\s+/).every((word) => entry.haystack.includes(word));
  }

  /** A check decided just now stays in sight, so that a wrong key can be seen and undone. */
  stays(entry) {
    return this.needsLook(entry) || this.decisions.get(entry.id)?.now;
  }

  rowOf(row) { return this.rows.find((one) => one.key === row.key); }

  /** The row that shows what a row showed before the rows were arranged anew. */
  rowFor(row) {
    if (!row) return null;
    const entry = row.entry || row.members[0];
    return this.rowOf(row) || this.rows.find((one) => one.members.includes(entry)) || this.rows[0] || null;
  }

  /** Shows a row; null is the overview. */
  choose(row) {
    this.chosen = row;
    this.tell("chosen");
  }

  step(by) {
    if (!this.rows.length) return;
    const at = this.chosen ? this.rows.findIndex((row) => row.key === this.chosen.key) : -1;
    this.choose(this.rows[Math.min(this.rows.length - 1, Math.max(0, at + by))]);
  }

  /** The next row with something to decide, after the chosen one and then from the top. */
  nextWaiting() {
    const at = this.rows.findIndex((row) => row.key === this.chosen?.key);
    const order = [...this.rows.slice(at + 1), ...this.rows.slice(0, Math.max(0, at))];
    return order.find((row) => row.members.some((entry) => this.decision(entry) === "waiting")) || null;
  }

  /** Takes in what the server says of decisions: id → {state, reason, error}. */
  decided(decisions, { now = false } = {}) {
    for (const [id, decision] of Object.entries(decisions)) this.decisions.set(id, { ...decision, now });
    this.arrange();
    this.chosen = this.rowFor(this.chosen);
    this.tell("decided");
  }
}

const rowOf = (entry) => ({ key: entry.id, entry, members: [entry], group: null, inside: false });

function groupsWith(entries) {
  const found = new Map();
  for (const entry of entries) {
    if (entry.group) found.set(entry.group.id, [...(found.get(entry.group.id) || []), entry]);
  }
  for (const [id, members] of found) if (members.length < 2) found.delete(id);
  return found;
}

function groupedRows(shown, open) {
  const groups = groupsWith(shown);
  const rows = [];
  const told = new Set();
  for (const entry of shown) {
    const id = entry.group?.id;
    if (!groups.has(id)) rows.push(rowOf(entry));
    else if (!told.has(id)) {
      told.add(id);
      rows.push({ key: `group ${id}`, entry: null, group: entry.group, members: groups.get(id), inside: false });
      if (open.has(id)) rows.push(...groups.get(id).map((one) => ({ ...rowOf(one), inside: true })));
    }
  }
  return rows;
}
