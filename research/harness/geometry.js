// What a page shows, where: visible elements, rectangles of texts, and what moved since a moment.

const SKIP = new Set(["SCRIPT", "STYLE", "LINK", "META", "NOSCRIPT", "TEMPLATE", "BR", "OPTION", "HEAD", "TITLE"]);

/** @type {(node: Element) => Box} */
const rect = (node) => {
  const { left, top, width, height } = node.getBoundingClientRect();
  return [left, top, width, height];
};

const css = (node, pseudo) => getComputedStyle(node, pseudo);

function inside([x, y, w, h]) {
  return x >= 0 && y >= 0 && x + w <= innerWidth && y + h <= innerHeight && w > 0 && h > 0;
}

function meets([x, y, w, h]) {
  return x < innerWidth && y < innerHeight && x + w > 0 && y + h > 0 && w > 0 && h > 0;
}

// Nothing lies on it: five points of it belong to it, to a part of it, or to its label's wrapper.
function uncovered(node, [x, y, w, h]) {
  const at = [[0.5, 0.5], [0.2, 0.25], [0.8, 0.25], [0.2, 0.75], [0.8, 0.75]];
  const hits = at.map(([a, b]) => {
    const hit = document.elementFromPoint(x + a * w, y + b * h);
    return hit !== null && (hit === node || node.contains(hit));
  });
  return hits[0] && hits.filter(Boolean).length >= 4;
}

function shown(node) {
  for (let at = node; at && at.nodeType === 1; at = at.parentElement) {
    const style = css(at);
    if (Number(style.opacity) < 0.75 || style.visibility !== "visible") return false;
  }
  return true;
}

function visibleElements() {
  const found = [];
  for (const node of document.body.querySelectorAll("*")) {
    if (SKIP.has(node.tagName) || node.closest("[data-vd]")) continue;
    if ("ownerSVGElement" in node && node.ownerSVGElement) continue;
    const box = rect(node);
    if (!inside(box) || box[2] < 4 || box[3] < 4) continue;
    if (uncovered(node, box) && shown(node)) found.push(node);
  }
  return found;
}

function ownTexts(node) {
  return [...node.childNodes].filter((one) => one.nodeType === 3 && one.data.trim());
}

function rangeRects(text, start = 0, end = text.data.length) {
  const range = document.createRange();
  range.setStart(text, start);
  range.setEnd(text, end);
  return [...range.getClientRects()].filter((one) => one.width > 0.5 && one.height > 0.5)
    .map((one) => /** @type {Box} */ ([one.left, one.top, one.width, one.height]));
}

// Rectangles of the lettering of an element and of what it holds.
function textRects(node) {
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const text = /** @type {Text} */ (walker.currentNode);
    if (text.data.trim()) found.push(...rangeRects(text));
  }
  return found;
}

function union(rects) {
  if (!rects.length) return null;
  const left = Math.min(...rects.map((r) => r[0])), top = Math.min(...rects.map((r) => r[1]));
  const right = Math.max(...rects.map((r) => r[0] + r[2])), bottom = Math.max(...rects.map((r) => r[1] + r[3]));
  return [left, top, right - left, bottom - top];
}

function numbers(text) {
  return (text.match(/[\d.]+/g) || []).map(Number);
}

function rgba(colour) {
  const parts = numbers(colour);
  return parts.length >= 3 && colour.startsWith("rgb") ? [...parts.slice(0, 3), parts.length > 3 ? parts[3] : 1] : null;
}

// The opaque colour behind an element, or null behind pictures and gradients.
function backdrop(node) {
  for (let at = node; at; at = at.parentElement) {
    const style = css(at), colour = rgba(style.backgroundColor);
    if (style.backgroundImage !== "none") return null;
    if (colour && colour[3] === 1) return colour.slice(0, 3);
    if (colour && colour[3] > 0) return null;
  }
  return [255, 255, 255];
}

function paints(node) {
  const style = css(node), back = rgba(style.backgroundColor);
  const bordered = ["Top", "Right", "Bottom", "Left"].some((side) => bordered1(style, side));
  return (back && back[3] > 0) || style.backgroundImage !== "none" || bordered || style.boxShadow !== "none"
    || ["IMG", "CANVAS", "VIDEO", "INPUT", "BUTTON", "TEXTAREA", "SELECT", "HR", "svg"].includes(node.tagName);
}

