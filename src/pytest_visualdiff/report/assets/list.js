// The list of checks: only the rows in sight are in the document, so 2,000 cost what 20 do.

import { around, counted, el, fill, icon, messageParts } from "./dom.js";
import { DECISION, groupTitle } from "./data.js";

/** @typedef {import("./state.js").State} State */

const ROW = 64; // pixels; the style sheet has the same number
const SPARE = 8; // rows above and below those in sight

/** The list box; one tab stop, with the chosen row as its active descendant. */
export class List {
  /**
   * @param {State} state
   * @param {() => void} onOpen called when a person opens a row
   */
  constructor(state, onOpen) {
    this.state = state;
    /** The number of the animation frame that will draw the rows; 0 for none. */
    this.frame = 0;
    this.spacer = el("div", { class: "rows", role: "presentation" });
    this.box = el("div", {
      class: "list", id: "list", role: "listbox", tabindex: "0", "aria-label": "Checks of this run",
      onscroll: () => this.drawSoon(), onclick: (event) => this.click(event, onOpen),
    }, this.spacer);
    this.empty = el("p", { class: "none", hidden: true });
    this.node = el("div", { class: "listed" }, this.box, this.empty);
    new ResizeObserver(() => this.draw()).observe(this.box);
    state.subscribe((what) => { if (what === "chosen") this.reveal(); this.drawSoon(); });
  }

  /** Draws before the next frame, once for many changes. */
  drawSoon() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => { this.frame = 0; this.draw(); });
  }

  /** Draws the rows in sight. */
  draw() {
    const { rows } = this.state;
    const first = Math.max(0, Math.floor(this.box.scrollTop / ROW) - SPARE);
    const last = Math.min(rows.length, Math.ceil((this.box.scrollTop + this.box.clientHeight) / ROW) + SPARE);
    this.spacer.style.height = `${rows.length * ROW}px`;
    fill(this.spacer, rows.slice(first, last).map((row, index) => this.row(row, first + index)));
    const at = this.state.position;
    if (at >= first && at < last) this.box.setAttribute("aria-activedescendant", `row-${at}`);
    else this.box.removeAttribute("aria-activedescendant");
    this.box.hidden = !rows.length;
    this.empty.hidden = Boolean(rows.length);
    this.empty.textContent = this.state.entries.length ? "No check fits these filters." : "This run made no visual checks.";
  }

  /**
   * @param {Row} row
   * @param {number} index its place in the list
   */
  row(row, index) {
    const { rows, chosen } = this.state;
    const selected = chosen?.key === row.key;
    const classes = ["row", row.inside && "inside", row.group && "group", selected && "chosen"];
    return el("div", {
      class: classes.filter(Boolean).join(" "), role: "option", id: `row-${index}`, "data-row": index,
      "aria-selected": String(selected), "aria-setsize": rows.length, "aria-posinset": index + 1,
      style: { top: `${index * ROW}px` },
    }, row.group ? this.groupRow(row) : entryRow(row.entry, this.state));
  }

  /** @param {GroupRow} row */
  groupRow(row) {
    const open = this.state.open.has(row.group.id);
    const left = row.members.filter((entry) => this.state.decision(entry) === "waiting").length;
    return [
      el("span", { class: "sign" }, icon("group")),
      el("span", { class: "what" },
        el("b", { title: groupTitle(row.group) }, messageParts(groupTitle(row.group))),
        el("small", {}, `in ${counted(row.members.length, "check")}`, left || !this.state.reviewing ? "" : " · decided")),
      el("span", { class: "fold", "data-fold": row.group.id, title: open ? "Fold" : "Unfold" }, icon(open ? "down" : "right")),
    ];
  }

  /**
   * Opens the row that was clicked, or folds its group.
   *
   * @param {MouseEvent} event
   * @param {() => void} onOpen
   */
  click(event, onOpen) {
    const found = around(event, ".row");
    if (!found) return;
    const row = this.state.rows[Number(found.dataset.row)];
    if (row.group && around(event, "[data-fold]")) this.state.toggleGroup(row.group.id);
    else {
      this.state.choose(row);
      onOpen();
    }
  }

  /** Scrolls the chosen row into sight. */
  reveal() {
    const at = this.state.position;
    if (at < 0) return;
    const top = at * ROW;
    const { scrollTop, clientHeight } = this.box;
    if (top < scrollTop) this.box.scrollTop = top - ROW;
    else if (top + 2 * ROW > scrollTop + clientHeight) this.box.scrollTop = top + 2 * ROW - clientHeight;
  }
}

/**
 * @param {Entry} entry
 * @param {State} state
 */
function entryRow(entry, state) {
  const { word, sign = "trouble", tone } = shownOn(entry, state);
  return [
    el("span", { class: `sign ${tone}` }, icon(sign)),
    el("span", { class: "what" },
      el("b", {}, entry.title),
      el("small", {}, entry.variant || entry.test),
      entry.cause && el("small", { class: "why", title: entry.cause }, messageParts(entry.cause))),
    el("span", { class: "more" },
      el("span", { class: `word ${tone}` }, word),
      el("small", {}, entry.flaky ? "flaky" : amountText(entry))),
  ];
}

/**
 * The decision on an entry, else how the run left it.
 *
 * @param {Entry} entry
 * @param {State} state
 */
function shownOn(entry, state) {
  const decision = DECISION[state.decision(entry)];
  return decision?.sign ? decision : entry.shown;
}

/**
 * How much there is to see, in words.
 *
 * @param {Entry} entry
 */
function amountText(entry) {
  if (entry.type === "journey") return counted(entry.journey.steps.length, "step");
  if (!entry.count) return "";
  return counted(entry.count, entry.type === "sweep" ? "finding" : "region");
}
