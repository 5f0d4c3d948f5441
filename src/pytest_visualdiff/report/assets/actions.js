// Deciding: buttons and keys on the review page; in a report, the command that does the same.

import { announce, counted, el, icon, keyLabel, timeText } from "./dom.js";
import { DECISION, shellQuoted } from "./data.js";
import { copyText } from "./copy.js";
import { askToConfirm, toast } from "./dialog.js";

/**
 * @typedef {import("./client.js").Client} Client
 * @typedef {import("./state.js").State} State
 */

/** What a person's wish is called once it is done. */
const DONE = { approve: "accepted", reject: "rejected", undo: "undone" };

/** What a person can do with the chosen check, group, or everything that is listed. */
export class Actions {
  /**
   * @param {State} state
   * @param {Client | null} client null in a report, which decides nothing
   */
  constructor(state, client) {
    this.state = state;
    this.client = client;
    /** Whether the server is at work on a decision. */
    this.busy = false;
    /** @type {Entry[]} What was decided last. */
    this.lastDecided = [];
  }

  /** @param {Entry[]} entries */
  waiting(entries) { return entries.filter((entry) => this.state.decision(entry) === "waiting"); }

  /** Accepts what is chosen. */
  accept() { return this.decideChosen("approve"); }

  /** Rejects what is chosen. */
  reject() { return this.decideChosen("reject"); }

  /**
   * Decides on the chosen check or group.
   *
   * @param {Action} action
   */
  async decideChosen(action) {
    const row = this.state.chosen;
    if (!row) return;
    if (row.entry) await this.decide(action, this.decidable(action, [row.entry]));
    else await this.decideGroup(action);
  }

  /**
   * The entries that can be decided so.
   *
   * A rejected check can still be accepted, and the other way round only through undo.
   *
   * @param {Action} action
   * @param {Entry[]} entries
   */
  decidable(action, entries) {
    const states = action === "approve" ? ["waiting", "rejected"] : ["waiting"];
    return entries.filter((entry) => states.includes(this.state.decision(entry)));
  }

  /**
   * Decides on all checks that show the same change as the chosen one.
   *
   * @param {Action} action
   */
  async decideGroup(action) {
    const row = this.state.chosen;
    const id = row?.group?.id || row?.entry?.group?.id;
    const members = id ? this.state.groups.get(id) : null;
    if (!members) { toast("This check is in no group."); return; }
    await this.decide(action, this.decidable(action, members));
  }

  /**
   * Decides on everything that is listed, after a question.
   *
   * @param {Action} action
   */
  async decideListed(action) {
    const chosen = this.waiting(this.state.shown);
    const verb = action === "approve" ? "Accept" : "Reject";
    if (!chosen.length) { toast("Nothing that is listed waits for a decision."); return; }
    const tests = new Set(chosen.map((entry) => entry.test)).size;
    const lines = [
      `All ${counted(chosen.length, "check")} listed now, of ${counted(tests, "test")}.`,
      notOpened(chosen, this.state),
      action === "approve" ? "Their pictures become the baselines, byte for byte. Undo takes each back." : "Their baselines stay as they are.",
    ];
    if (await askToConfirm(`${verb} ${counted(chosen.length, "check")}?`, lines, `${verb} ${chosen.length}`)) await this.decide(action, chosen);
  }

  /** Takes back the decision on what is chosen, or else the last one. */
  async undo() {
    const row = this.state.chosen;
    const decided = (/** @type {Entry} */ entry) => ["approved", "rejected"].includes(this.state.decision(entry));
    const here = row ? row.members.filter(decided) : [];
    const chosen = here.length ? here : this.last();
    if (!chosen.length) { toast("Nothing to undo here."); return; }
    await this.decide("undo", chosen);
  }

  /**
   * What was decided last: on this page, or else, after a reload, as the log of decisions has it.
   *
   * @returns {Entry[]}
   */
  last() {
    const decided = this.state.entries.filter((entry) => ["approved", "rejected"].includes(this.state.decision(entry)));
    const here = decided.filter((entry) => this.lastDecided.includes(entry));
    if (here.length) return here;
    const when = (/** @type {Entry} */ entry) => this.state.decisions.get(entry.id)?.when || "";
    const latest = decided.map(when).sort().pop();
    return latest ? decided.filter((entry) => when(entry) === latest) : [];
  }

  /**
   * Lets the server decide, and goes to the next check that waits.
   *
   * @param {Action} action
   * @param {Entry[]} entries
   */
  async decide(action, entries) {
    if (!this.client || this.busy) return;
    if (!entries.length) { toast("Nothing to decide here."); return; }
    const done = DONE[action];
    const next = action === "undo" ? null : this.nextAfter(entries);
    this.busy = true;
    try {
      const decided = await this.client.decide(action, entries.map((entry) => entry.id), reasonField()?.value.trim() || "", (count, all, decisions) => {
        if (all > 100) toast(`${count.toLocaleString("en")} of ${all.toLocaleString("en")} ${done}`, { keep: true });
        this.state.decided(decisions, { now: true });
      });
      if (action !== "undo") this.lastDecided = entries;
      this.report(decided, done, next);
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      toast(message, { bad: true });
      announce(message);
    } finally {
      this.busy = false;
    }
  }

  /**
   * The row to show once the entries are decided.
   *
   * @param {Entry[]} entries
   */
  nextAfter(entries) {
    const ids = new Set(entries.map((entry) => entry.id));
    return this.state.following.find((row) => this.waiting(row.members).some((entry) => !ids.has(entry.id))) || null;
  }

