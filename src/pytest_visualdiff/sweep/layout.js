// Reads the geometry of a page in one call. Answers columns as long strings: a driver copies one
// string far faster than a hundred thousand values, and pages that patch JSON or arrays (old
// libraries do) cannot spoil it.
//
// arguments: the names of the computed styles, the most elements to read.

const [properties, most] = arguments;
const UNIT = "\u001f", ROW = "\u001e";

function attempt(action, otherwise = null) {
  try {
    return action();
  } catch (error) {
    return otherwise;
  }
}

const view = (() => {
  let outer = window;
  while (outer.parent !== outer && attempt(() => outer.parent.document)) outer = outer.parent;
  return outer;
})();

const [scrollX, scrollY] = [view.scrollX, view.scrollY];
const IGNORED = new Set("script style link meta title head base template noscript br wbr source track param datalist option optgroup".split(" "));
const REPLACED = new Set("img video canvas iframe frame object embed svg input textarea select button progress meter audio".split(" "));
const numbers = [], words = [], touchable = [], index = new Map(), styles = new Map();
let total = 0;

const short = (text, length) => (text.length > 4 * length ? text.slice(0, 4 * length) : text).replace(/[\s\u0000-\u001f]+/g, " ").trim().slice(0, length);
const round = (value) => Math.round(value * 100) / 100;

function isFrame(node) {
  return node.localName === "iframe" || node.localName === "frame";
}

// ---------------------------------------------------------------- one element

const ROLES = { a: "link", button: "button", img: "img", nav: "navigation", main: "main", header: "banner", footer: "contentinfo", aside: "complementary", form: "form", ul: "list", ol: "list", li: "listitem", table: "table", tr: "row", td: "cell", th: "columnheader", select: "combobox", textarea: "textbox", dialog: "dialog", h1: "heading", h2: "heading", h3: "heading", h4: "heading", h5: "heading", h6: "heading" };
const INPUTS = { button: "button", submit: "button", reset: "button", image: "button", checkbox: "checkbox", radio: "radio", range: "slider", number: "spinbutton", search: "searchbox" };

function roleOf(node) {
  const given = node.getAttribute("role");
  if (given) return short(given, 30);
  if (node.localName === "input") return INPUTS[node.type] || "textbox";
  return ROLES[node.localName] || "";
}

function namedText(node) {
  const tag = node.localName;
  if (tag === "img") return node.getAttribute("alt") || "";
  if (tag === "input") return /^(button|submit|reset)$/.test(node.type) ? node.value : node.getAttribute("placeholder") || "";
  return node.getAttribute("aria-label") || "";
}

// The element's own texts: what they say, the box around them, and in how many lines.
function ownText(node, document) {
  let text = "", left = Infinity, top = Infinity, right = -Infinity, bottom = -Infinity, lines = 0, low = -Infinity;
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.nodeType !== 3 || !/\S/.test(child.data)) continue;
    text += text.length < 200 ? child.data : "";
    const range = document.createRange();
    range.selectNodeContents(child);
    const rects = range.getClientRects();
    for (let at = 0; at < rects.length; at++) {
      const rect = rects[at];
      if (!rect.width || !rect.height) continue;
      left = Math.min(left, rect.left); right = Math.max(right, rect.right);
      top = Math.min(top, rect.top); bottom = Math.max(bottom, rect.bottom);
      if ((rect.top + rect.bottom) / 2 > low) { lines++; low = rect.bottom; }
    }
  }
  return { text: short(text, 80), lines, box: lines ? [left, top, right - left, bottom - top] : null };
}

function sourceOf(node) {
  const source = node.currentSrc || node.src || node.data || "";
  return typeof source === "string" ? source.split(/[?#]/)[0].split("/").pop().slice(-40) : "";
}

// A drawing may have no size of its own, and a broken one has none either: the answer tells.
function isSizelessDrawing(url) {
  if (!/\.svg|image\/svg/.test(url)) return false;
  const [entry] = attempt(() => view.performance.getEntriesByName(url), []) || [];
  return !entry || !(entry.responseStatus >= 400);
}

// 0: no picture, 1: whole, 2: broken, 3: still loading
function pictureOf(node) {
  if (node.localName !== "img") return [0, 0, 0];
  const given = node.getAttribute("src") || node.getAttribute("srcset") || node.currentSrc;
  if (!given) return [0, 0, 0];
  if (!node.complete) return [3, 0, 0];
  return [node.naturalWidth || isSizelessDrawing(node.currentSrc) ? 1 : 2, node.naturalWidth, node.naturalHeight];
}

function styleOf(style) {
  let joined = "";
  for (let at = 0; at < properties.length; at++) joined += (at ? UNIT : "") + style.getPropertyValue(properties[at]);
  let number = styles.get(joined);
  if (number === undefined) styles.set(joined, (number = styles.size));
  return number;
}

// ---------------------------------------------------------------- the walk

// Where an element is touched: the middle of its text, else of itself.
function middle(row) {
  const [x, y, width, height] = row[10] ? row.slice(11, 15) : row.slice(3, 7);
  return row[10] > 1 ? [x + width / 2, y + height / row[10] / 2] : [x + width / 2, y + height / 2];
}

const cut = (a, b) => [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])];
const EVERYWHERE = [-1e9, -1e9, 1e9, 1e9];
const inside = (box, [x, y]) => x >= box[0] && x < box[2] && y >= box[1] && y < box[3];