function bordered1(style, side) {
  const colour = rgba(style[`border${side}Color`]);
  return parseFloat(style[`border${side}Width`]) > 0 && style[`border${side}Style`] !== "none" && colour && colour[3] > 0.1;
}

// How far shadows and outlines reach beyond an element: left, top, right, bottom.
function reach(node) {
  const style = css(node), out = [0, 0, 0, 0];
  if (style.boxShadow !== "none") {
    for (const one of style.boxShadow.split(/,(?![^(]*\))/)) {
      if (one.includes("inset")) continue;
      const [x, y, blur, spread] = (one.replace(/rgba?\([^)]*\)|color\([^)]*\)/g, "").match(/-?[\d.]+px/g) || []).map(parseFloat);
      const far = (blur || 0) + (spread || 0);
      [far - x, far - y, far + x, far + y].forEach((value, side) => { out[side] = Math.max(out[side], value || 0); });
    }
  }
  if (style.outlineStyle !== "none") {
    const far = parseFloat(style.outlineWidth) + (parseFloat(style.outlineOffset) || 0);
    out.forEach((value, side) => { out[side] = Math.max(value, far); });
  }
  return out;
}

/**
 * @param {Element} node
 * @returns {Box}
 */
function extent(node) {
  const [x, y, w, h] = rect(node), [left, top, right, bottom] = reach(node);
  return [x - left, y - top, w + left + right, h + top + bottom];
}

function everything() {
  const seen = new Map();
  for (const node of document.body.querySelectorAll("*")) {
    if (SKIP.has(node.tagName) || ("ownerSVGElement" in node && node.ownerSVGElement)) continue;
    seen.set(node, rect(node));
  }
  return seen;
}

const same = (a, b, off = 0.02) => a.every((value, at) => Math.abs(value - b[at]) <= off);

// Rectangles, before and after, of what lies elsewhere now: the outermost elements that moved as a
// whole, and the changed edges of painted elements that grew or shrank.
function moved(before) {
  const found = [];
  const visit = (node) => {
    const was = before.get(node), is = rect(node);
    if (!was) return meets(is) && found.push(is);
    if (!same(was, is) && same(was.slice(2), is.slice(2))) {
      found.push(...[was, extent(node)].filter(meets));
      return null;
    }
    if (!same(was, is) && paints(node)) found.push(...grown(node, was, is).filter(meets));
    for (const child of node.children) if (before.has(child) || !SKIP.has(child.tagName)) visit(child);
    return null;
  };
  for (const child of document.body.children) if (!SKIP.has(child.tagName)) visit(child);
  return found.slice(0, 400);
}

function grown(node, was, is) {
  const nudged = Math.abs(was[0] - is[0]) > 0.02 || Math.abs(was[1] - is[1]) > 0.02;
  // A picture behind it is scaled or centred anew.
  if (nudged || css(node).backgroundImage !== "none" || node.tagName === "IMG") return [was, is];
  const style = css(node), far = reach(node), strips = [];
  const round = Math.max(...["TopLeft", "BottomRight"].map((one) => parseFloat(style[`border${one}Radius`]) || 0));
  const wide = Math.max(was[2], is[2]), high = Math.max(was[3], is[3]);
  if (Math.abs(was[3] - is[3]) > 0.02) {
    const top = Math.min(was[1] + was[3], is[1] + is[3]) - round - (parseFloat(style.borderBottomWidth) || 0) - 1;
    strips.push([is[0] - far[0], top, wide + far[0] + far[2], is[1] + high + far[3] - top]);
  }
  if (Math.abs(was[2] - is[2]) > 0.02) {
    const left = Math.min(was[0] + was[2], is[0] + is[2]) - round - (parseFloat(style.borderRightWidth) || 0) - 1;
    strips.push([left, is[1] - far[1], is[0] + wide + far[2] - left, high + far[1] + far[3]]);
  }
  return strips;
}
