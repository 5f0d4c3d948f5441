// The list of checks: only the rows in sight are in the document, so 2,000 cost what 20 do.

import { counted, el, fill, icon } from "./dom.js";
import { DECISION, groupTitle } from "./data.js";

const ROW = 52; // pixels; the style sheet has the same number
const SPARE = 8; // rows above and below those in sight

/** The list box; one tab stop, with the chosen row as its active descendant. */
export class List {
  constructor(state, onOpen) {
    this.state = state;
    this.spacer = el("div", { class: "rows", role: "presentation" });
    this.box = el("div", {
      class: "list", id: "list", role: "listbox", tabindex: "0", "aria-label": "Checks of this run",
      onscroll: () => this.soon(), onclick: (event) => this.click(event, onOpen),
    }, this.spacer);
    this.empty = el("p", { class: "none", hidden: true });
    this.node = el("div", { class: "listed" }, this.box, this.empty);
    new ResizeObserver(() => this.draw()).observe(this.box);
    state.subscribe((what) => { if (what === "chosen") this.reveal(); this.soon(); });
  }

  soon() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => { this.frame = 0; this.draw(); });
  }

  draw() {
    const { rows, chosen } = this.state;
    const first = Math.max(0, Math.floor(this.box.scrollTop / ROW) - SPARE);
    const last = Math.min(rows.length, Math.ceil((this.box.scrollTop + this.box.clientHeight) / ROW) + SPARE);
    this.spacer.style.height = `${rows.length * ROW}px`;
    fill(this.spacer, rows.slice(first, last).map((row, index) => this.row(row, first + index)));
    const at = chosen ? rows.findIndex((row) => row.key === chosen.key) : -1;
    if (at >= first && at < last) this.box.setAttribute("aria-activedescendant", `row-${at}`);
    else this.box.removeAttribute("aria-activedescendant");
    this.box.hidden = !rows.length;
    this.empty.hidden = Boolean(rows.length);
    this.empty.textContent = this.state.entries.length ? "No check fits these filters." : "This run made no visual checks.";
  }

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

  groupRow(row) {
    const open = this.state.open.has(row.group.id);
    const left = row.members.filter((entry) => this.state.decision(entry) === "waiting").length;
    return [
      el("span", { class: "sign" }, icon("group")),
      el("span", { class: "what" },
        el("b", {}, groupTitle(row.group)),
        el("small", {}, `in ${counted(row.members.length, "check")}`, left || !this.state.reviewing ? "" : " · decided")),
      el("span", { class: "fold", "data-fold": row.group.id, title: open ? "Fold" : "Unfold" }, icon(open ? "down" : "right")),
    ];
  }

  click(event, onOpen) {
    const found = event.target.closest(".row");
    if (!found) return;
    const row = this.state.rows[Number(found.dataset.row)];
    if (event.target.closest("[data-fold]")) this.state.toggleGroup(row.group.id);
    else {
      this.state.choose(row);
      onOpen();
    }
  }

  /** Scrolls the chosen row into sight. */
  reveal() {
    const at = this.state.rows.findIndex((row) => row.key === this.state.chosen?.key);
    if (at < 0) return;
    const top = at * ROW;
    const { scrollTop, clientHeight } = this.box;
    if (top < scrollTop) this.box.scrollTop = top - ROW;
    else if (top + 2 * ROW > scrollTop + clientHeight) this.box.scrollTop = top + 2 * ROW - clientHeight;
  }
}

function entryRow(entry, state) {
  const decision = DECISION[state.decision(entry)];
  const { word, sign, tone } = decision?.sign ? decision : entry.shown;
  return [
    el("span", { class: `sign ${tone}` }, icon(sign)),
    el("span", { class: "what" },
      el("b", {}, entry.title),
      el("small", {}, entry.variant || entry.test)),
    el("span", { class: "more" },
      el("span", { class: `word ${tone}` }, word),
      el("small", {}, entry.flaky ? "flaky" : howMuch(entry))),
  ];
}

function howMuch(entry) {
  if (entry.type === "journey") return counted(entry.journey.steps.length, "step");
  if (!entry.count) return "";
  return counted(entry.count, entry.type === "sweep" ? "finding" : "region");
}