// What an element passes on to its children: where it clips them, how much shines through.
function read(node, kind, nth, parent, context) {
  total++;
  if (numbers.length >= most) return null;
  const style = context.view.getComputedStyle(node);
  if (!style || style.display === "none") return null;
  const rect = node.getBoundingClientRect();
  const [x, y] = [rect.left + context.x, rect.top + context.y];
  const position = style.position;
  const clip = position === "fixed" ? EVERYWHERE : position === "absolute" ? context.absolute : context.clip;
  const seen = cut(clip, [x, y, x + rect.width, y + rect.height]);
  const shown = Math.max(0, seen[2] - seen[0]) * Math.max(0, seen[3] - seen[1]);
  const alpha = context.alpha * (attempt(() => parseFloat(style.opacity), 1));
  // What a closed <details> or content-visibility hides has a box all the same.
  const drawn = !node.checkVisibility || node.checkVisibility();
  const visible = shown > 0.5 && alpha > 0.02 && style.visibility === "visible" && drawn;
  const fixed = context.fixed || position === "fixed" || position === "sticky";
  const own = ownText(node, context.document);
  // What overflows the root or the body belongs to the window: those two do not clip.
  const flow = /^(html|body)$/.test(node.localName) ? "" : style.overflowX + style.overflowY;
  const [hides, scrolls] = style.display === "inline" ? [false, false] : [/hidden|clip/.test(flow), /auto|scroll/.test(flow)];
  const [state, wide, high] = pictureOf(node);
  const number = numbers.length;
  numbers.push([
    parent, nth, kind, round(x), round(y), round(rect.width), round(rect.height),
    visible ? 1 : 0, round(shown / (rect.width * rect.height || 1)), fixed ? 1 : 0, own.lines,
    ...(own.box ? [round(own.box[0] + context.x), round(own.box[1] + context.y), round(own.box[2]), round(own.box[3])] : [0, 0, 0, 0]),
    hides ? node.scrollWidth - node.clientWidth : 0, hides ? node.scrollHeight - node.clientHeight : 0,
    state, wide, high, styleOf(style), -1,
  ]);
  const label = own.text || short(namedText(node), 80);
  const classes = typeof node.className === "string" ? short(node.className, 80) : "";
  words.push([node.localName, short(node.id || "", 80), classes, roleOf(node), label, sourceOf(node)]);
  touchable.push(visible && inside(context.window, middle(numbers[number])));
  index.set(node, number);
  const left = x + node.clientLeft, top = y + node.clientTop;
  const border = [left, top, left + node.clientWidth, top + node.clientHeight];
  const box = hides || isFrame(node) ? cut(clip, border) : clip;
  const holds = position !== "static" || style.transform !== "none";
  return {
    ...context, number, alpha, fixed, clip: box, absolute: holds ? box : context.absolute,
    window: scrolls ? cut(context.window, border) : context.window,
  };
}

function roots(node, context) {
  const found = [[node, context, context.number, 0]];
  if (node.shadowRoot) found.push([node.shadowRoot, context, context.number, 1]);
  const document = isFrame(node) ? attempt(() => node.contentDocument) : null;
  if (document && document.documentElement) {
    const frame = node.getBoundingClientRect();
    const [x, y] = [context.x + frame.left + node.clientLeft, context.y + frame.top + node.clientTop];
    found.push([document, { ...context, document, view: document.defaultView, x, y }, context.number, 2]);
  }
  return found;
}

