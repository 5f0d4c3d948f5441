// What an element of a page is: what it paints, whether a person would call it one thing, and what
// stands beside it.

const numbers = (colour) => (colour.match(/[\d.]+/g) || []).map(Number);

function rgba(colour) {
  const parts = numbers(colour);
  return parts.length >= 3 && colour.startsWith("rgb") ? [...parts.slice(0, 3), parts.length > 3 ? parts[3] : 1] : [0, 0, 0, 0];
}

// The colour behind an element, or null behind pictures, gradients, what is translucent, and what
// floats over the page.
function backdrop(node) {
  for (let at = node; at; at = at.parentElement) {
    const style = css(at), colour = rgba(style.backgroundColor);
    if (style.backgroundImage !== "none") return null;
    if (colour[3] === 1) return colour.slice(0, 3);
    if (colour[3] > 0 || !flowing(at) || at.parentElement?.querySelector(":scope > video, :scope > canvas")) return null;
  }
  return [255, 255, 255];
}

const contrast = (one, other) => Math.max(...[0, 1, 2].map((at) => Math.abs(one[at] - other[at])));

function bordered(node) {
  const style = css(node);
  return ["Top", "Right", "Bottom", "Left"].some((side) => number(style[`border${side}Width`]) > 0 && rgba(style[`border${side}Color`])[3] > 0.1);
}

const MEDIA = new Set(["IMG", "CANVAS", "VIDEO", "INPUT", "BUTTON", "TEXTAREA", "SELECT", "svg"]);

function painted(node) {
  const style = css(node);
  return MEDIA.has(node.tagName) || rgba(style.backgroundColor)[3] > 0 || style.backgroundImage !== "none"
    || bordered(node) || style.boxShadow !== "none";
}

const ownTexts = (node) => [...node.childNodes].filter((one) => one.nodeType === 3 && one.data.trim());
const letters = (node) => ownTexts(node).map((one) => one.data.trim()).join(" ").length;
const table = (node) => /^table|^ruby/.test(css(node).display);
const flowing = (node) => !/absolute|fixed|sticky/.test(css(node).position);

function ink(node) {
  const range = document.createRange();
  range.selectNodeContents(node);
  return [...range.getClientRects()].filter((one) => one.width > 1 && one.height > 1);
}

function lines(node) {
  return new Set(ink(node).map((one) => Math.round(one.top / 4))).size;
}

// The element paints something in the first screens, is neither tiny nor a whole section, lies in
// the page's width and belongs to no part that scrolls or clips by itself.
function sensible(node) {
  if (SKIP.has(node.tagName) || node.ownerSVGElement || !(node instanceof HTMLElement || node.tagName === "svg")) return false;
  const [x, y, w, h] = rect(node);
  if (w < 16 || h < 10 || w * h < 400 || w * h > 0.3 * innerWidth * innerHeight) return false;
  if (x < 0 || x + w > innerWidth || y < 0 || y + h > 2.5 * innerHeight) return false;
  return (painted(node) || letters(node) > 1) && shown(node) && !hiddenAround(node);
}

function hiddenAround(node) {
  for (let at = node.parentElement; at && at !== document.body; at = at.parentElement) {
    if (/auto|scroll/.test(css(at).overflowX + css(at).overflowY) && at.scrollHeight > at.clientHeight + 1) return true;
    const [x, y, w, h] = rect(at), [a, b, c, d] = rect(node);
    if (/hidden|clip|auto|scroll/.test(css(at).overflow) && (a < x - 1 || b < y - 1 || a + c > x + w + 1 || b + d > y + h + 1)) return true;
  }
  return false;
}

// Something that a person would call one thing: a text of its own, a control, a picture, an icon.
const piece = (node) => !table(node) && (letters(node) > 1 || MEDIA.has(node.tagName) || (painted(node) && rect(node)[2] <= 0.6 * innerWidth));
const boxed = (node) => piece(node) && css(node).display !== "inline";

function siblings(node) {
  return [...node.parentElement.children].filter((one) => one !== node && !SKIP.has(one.tagName) && rect(one)[2] > 4 && rect(one)[3] > 4 && shown(one));
}

/**
 * Both edges and the middle, along each axis.
 *
 * @param {number[]} box
 */
function edges([x, y, w, h]) {
  return { x: [x, x + w / 2, x + w], y: [y, y + h / 2, y + h] };
}

// Whether a brother or sister shares an edge or the middle along this axis.
function aligned(node, axis) {
  const mine = edges(rect(node))[axis];
  return siblings(node).some((one) => edges(rect(one))[axis].some((value, at) => Math.abs(value - mine[at]) <= 1));
}
