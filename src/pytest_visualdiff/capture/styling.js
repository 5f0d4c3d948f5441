// Changes to the style of elements and pseudo-elements, put back at the end.

/**
 * Overrides style properties of an element.
 *
 * @param {HTMLElement | SVGElement} node
 * @param {Record<string, string>} values
 */
function restyle(node, values) {
  const style = node.getAttribute("style"), css = node.style.cssText;
  for (const name of Object.keys(values)) node.style.setProperty(name, values[name], "important");
  undo.push(() => {
    // Read first: Chromium writes the attribute late, and would leave an empty one behind.
    if (style === null) return node.getAttribute("style"), node.removeAttribute("style");
    node.setAttribute("style", style);
    // A content security policy ignores style attributes, but not this.
    if (node.style.cssText !== css) node.style.cssText = css;
  });
}

let marks = 0;

/**
 * Overrides style properties of a pseudo-element; with the part "" those of the element itself.
 *
 * @param {HTMLElement | SVGElement} node
 * @param {string} part
 * @param {Record<string, string>} values
 */
function restylePart(node, part, values) {
  if (!part) {
    restyle(node, values);
    return;
  }
  const mark = `data-visualdiff-${++marks}`;
  const rules = Object.keys(values).map((name) => `${name}:${values[name]}!important`).join(";");
  node.setAttribute(mark, "");
  undo.push(() => node.removeAttribute(mark));
  // Written several times, the attribute wins over any rule of the page.
  adopt(/** @type {Root} */ (node.getRootNode()), `${`[${mark}]`.repeat(9)}${part}{${rules}}`);
}

/**
 * Sets an attribute.
 *
 * @param {Element} node
 * @param {string} name
 * @param {string} value
 */
function reattribute(node, name, value) {
  const before = node.getAttribute(name);
  node.setAttribute(name, value);
  undo.push(() => (before === null ? node.removeAttribute(name) : node.setAttribute(name, before)));
}

/**
 * All elements of a tree; a live list by index where there is one, because that is fastest.
 *
 * @param {Root} root
 * @returns {ArrayLike<HTMLElement>}
 */
function elementsOf(root) {
  return /** @type {ArrayLike<HTMLElement>} */ (
    "getElementsByTagName" in root ? root.getElementsByTagName("*") : root.querySelectorAll("*")
  );
}

/**
 * The computed styles of an element, and with `parts` of its pseudo-elements that show.
 *
 * @param {HTMLElement} node
 * @param {boolean} parts
 * @param {(style: CSSStyleDeclaration, part: string) => void} action
 */
function eachStyle(node, parts, action) {
  const view = viewOf(node), style = view.getComputedStyle(node);
  action(style, "");
  if (!parts) return;
  for (const part of ["::before", "::after"]) {
    const own = view.getComputedStyle(node, part);
    if (own.content !== "none" && own.content !== "normal") action(own, part);
  }
  if (style.display.includes("list-item")) action(view.getComputedStyle(node, "::marker"), "::marker");
}

/**
 * The items of a list in a style, cut at the separators that stand outside of brackets and quotes.
 *
 * @param {string} text
 * @param {string} separator
 */
function listed(text, separator) {
  const found = [""];
  let depth = 0, quote = "";
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (quote) quote = sign === quote && text[at - 1] !== "\\" ? "" : quote;
    else if (sign === '"' || sign === "'") quote = sign;
    else if (sign === "(") depth++;
    else if (sign === ")") depth--;
    if (sign === separator && !depth && !quote) found.push("");
    else found[found.length - 1] += sign;
  }
  return found.map((item) => item.trim()).filter(Boolean);
}

const URLS = /url\("((?:[^"\\]|\\.)*)"\)/g;

/**
 * The addresses in a style.
 *
 * @param {string} text
 */
function urlsIn(text) {
  return [...text.matchAll(URLS)].map((found) => found[1].replace(/\\(.)/g, "$1"));
}
