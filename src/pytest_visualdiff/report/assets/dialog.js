// Dialogs: a question with a count, and the help. The browser's own <dialog> keeps the focus.

import { byId, el, fill, keyLabel } from "./dom.js";

/**
 * Asks before many checks are decided at once.
 *
 * @param {string} title
 * @param {string[]} lines
 * @param {string} yes what the button says
 * @returns {Promise<boolean>}
 */
export function askToConfirm(title, lines, yes) {
  return new Promise((resolve) => {
    const cancel = el("button", { type: "submit", value: "no", autofocus: true }, "Cancel ", keyLabel("Esc"));
    const node = openDialog("confirm", title, [
      lines.map((line) => el("p", {}, line)),
      el("div", { class: "choices" }, cancel, el("button", { type: "submit", value: "yes", class: "primary" }, yes)),
    ]);
    node.addEventListener("close", () => { resolve(node.returnValue === "yes"); node.remove(); });
    cancel.focus();
  });
}

/**
 * The help: every key, and whether single keys act at all.
 *
 * @param {KeyRow[]} table
 * @param {{ active: boolean, setActive: (active: boolean) => void }} keys
 */
export function showKeys(table, keys) {
  const rows = table.filter((row) => row.help).map((row) => el("tr", {},
    el("th", { scope: "row" }, row.shown.map((one, index) => [index ? " " : null, keyLabel(one)])), el("td", {}, row.help)));
  /** @type {HTMLInputElement} */
  const box = el("input", { type: "checkbox", checked: keys.active, onchange: () => keys.setActive(box.checked) });
  const node = openDialog("help", "Keys", [
    el("table", { class: "keys" }, el("tbody", {}, rows)),
    el("label", { class: "check" }, box, "Single keys act (turn off if they get in the way of speech input)"),
    el("div", { class: "choices" }, el("button", { type: "submit", value: "no", autofocus: true }, "Close ", keyLabel("Esc"))),
  ]);
  node.addEventListener("close", () => node.remove());
}

/**
 * Opens a dialog in the place of one that is open.
 *
 * @param {string} name
 * @param {string} title
 * @param {Child[]} children
 */
function openDialog(name, title, children) {
  document.querySelector("dialog")?.close();
  const node = el("dialog", { id: name, "aria-labelledby": `${name}-title` },
    el("form", { method: "dialog" }, el("h2", { id: `${name}-title` }, title), children));
  document.body.append(node);
  node.addEventListener("click", (event) => { if (event.target === node) node.close("no"); });
  node.showModal();
  return node;
}

let toastTimer = 0;

/**
 * A line of progress or trouble at the bottom of the page.
 *
 * @param {string} text
 * @param {{ bad?: boolean, keep?: boolean }} options `keep`: it stays until the next one
 */
export function toast(text, { bad = false, keep = false } = {}) {
  const node = byId("toast");
  clearTimeout(toastTimer);
  fill(node, el("span", {}, text), bad && el("button", { type: "button", class: "quiet", onclick: () => { node.hidden = true; } }, "Close"));
  node.className = bad ? "toast bad" : "toast";
  node.hidden = false;
  if (!keep && !bad) toastTimer = setTimeout(() => { node.hidden = true; }, 3500);
}
