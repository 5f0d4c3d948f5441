// What is listed: a text, a status, a browser, a kind of difference; and whether in groups.

import { counted, el, fill } from "./dom.js";
import { DECISION, STATUS } from "./data.js";

/** @typedef {import("./state.js").State} State */

/** The form above the list. */
export class Filters {
  /** @param {State} state */
  constructor(state) {
    this.state = state;
    this.text = el("input", {
      type: "search", id: "search", placeholder: "Search tests", "aria-label": "Search tests and names",
      "aria-keyshortcuts": "/", autocomplete: "off", spellcheck: "false",
      oninput: () => state.filter("text", this.text.value),
    });
    this.status = this.chooser("status", "Status", statusChoices(state));
    this.grouped = el("input", { type: "checkbox", onchange: () => state.setGrouped(this.grouped.checked) });
    this.grouping = el("label", { class: "check" }, this.grouped, "Group the same changes");
    const browsers = countsOf(state.entries, (entry) => entry.browsers);
    this.browser = this.chooser("browser", "Browser", [["", "Any browser"], ...named(browsers)]);
    const kinds = countsOf(state.entries, (entry) => entry.kinds);
    this.kind = this.chooser("kind", "Kind of difference", [["", "Any kind"], ...named(kinds)]);
    const causes = countsOf(state.entries, (entry) => [entry.cause].filter(Boolean));
    this.cause = this.chooser("cause", "Cause", [["", "Any cause"], ...named(causes)]);
    this.shown = el("p", { class: "shown", role: "status" });
    this.node = el("form", { class: "filters", role: "search", "aria-label": "Filter checks", onsubmit: (event) => event.preventDefault() },
      this.text,
      el("div", { class: "selects" }, this.status, browsers.size > 1 && this.browser, kinds.size > 0 && this.kind, causes.size > 1 && this.cause),
      el("div", { class: "under" }, this.shown, this.grouping));
    state.subscribe((change) => { if (change !== "chosen") this.update(change); });
    this.update();
  }

  /**
   * A list of choices for a filter.
   *
   * @param {keyof FilterValues} name
   * @param {string} label
   * @param {string[][]} choices value and text
   */
  chooser(name, label, choices) {
    const node = el("select", { "aria-label": label, name, onchange: () => this.state.filter(name, node.value) });
    return this.offer(node, choices, this.state.filters[name]);
  }

  /**
   * Puts choices into a list.
   *
   * @param {HTMLSelectElement} node
   * @param {string[][]} choices
   * @param {string} value the one that is chosen
   */
  offer(node, choices, value) {
    fill(node, choices.map(([one, text]) => el("option", { value: one, selected: one === value }, text)));
    node.value = value;
    return node;
  }

  /**
   * Shows how many checks are listed, and what can be chosen.
   *
   * @param {Change} [change]
   */
  update(change) {
    const { shown, entries, filters } = this.state;
    this.shown.textContent = `${shown.length.toLocaleString("en")} of ${counted(entries.length, "check")}`;
    this.grouping.hidden = !this.state.groups.size;
    this.grouped.checked = this.state.grouped;
    if (change === "decided") this.offer(this.status, statusChoices(this.state), filters.status);
  }
}

/**
 * What the list can be narrowed to, with counts.
 *
 * @param {State} state
 */
function statusChoices(state) {
  const look = state.entries.filter((entry) => state.needsLook(entry)).length;
  const statuses = countsOf(state.entries, (entry) => [entry.status]);
  const decided = countsOf(state.entries, (entry) => [state.decision(entry)].filter((one) => DECISION[one]?.sign));
  return [
    ["", `Everything (${state.entries.length})`],
    ["look", `Needs a look (${look})`],
    ...[...statuses].map(([status, count]) => [status, `${STATUS[status]?.word || status} (${count})`]),
    ...[...decided].map(([decision, count]) => [`is:${decision}`, `${DECISION[decision].word} (${count})`]),
  ];
}

/**
 * How many entries have each value.
 *
 * @param {Entry[]} entries
 * @param {(entry: Entry) => string[]} valuesOf
 */
function countsOf(entries, valuesOf) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const entry of entries) for (const value of valuesOf(entry)) counts.set(value, (counts.get(value) || 0) + 1);
  return counts;
}

/** @param {Map<string, number>} counts */
const named = (counts) => [...counts].sort().map(([value, count]) => [value, `${value} (${count})`]);
