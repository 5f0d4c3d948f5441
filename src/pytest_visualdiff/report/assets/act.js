// Deciding: buttons and keys on the review page; in a report, the command that does the same.

import { announce, counted, el, icon, key, moment } from "./dom.js";
import { DECISION, quoted } from "./data.js";
import { confirmed, toast } from "./dialog.js";

/** What a person can do with the chosen check, group, or everything that is listed. */
export class Acts {
  constructor(state, client) {
    this.state = state;
    this.client = client;
    this.busy = false;
    this.last = [];
  }

  waiting(entries) { return entries.filter((entry) => this.state.decision(entry) === "waiting"); }

  accept() { return this.one("approve"); }

  reject() { return this.one("reject"); }

  one(action) {
    const row = this.state.chosen;
    if (!row) return null;
    return row.group && !row.entry ? this.group(action) : this.decide(action, this.openFor(action, [row.entry]));
  }

  /** A rejected check can still be accepted, and the other way round only through undo. */
  openFor(action, entries) {
    const states = action === "approve" ? ["waiting", "rejected"] : ["waiting"];
    return entries.filter((entry) => states.includes(this.state.decision(entry)));
  }

  async group(action) {
    const row = this.state.chosen;
    const id = row?.group?.id || row?.entry?.group?.id;
    const members = id ? this.state.groups.get(id) : null;
    if (!members) { toast("This check is in no group."); return; }
    await this.decide(action, this.openFor(action, members));
  }

  async all(action) {
    const chosen = this.waiting(this.state.shown);
    const verb = action === "approve" ? "Accept" : "Reject";
    if (!chosen.length) { toast("Nothing that is listed waits for a decision."); return; }
    const tests = new Set(chosen.map((entry) => entry.test)).size;
    const lines = [
      `All ${counted(chosen.length, "check")} listed now, of ${counted(tests, "test")}.`,
      action === "approve" ? "Their pictures become the baselines, byte for byte. Undo takes each back." : "Their baselines stay as they are.",
    ];
    if (await confirmed(`${verb} ${counted(chosen.length, "check")}?`, lines, `${verb} ${chosen.length}`)) await this.decide(action, chosen);
  }

  async undo() {
    const row = this.state.chosen;
    const decided = (entry) => ["approved", "rejected"].includes(this.state.decision(entry));
    const here = row ? row.members.filter(decided) : [];
    const chosen = here.length ? here : this.last.filter(decided);
    if (!chosen.length) { toast("Nothing to undo here."); return; }
    await this.decide("undo", chosen);
  }

  async decide(action, entries) {
    if (!this.client || this.busy) return;
    if (!entries.length) { toast("Nothing to decide here."); return; }
    const done = { approve: "accepted", reject: "rejected", undo: "undone" }[action];
    const field = document.getElementById("reason");
    const next = action === "undo" ? null : this.after(entries);
    this.busy = true;
    try {
      const decided = await this.client.decide(action, entries.map((entry) => entry.id), field?.value.trim() || "", (at, of, now) => {
        if (of > 100) toast(`${at.toLocaleString("en")} of ${of.toLocaleString("en")} ${done}`, { keep: true });
        this.state.decided(now, { now: true });
      });
      if (action !== "undo") this.last = entries;
      this.told(decided, done, next);
    } catch (error) {
      toast(error.message, { bad: true });
      announce(error.message);
    } finally {
      this.busy = false;
    }
  }

  /** The row to show once the entries are decided. */
  after(entries) {
    const ids = new Set(entries.map((entry) => entry.id));
    const { rows, chosen } = this.state;
    const at = rows.findIndex((row) => row.key === chosen?.key);
    const order = [...rows.slice(at + 1), ...rows.slice(0, Math.max(0, at))];
    return order.find((row) => this.waiting(row.members).some((entry) => !ids.has(entry.id))) || null;
  }