  /**
   * Says what became of the decisions, and goes on.
   *
   * @param {Decisions} decided
   * @param {string} done what it is called
   * @param {Row | null} next
   */
  report(decided, done, next) {
    const refused = Object.values(decided).filter((one) => one.error);
    const succeeded = Object.keys(decided).length - refused.length;
    const left = this.state.waiting.length;
    const text = `${counted(succeeded, "check")} ${done}. ${left ? `${left.toLocaleString("en")} left` : "Nothing left to decide"}.`;
    if (refused.length) toast(`${counted(refused.length, "check")} not ${done}: ${refused[0].error}`, { bad: true });
    else toast(text);
    announce(refused.length ? `${refused.length} not ${done}: ${refused[0].error}` : text);
    const field = reasonField();
    if (field && !refused.length) field.value = "";
    if (next && !refused.length) this.state.choose(this.state.rowFor(next));
  }

  /**
   * What can be done with a check or group.
   *
   * @param {Row} row
   */
  controls(row) {
    if (!this.client) return commands(row, this.state);
    const decided = row.members.filter((entry) => this.state.decision(entry));
    if (!decided.length) return el("p", { class: "act dim" }, nothingToDecide(row.members[0]));
    const waiting = this.waiting(row.members).length;
    const many = row.members.length > 1;
    const accept = many ? `Accept all ${row.members.length}` : "Accept";
    const same = row.entry?.group ? this.state.groups.get(row.entry.group.id) || [] : [];
    const group = this.waiting(same).length;
    return el("div", { class: "act", role: "group", "aria-label": "Decision" },
      button("primary", accept, "A", () => this.accept(), !this.decidable("approve", row.members).length),
      button("", many ? `Reject all ${row.members.length}` : "Reject", "R", () => this.reject(), !waiting),
      button("quiet", "Undo", "U", () => this.undo(), waiting === decided.length && !this.last().length),
      group > 1 && button("", `Accept the same change in ${group}`, "G", () => this.decideGroup("approve")),
      el("input", { id: "reason", class: "reason", "aria-label": "Reason", "aria-keyshortcuts": "e", placeholder: "Reason (optional), E", maxlength: "500", autocomplete: "off" }),
      row.entry && decidedWords(this.state.decisions.get(row.entry.id)));
  }
}

/**
 * How many of these nobody has opened on this page.
 *
 * @param {Entry[]} entries
 * @param {State} state
 */
function notOpened(entries, state) {
  const unseen = entries.filter((entry) => !state.opened.has(entry.id)).length;
  return unseen ? `${unseen.toLocaleString("en")} of ${entries.length.toLocaleString("en")} not opened.` : "All of them were opened.";
}

/** @returns {HTMLInputElement | null} The field for a reason, while it is shown. */
const reasonField = () => /** @type {HTMLInputElement | null} */ (document.getElementById("reason"));

/**
 * A button with the key that does the same.
 *
 * @param {string} look
 * @param {string} text
 * @param {string} letter
 * @param {() => void} onclick
 * @param {boolean} disabled
 */
function button(look, text, letter, onclick, disabled = false) {
  return el("button", { type: "button", class: look, disabled, onclick, "aria-keyshortcuts": letter.toLowerCase() }, text, " ", keyLabel(letter));
}

/**
 * What was decided, by whom, when and why; or why it was refused.
 *
 * @param {Decision | undefined} decision
 */
function decidedWords(decision) {
  if (!decision) return null;
  if (decision.error) return el("p", { class: "said bad" }, icon("trouble"), decision.error);
  const shown = DECISION[decision.state];
  if (!shown?.sign) return null;
  const by = decision.who ? ` by ${decision.who}` : "";
  return el("p", { class: `said ${shown.tone}` }, icon(shown.sign), `${shown.word}${by}${decision.when ? `, ${timeText(decision.when)}` : ""}`,
    decision.why && el("q", {}, decision.why));
}

/**
 * Why there is nothing to decide.
 *
 * @param {Entry} entry
 */
function nothingToDecide(entry) {
  if (entry.type === "journey") return "A journey is a record: there is nothing to accept.";
  if (entry.shown.sign === "trouble") return "Nothing was compared, so there is nothing to accept: mend the cause and run again.";
  return entry.status === "skipped" ? "Skipped: nothing was compared." : "Matches its baseline: nothing to decide.";
}

/**
 * The exact command that accepts what is shown.
 *
 * @param {Row} row
 * @param {State} state
 */
function commands(row, state) {
  const { approve } = state.content;
  const open = row.members.filter((entry) => ["mismatch", "new"].includes(entry.status));
  if (!open.length) return el("p", { class: "act dim" }, decidedInRun(row.members[0]) || nothingToDecide(row.members[0]));
  const ids = row.entry ? [shellQuoted(row.entry.id)] : [`--group=${row.group.id}`];
  const text = [approve, ...ids].join(" ");
  return el("div", { class: "act" },
    el("span", {}, open.length > 1 ? `Accept these ${open.length}:` : "Accept:"), el("code", { class: "command", tabindex: "0" }, text),
    el("button", { type: "button", class: "quiet", onclick: () => copyText(text, "Command copied") }, icon("copy"), "Copy ", keyLabel("C")));
}

/**
 * What the run itself has written, or why it refused to.
 *
 * @param {Entry} entry
 */
function decidedInRun(entry) {
  if (entry.approval?.error) return `Not approved: ${entry.approval.error}`;
  return entry.approval ? `Its picture ${entry.approval.written ? "became" : "already was"} the baseline in this run.` : "";
}
