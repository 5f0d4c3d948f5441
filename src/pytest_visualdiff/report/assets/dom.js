// Builds DOM. What comes from a test is only ever set as text or as an attribute's value.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Makes an element with attributes (`on…` are listeners, `style` an object) and children.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} attributes
 * @param {Child[]} children
 */
export function el(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/**
 * Makes an element of SVG in the same way.
 *
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} attributes
 * @param {Child[]} children
 */
export function svg(tag, attributes = {}, ...children) {
  return filled(/** @type {SVGElementTagNameMap[T]} */ (document.createElementNS(SVG, tag)), attributes, children);
}

/**
 * Gives a new element its attributes and children.
 *
 * @template {HTMLElement | SVGElement} E
 * @param {E} node
 * @param {Attributes} attributes
 * @param {Child[]} children
 */
function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  node.append(...shownOf(children));
  return node;
}

/**
 * Sets one attribute; one without a value is left out.
 *
 * @param {HTMLElement | SVGElement} node
 * @param {string} name
 * @param {Attributes[string]} value
 */
function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (typeof value === "function") node.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
  else if (typeof value === "object") for (const [property, one] of Object.entries(value)) node.style.setProperty(property, one);
  else node.setAttribute(name, value === true ? "" : String(value));
}

/**
 * The children that show: what stands for nothing is left out.
 *
 * @param {Child[]} children
 */
function shownOf(children) {
  const flat = /** @type {Child[]} */ (children.flat(3));
  const shown = flat.filter((child) => child !== null && child !== undefined && child !== false && child !== "");
  return /** @type {(Node | string)[]} */ (shown);
}

/**
 * Replaces what an element holds.
 *
 * @template {Element} E
 * @param {E} node
 * @param {Child[]} children
 */
export function fill(node, ...children) {
  node.replaceChildren(...shownOf(children));
  return node;
}

/** Paths of the drawn signs, by name. */
export const ICONS = {
  differs: ["M3 3h6.5v6.5H3z", "M6.5 6.5H13V13H6.5z"],
  new: ["M8 3v10", "M3 8h10"],
  match: ["M3 8.5l3.2 3.2L13 5"],
  trouble: ["M8 2.5L14.2 13H1.8z", "M8 6.5v3", "M8 11.2v.2"],
  skipped: ["M3.5 8h9"],
  accepted: ["M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8", "M5.2 8.2l2 2 3.6-4"],
  rejected: ["M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8", "M5.7 5.7l4.6 4.6", "M10.3 5.7l-4.6 4.6"],
  group: ["M2.5 5h8v8h-8z", "M5.5 5V2.5h8v8H10.5"],
  journey: ["M3 12.5c3 0 2-9 5-9s2 9 5 9", "M3 12.4v.2", "M13 12.4v.2"],
  sun: ["M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6", "M8 1.2v1.3", "M8 13.5v1.3", "M1.2 8h1.3", "M13.5 8h1.3",
    "M3.2 3.2l.9.9", "M11.9 11.9l.9.9", "M3.2 12.8l.9-.9", "M11.9 4.1l.9-.9"],
  moon: ["M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z"],
  copy: ["M5.5 5.5h7.5V13H5.5z", "M3 10.5V3h7.5"],
  back: ["M9.5 3.5L5 8l4.5 4.5"],
  down: ["M4 6l4 4 4-4"],
  right: ["M6 4l4 4-4 4"],
};

/**
 * A small drawn sign; decoration only, so the word must stand beside it.
 *
 * @param {IconName} name
 */
export function icon(name) {
  return svg("svg", { viewBox: "0 0 16 16", class: "icon", "aria-hidden": "true", focusable: "false" },
    ICONS[name].map((path) => svg("path", { d: path })));
}

/**
 * An element that the page always has.
 *
 * @template {HTMLElement} [E=HTMLElement]
 * @param {string} id
 */
export function byId(id) {
  return /** @type {E} */ (document.getElementById(id));
}

/**
 * The element that matches a selector at or around the place of an event.
 *
 * @param {Event} event
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export function around(event, selector) {
  return /** @type {Element} */ (event.target).closest(selector);
}

/**
 * Says something to those who do not see the page.
 *
 * @param {string} text
 */
export function announce(text) {
  const live = byId("live");
  live.textContent = "";
  requestAnimationFrame(() => { live.textContent = text; });
}

/**
 * A number with its noun: 1 check, 2,000 checks.
 *
 * @param {number} count
 * @param {string} noun
 * @param {string} plural
 */
export function counted(count, noun, plural = `${noun}s`) {
  return `${count.toLocaleString("en")} ${count === 1 ? noun : plural}`;
}

/**
 * Seconds as people say them.
 *
 * @param {number} value
 */
export function durationText(value) {
  if (value < 0.9995) return `${Math.round(value * 1000)} ms`;
  return value < 99.95 ? `${value.toFixed(1)} s` : `${Math.round(value)} s`;
}

/**
 * The time of a run or decision, to the minute, as it was written (UTC).
 *
 * @param {string | undefined} iso
 */
export const timeText = (iso) => (iso || "").replace("T", " ").replace(/:\d\d(\.\d+)?(Z|\+00:00)?$/, "");

/**
 * A key as it is printed on keyboards.
 *
 * @param {string} label
 */
export const keyLabel = (label) => el("kbd", {}, label);

/**
 * A message whose `selectors` are short; the whole of one is its tooltip and in the message below.
 *
 * @param {string} message
 */
export function messageParts(message) {
  return message.split("`").map((part, index) => (index % 2 ? el("code", { title: part }, shortSelector(part)) : part));
}

/**
 * The end of a long selector: what it is about.
 *
 * @param {string} selector
 */
function shortSelector(selector) {
  const parts = selector.split(" > ");
  return parts.length > 2 ? `… ${parts.slice(-2).join(" > ")}` : selector;
}