  told(decided, done, next) {
    const refused = Object.values(decided).filter((one) => one.error);
    const well = Object.keys(decided).length - refused.length;
    const left = this.state.waiting.length;
    const text = `${counted(well, "check")} ${done}. ${left ? `${left.toLocaleString("en")} left` : "Nothing left to decide"}.`;
    if (refused.length) toast(`${counted(refused.length, "check")} not ${done}: ${refused[0].error}`, { bad: true });
    else toast(text);
    announce(refused.length ? `${refused.length} not ${done}: ${refused[0].error}` : text);
    const field = document.getElementById("reason");
    if (field && !refused.length) field.value = "";
    if (next && !refused.length) this.state.choose(this.state.rowFor(next));
  }

  /** The bar of a check or group. */
  bar(row) {
    if (!this.client) return commands(row, this.state);
    const decidable = row.members.filter((entry) => this.state.decision(entry));
    if (!decidable.length) return el("p", { class: "act dim" }, nothing(row.members[0]));
    const waiting = this.waiting(row.members).length;
    const many = row.members.length > 1;
    const accept = many ? `Accept all ${row.members.length}` : "Accept";
    const group = !many && row.entry?.group && this.waiting(this.state.groups.get(row.entry.group.id) || []).length;
    return el("div", { class: "act", role: "group", "aria-label": "Decision" },
      button("primary", accept, "A", () => this.accept(), !this.openFor("approve", row.members).length),
      button("", many ? `Reject all ${row.members.length}` : "Reject", "R", () => this.reject(), !waiting),
      button("quiet", "Undo", "U", () => this.undo(), waiting === decidable.length && !this.last.length),
      group > 1 && button("", `Accept the same change in ${group}`, "G", () => this.group("approve")),
      el("input", { id: "reason", class: "reason", "aria-label": "Reason", "aria-keyshortcuts": "e", placeholder: "Reason (optional), E", maxlength: "500", autocomplete: "off" }),
      !many && decidedWords(this.state.decisions.get(row.entry.id)));
  }
}

function button(look, text, letter, onclick, disabled = false) {
  return el("button", { type: "button", class: look, disabled, onclick, "aria-keyshortcuts": letter.toLowerCase() }, text, " ", key(letter));
}

function decidedWords(decision) {
  const shown = DECISION[decision?.state];
  if (decision?.error) return el("p", { class: "said bad" }, icon("trouble"), decision.error);
  if (!shown?.sign) return null;
  const by = decision.who ? ` by ${decision.who}` : "";
  return el("p", { class: `said ${shown.tone}` }, icon(shown.sign), `${shown.word}${by}${decision.when ? `, ${moment(decision.when)}` : ""}`,
    decision.why && el("q", {}, decision.why));
}

function nothing(entry) {
  if (entry.type === "journey") return "A journey is a record: there is nothing to accept.";
  if (entry.shown.sign === "trouble") return "Nothing was compared, so there is nothing to accept: mend the cause and run again.";
  return entry.status === "skipped" ? "Skipped: nothing was compared." : "Matches its baseline: nothing to decide.";
}

/** The exact command that accepts what is shown. */
function commands(row, state) {
  const { approve } = state.content;
  const open = row.members.filter((entry) => ["mismatch", "missing"].includes(entry.status));
  if (!open.length) return el("p", { class: "act dim" }, decidedInRun(row.members[0]) || nothing(row.members[0]));
  const ids = row.entry ? [quoted(row.entry.id)] : [`--group=${row.group.id}`];
  const text = [approve, ...ids].join(" ");
  return el("div", { class: "act" },
    el("span", {}, open.length > 1 ? `Accept these ${open.length}:` : "Accept:"), el("code", { class: "command", tabindex: "0" }, text),
    el("button", { type: "button", class: "quiet", onclick: () => copied(text) }, icon("copy"), "Copy ", key("C")));
}

/** What the run itself has written, or why it refused to. */
function decidedInRun(entry) {
  if (entry.approval?.error) return `Not approved: ${entry.approval.error}`;
  return entry.approval ? `Its picture ${entry.approval.written ? "became" : "already was"} the baseline in this run.` : "";
}

/** Puts a text on the clipboard, also under file:// where browsers know no other way. */
export async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = el("textarea", { class: "sr" });
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  toast("Command copied");
  announce("Command copied");
}