// Depth first, in document order; without recursion, because pages nest thousands deep.
function walk(start, first) {
  const stack = [[start, first, -1, 0]];
  while (stack.length) {
    const [root, context, parent, kind, node, nth] = stack.pop();
    if (node) {
      const passed = read(node, kind, nth, parent, context);
      if (passed && node.localName !== "svg") stack.push(...roots(node, passed).reverse());
      continue;
    }
    const [counts, children] = [{}, []];
    for (let child = root.firstElementChild; child; child = child.nextElementSibling) {
      const tag = child.localName;
      counts[tag] = (counts[tag] || 0) + 1;
      if (!IGNORED.has(tag)) children.push([null, context, parent, kind, child, counts[tag]]);
    }
    for (let at = children.length - 1; at >= 0; at--) stack.push(children[at]);
  }
}

// ---------------------------------------------------------------- what lies on top

const COVER = 21;

function deepest(x, y) {
  let root = view.document, found = null, [left, top] = [x, y];
  for (let depth = 0; depth < 20; depth++) {
    const node = root.elementFromPoint(left, top);
    if (!node || node === found) return found;
    found = node;
    if (node.shadowRoot) root = node.shadowRoot;
    else {
      const document = isFrame(node) ? attempt(() => node.contentDocument) : null;
      if (!document) return found;
      const frame = node.getBoundingClientRect();
      [left, top, root] = [left - frame.left - node.clientLeft, top - frame.top - node.clientTop, document];
    }
  }
  return found;
}

function known(node) {
  for (let at = node; at; at = at.parentNode || at.host || (at.defaultView && at.defaultView.frameElement)) {
    const number = index.get(at);
    if (number !== undefined) return number;
  }
  return -1;
}

function related(a, b) {
  for (let at = a; at >= 0; at = numbers[at][0]) if (at === b) return true;
  for (let at = b; at >= 0; at = numbers[at][0]) if (at === a) return true;
  return false;
}

function probe(number) {
  const row = numbers[number], [x, y] = middle(row);
  const top = deepest(x - view.scrollX, y - view.scrollY);
  const cover = top ? known(top) : -1;
  const moved = view.scrollY !== scrollY || view.scrollX !== scrollX;
  if (cover < 0 || related(cover, number) || (moved && numbers[cover][9])) return;
  row[COVER] = cover;
}

// Only what lies in the window can be touched, so the page is scrolled by, and back again.
function hits() {
  const slices = new Map(), height = view.innerHeight;
  for (let number = 0; number < numbers.length; number++) {
    const row = numbers[number];
    if (!touchable[number] || row[8] < 0.5 || !(row[10] || REPLACED.has(words[number][0]))) continue;
    const slice = row[9] ? -1 : Math.floor(middle(row)[1] / height);
    if (!slices.has(slice)) slices.set(slice, []);
    slices.get(slice).push(number);
  }
  const go = (left, top) => view.scrollTo({ left, top, behavior: "instant" });
  for (const number of slices.get(-1) || []) probe(number);
  const ordered = [...slices.keys()].filter((slice) => slice >= 0).sort((a, b) => a - b);
  for (const slice of ordered) {
    if (slice * height !== view.scrollY) go(scrollX, slice * height);
    for (const number of slices.get(slice)) probe(number);
  }
  if (view.scrollY !== scrollY || view.scrollX !== scrollX) go(scrollX, scrollY);
}

// ---------------------------------------------------------------- fonts, answer

function fonts() {
  const faces = [];
  if (view.document.fonts) view.document.fonts.forEach((face) => faces.push([face.family.replace(/["']/g, ""), face.weight, face.style, face.status].join(UNIT)));
  return faces.slice(0, 500).join(ROW);
}

const rows = (list) => { let joined = ""; for (let at = 0; at < list.length; at++) joined += (at ? ROW : "") + list[at].join(UNIT); return joined; };

const first = { document: view.document, view, x: scrollX, y: scrollY, clip: EVERYWHERE, absolute: EVERYWHERE, window: EVERYWHERE, alpha: 1, fixed: false, number: -1 };
walk(view.document, first);
total = Math.max(total, view.document.getElementsByTagName("*").length);
const whole = view.document.documentElement;
if (total <= most) attempt(hits);
return {
  url: String(view.location.href), title: short(view.document.title || "", 200), type: String(view.document.contentType),
  viewport: [view.innerWidth, view.innerHeight], ratio: view.devicePixelRatio,
  page: whole ? [whole.scrollWidth, whole.scrollHeight] : [0, 0],
  total, numbers: rows(numbers), words: rows(words), styles: [...styles.keys()].join(ROW), fonts: fonts(),
};
