// Puts the page together: the head, the list, and the chosen check.

import { Actions } from "./actions.js";
import { Client } from "./client.js";
import { groupTitle, pictureUrl, readContent } from "./data.js";
import { toast } from "./dialog.js";
import { Detail } from "./detail.js";
import { announce, byId, counted, el, fill, icon, keyLabel, timeText } from "./dom.js";
import { Filters } from "./filters.js";
import { Keys, keyTable } from "./keys.js";
import { List } from "./list.js";
import { State } from "./state.js";

/** Shows the run that the document holds, or that the review server gives. */
async function start() {
  setTheme(theme());
  const held = readContent();
  const client = held.mode === "review" ? new Client() : null;
  try {
    buildPage(client ? await client.open() : held, client);
  } catch (error) {
    const { name, message } = /** @type {Error} */ (error);
    fill(byId("page"), el("main", { class: "trouble" }, el("h1", {}, "This page cannot be shown"), el("p", {}, message)));
    if (name === "TypeError" || name === "ReferenceError") throw error;
  }
}

/**
 * Builds the page.
 *
 * @param {Content} content
 * @param {Client | null} client
 */
function buildPage(content, client) {
  const state = new State(content);
  const actions = new Actions(state, client);
  const detail = new Detail(state, actions);
  const list = new List(state, () => { document.body.dataset.pane = "detail"; });
  const filters = new Filters(state);
  const keys = new Keys(keyTable({ state, detail, actions, focusList: () => list.box.focus() }));
  const bulk = client && el("div", { class: "bulk" });
  fill(byId("page"),
    topBar(state, keys),
    el("div", { class: "app" }, el("nav", { class: "side", "aria-label": "Checks" }, filters.node, list.node, bulk), detail.node));
  state.subscribe((change) => {
    if (bulk && change !== "chosen") fill(bulk, bulkButton(state, actions));
    if (change === "chosen") announceChosen(state);
  });
  if (bulk) fill(bulk, bulkButton(state, actions));
  state.choose(state.filters.status === "look" && !hasSeveralGroups(state) ? state.rows[0] || null : null);
  list.box.focus({ preventScroll: true });
  document.documentElement.dataset.ready = "";
  performance.mark("ready");
  if (client) followServer(state, client);
}

/**
 * Whether the overview of the changes comes first.
 *
 * @param {State} state
 */
const hasSeveralGroups = (state) => state.rows.filter((row) => row.group).length > 1;

/**
 * Follows what happens elsewhere: groups come when they are worked out, and what others decide is
 * seen on coming back to the page.
 *
 * Whoever is at work by then keeps the list as it is, and is told of the groups instead.
 *
 * @param {State} state
 * @param {Client} client
 */
function followServer(state, client) {
  let atWork = false;
  for (const kind of ["keydown", "pointerdown", "wheel"]) {
    document.addEventListener(kind, () => { atWork = true; }, { once: true, capture: true });
  }
  client.groups().then((groups) => {
    const several = groups.filter((group) => group.members.length > 1).length;
    if (!several) return;
    state.setGroups(groups, !atWork);
    if (!atWork && hasSeveralGroups(state)) state.choose(null);
    if (atWork) toast(`${counted(several, "change is", "changes are")} the same in several checks: tick ‘Group the same changes’ to decide on them at once.`);
  }, (error) => announce(error.message));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) client.decisions().then((decisions) => state.decided(decisions), () => {});
  });
}

/**
 * The bar at the top.
 *
 * @param {State} state
 * @param {Keys} keys
 */
function topBar(state, keys) {
  const { run } = state.content;
  const progress = el("div", { class: "progress" });
  const draw = () => fill(progress, progressOf(state));
  state.subscribe((change) => { if (change === "decided") draw(); });
  draw();
  return el("header", { class: "bar" },
    el("button", { type: "button", class: "brand", title: "Overview (O)", onclick: () => { document.body.dataset.pane = "detail"; state.choose(null); } },
      el("b", {}, state.reviewing ? "Review" : "Visual checks"), el("small", {}, [timeText(run.finished) && `${timeText(run.finished)} UTC`, run.id].filter(Boolean).join(" · "))),
    progress,
    el("span", { class: "space" }),
    el("button", { type: "button", id: "theme", class: "quiet", "aria-label": "Light or dark", title: "Light or dark (T)", onclick: () => setTheme(theme() === "dark" ? "light" : "dark", true) }),
    el("button", { type: "button", id: "help-button", class: "quiet", onclick: () => keys.showHelp() }, "Keys ", keyLabel("?")));
}

/**
 * How many checks are decided.
 *
 * @param {State} state
 */
function progressOf(state) {
  const all = state.entries.filter((entry) => state.decision(entry));
  if (!state.reviewing || !all.length) return null;
  const done = all.length - state.waiting.length;
  return [
    el("span", { class: "meter", role: "progressbar", "aria-label": "Decided", "aria-valuemin": "0", "aria-valuemax": all.length, "aria-valuenow": done },
      el("i", { style: { width: `${(100 * done) / all.length}%` } })),
    el("span", {}, `${done.toLocaleString("en")} of ${all.length.toLocaleString("en")} decided`),
  ];
}

/**
 * The button that accepts everything that is listed.
 *
 * @param {State} state
 * @param {Actions} actions
 */
function bulkButton(state, actions) {
  const waiting = actions.waiting(state.shown).length;
  return waiting > 0 && el("button", { type: "button", onclick: () => actions.decideListed("approve") }, `Accept all ${counted(waiting, "check")} listed… `, keyLabel("⇧A"));
}

/**
 * Says what is shown, to those who do not see it.
 *
 * @param {State} state
 */
function announceChosen(state) {
  const row = state.chosen;
  const entry = row?.entry;
  byId("theme").blur();
  if (!row) announce("Overview");
  else if (entry) announce(`${entry.title}, ${entry.variant}, ${state.decision(entry) === "waiting" ? "waits, " : ""}${entry.shown.word}`);
  else announce(`Group of ${row.members.length}: ${groupTitle(row.group)}`);
  preload(state);
}

/**
 * Fetches the next pictures while a person looks at these.
 *
 * @param {State} state
 */
function preload(state) {
  const check = state.rows[state.position + 1]?.entry?.check;
  for (const path of [check?.expected, check?.actual, check?.diff]) if (path?.endsWith(".png")) new Image().src = pictureUrl(path, state.content);
}

/** Light or dark, as chosen on the page, chosen earlier, or as the system has it. */
function theme() {
  let chosenTheme = "";
  try { chosenTheme = localStorage.getItem("visualdiff-theme") || ""; } catch { /* none is remembered */ }
  return document.documentElement.dataset.theme || chosenTheme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

/**
 * Makes the page light or dark.
 *
 * @param {string} name
 * @param {boolean} remember
 */
function setTheme(name, remember = false) {
  document.documentElement.dataset.theme = name;
  if (remember) try { localStorage.setItem("visualdiff-theme", name); } catch { /* for this time only */ }
  const node = document.getElementById("theme");
  if (node) fill(node, icon(name === "dark" ? "sun" : "moon"));
}

await start();
setTheme(theme());
