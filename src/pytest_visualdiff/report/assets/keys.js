// The keyboard: one table gives what keys do and what the help says.

import { showKeys } from "./dialog.js";
import { byId } from "./dom.js";
import { MODES } from "./stage.js";

/**
 * @typedef {import("./actions.js").Actions} Actions
 * @typedef {import("./detail.js").Detail} Detail
 * @typedef {import("./state.js").State} State
 * @typedef {import("./stage.js").Stage} Stage
 */

/**
 * The keys, and what each does.
 *
 * @param {{ state: State, detail: Detail, actions: Actions, focusList: () => void }} page
 * @returns {KeyRow[]}
 */
export function keyTable({ state, detail, actions, focusList }) {
  const { stage, tools } = detail;
  const review = state.reviewing ? [
    { keys: ["a"], shown: ["A"], help: "accept, and go to the next that waits", act: () => actions.accept() },
    { keys: ["r", "x"], shown: ["R"], help: "reject, and go to the next that waits", act: () => actions.reject() },
    { keys: ["u"], shown: ["U"], help: "undo the decision here, or the last one", act: () => actions.undo() },
    { keys: ["g"], shown: ["G"], help: "accept the same change wherever it is (the group)", act: () => actions.decideGroup("approve") },
    { keys: ["A"], shown: ["Shift", "A"], help: "accept everything that is listed, after a question", act: () => actions.decideListed("approve") },
    { keys: ["R"], shown: ["Shift", "R"], help: "reject everything that is listed, after a question", act: () => actions.decideListed("reject") },
    { keys: ["e"], shown: ["E"], help: "type a reason; Enter goes back", act: () => document.getElementById("reason")?.focus() },
  ] : [
    { keys: ["c"], shown: ["C"], help: "copy the command that accepts this", act: () => detail.controls?.querySelector("button")?.click() },
  ];
  return [
    { keys: ["j", "ArrowDown"], shown: ["J", "↓"], help: "next in the list", act: () => state.step(1) },
    { keys: ["k", "ArrowUp"], shown: ["K", "↑"], help: "previous in the list", act: () => state.step(-1) },
    { keys: ["PageDown"], shown: ["Page ↓"], act: () => state.step(10) },
    { keys: ["PageUp"], shown: ["Page ↑"], act: () => state.step(-10) },
    { keys: ["Home"], shown: ["Home"], act: () => state.step(-1e9) },
    { keys: ["End"], shown: ["End"], act: () => state.step(1e9) },
    { keys: ["w"], shown: ["W"], help: "next that waits for a decision", act: () => goToWaiting(state) },
    ...review,
    { keys: ["n", "ArrowRight"], shown: ["N", "→"], help: "next region, finding or step", act: () => detail.nextRegion(1) },
    { keys: ["p", "ArrowLeft"], shown: ["P", "←"], help: "previous region, finding or step", act: () => detail.nextRegion(-1) },
    ...Object.entries(MODES).map(([mode, name], index) => ({
      keys: [String(index + 1)], shown: [String(index + 1)], help: name.toLowerCase(),
      act: () => { if (stage.scene) tools.setMode(/** @type {import("./stage.js").Mode} */ (mode)); },
    })),
    { keys: [" "], shown: ["Space"], help: "blink: the other picture; a group: fold or unfold", act: () => foldOrFlip(state, stage) },
    { keys: [","], shown: [","], help: "slider and onion skin: less of this run", act: () => { stage.setShare(stage.share - 0.05); tools.update(); } },
    { keys: ["."], shown: ["."], help: "slider and onion skin: more of this run", act: () => { stage.setShare(stage.share + 0.05); tools.update(); } },
    { keys: ["+", "="], shown: ["+"], help: "larger", act: () => stage.zoom(1.5) },
    { keys: ["-"], shown: ["−"], help: "smaller", act: () => stage.zoom(1 / 1.5) },
    { keys: ["0"], shown: ["0"], help: "the whole picture", act: () => tools.fit() },
    { keys: ["9"], shown: ["9"], help: "one pixel for each pixel", act: () => stage.fullSize() },
    { keys: ["d"], shown: ["D"], help: "show or hide the regions", act: () => tools.toggleMarks() },
    { keys: ["/"], shown: ["/"], help: "search", act: () => byId("search").focus() },
    { keys: ["o"], shown: ["O"], help: "the overview", act: () => state.choose(null) },
    { keys: ["t"], shown: ["T"], help: "light or dark", act: () => byId("theme").click() },
    { keys: ["?"], shown: ["?"], help: "these keys", act: () => byId("help-button").click() },
    { keys: ["Escape"], shown: ["Esc"], act: focusList },
  ];
}

/**
 * Goes to the next row that waits for a decision.
 *
 * @param {State} state
 */
function goToWaiting(state) {
  const row = state.nextWaiting();
  if (row) state.choose(row);
}

/**
 * Folds or unfolds the chosen group; else shows the other picture.
 *
 * @param {State} state
 * @param {Stage} stage
 */
function foldOrFlip(state, stage) {
  const { chosen } = state;
  if (chosen && !chosen.entry) state.toggleGroup(chosen.group.id);
  else stage.flip({ stop: true });
}

/** Listens to keys, except in fields and dialogs. */
export class Keys {
  /** @param {KeyRow[]} rows */
  constructor(rows) {
    this.rows = rows;
    this.active = rememberedChoice() !== "off";
    document.addEventListener("keydown", (event) => this.press(event));
  }

  /**
   * Lets single keys act, or not; the browser remembers it.
   *
   * @param {boolean} active
   */
  setActive(active) {
    this.active = active;
    try { localStorage.setItem("visualdiff-keys", active ? "on" : "off"); } catch { /* a page of its own remembers nothing */ }
  }

  /** Says what the keys do. */
  showHelp() { showKeys(this.rows, this); }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const target = event.target instanceof Element ? event.target : document.body;
    const typing = target.matches("input:not([type=checkbox], [type=range]), textarea, select");
    if (typing) {
      if (event.key === "Escape" || (event.key === "Enter" && !target.matches("select"))) {
        event.preventDefault();
        byId("list").focus();
      }
      return;
    }
    if (belongsTo(target, event.key)) return;
    if (!this.active && event.key.length === 1) return;
    const row = this.rows.find((one) => one.keys.includes(event.key));
    if (!row) return;
    event.preventDefault();
    row.act(event);
  }
}

/**
 * Whether a key means something to the focused control itself.
 *
 * @param {Element} target
 * @param {string} pressed
 */
function belongsTo(target, pressed) {
  if (target.matches("input[type=range]")) return pressed.startsWith("Arrow") || ["Home", "End", "PageUp", "PageDown"].includes(pressed);
  if (target.matches("button, summary, [type=checkbox], a")) return pressed === " " || pressed === "Enter";
  return target.matches("pre, code") && pressed.startsWith("Arrow");
}

/** Whether single keys act, as the browser remembers it. */
function rememberedChoice() {
  try { return localStorage.getItem("visualdiff-keys"); } catch { return null; }
}
