// Reads the geometry of a page in one call. Answers columns as long strings: a driver copies one
// string far faster than a hundred thousand values, and pages that patch JSON or arrays (old
// libraries do) cannot spoil it.
//
// page_layout.py makes it the body of a function, gives it `properties` and `most`, and returns what
// `readPage` returns.

const UNIT = "\u001f", ROW = "\u001e", PAIR = "\u001d";

/**
 * Runs an action and answers what it answers, or `otherwise` where it throws.
 *
 * @template T
 * @overload
 * @param {() => T} action
 * @returns {T | null}
 */
/**
 * @template T
 * @template U
 * @overload
 * @param {() => T} action
 * @param {U} otherwise
 * @returns {T | U}
 */
/**
 * @param {() => unknown} action
 * @param {unknown} [otherwise]
 */
function attempt(action, otherwise = null) {
  try {
    return action();
  } catch (error) {
    return otherwise;
  }
}

/** The outermost window that may be read. */
const view = (() => {
  /** @type {Window} */
  let outer = window;
  while (outer.parent !== outer && attempt(() => outer.parent.document)) outer = outer.parent;
  return /** @type {View} */ (outer);
})();

const [startX, startY] = [view.scrollX, view.scrollY];
const IGNORED = new Set("script style link meta title head base template noscript br wbr source track param datalist option optgroup".split(" "));
const REPLACED = new Set("img video canvas iframe frame object embed svg input textarea select button progress meter audio".split(" "));

/** Elements with a state that no attribute tells. */
const FIELDS = new Set("input select textarea progress meter button".split(" "));

/**
 * A row of numbers for each element that is read: parent, nth, kind, box (4), visible, shown, fixed,
 * lines, text box (4), cut off (2), picture, natural size (2), style, cover. The elements' texts are
 * in `words`.
 *
 * @type {number[][]}
 */
const numbers = [];
const [PARENT, BOX, VISIBLE, SHOWN, FIXED, LINES, TEXT_BOX, STYLE, COVER] = [0, 3, 7, 8, 9, 10, 11, 20, 21];

/**
 * For each element that is read: tag, id, classes, role, text, file name of its picture, attributes,
 * selector (`^` stands for its parent's).
 *
 * @type {string[][]}
 */
const words = [];

/**
 * The selector of each element that is read.
 *
 * @type {string[]}
 */
const selectors = [];

/**
 * Whether the middle of an element can be touched by scrolling the window alone.
 *
 * @type {boolean[]}
 */
const touchable = [];

/**
 * Element → its row.
 *
 * @type {Map<Node, number>}
 */
const index = new Map();

/**
 * Joined values of the computed styles → the number of this set of styles.
 *
 * @type {Map<string, number>}
 */
const styles = new Map();
let total = 0;

/**
 * A text in one line and cut to a length.
 *
 * @param {string} text
 * @param {number} length
 */
const short = (text, length) => (text.length > 4 * length ? text.slice(0, 4 * length) : text).replace(/[\s\u0000-\u001f]+/g, " ").trim().slice(0, length);
const round = (/** @type {number} */ value) => Math.round(value * 100) / 100;

/**
 * @param {Element} node
 * @returns {node is HTMLIFrameElement}
 */
function isFrame(node) {
  return node.localName === "iframe" || node.localName === "frame";
}

// ---------------------------------------------------------------- one element

/** @type {Record<string, string>} */
const ROLES = { a: "link", button: "button", img: "img", nav: "navigation", main: "main", header: "banner", footer: "contentinfo", aside: "complementary", form: "form", ul: "list", ol: "list", li: "listitem", table: "table", tr: "row", td: "cell", th: "columnheader", select: "combobox", textarea: "textbox", dialog: "dialog", h1: "heading", h2: "heading", h3: "heading", h4: "heading", h5: "heading", h6: "heading" };
/** @type {Record<string, string>} */
const INPUTS = { button: "button", submit: "button", reset: "button", image: "button", checkbox: "checkbox", radio: "radio", range: "slider", number: "spinbutton", search: "searchbox" };

/**
 * The role that an element says it has, else that of its tag.
 *
 * @param {Element} node
 */
function roleOf(node) {
  const given = node.getAttribute("role");
  if (given) return short(given, 30);
  if (node.localName === "input") return INPUTS[/** @type {HTMLInputElement} */ (node).type] || "textbox";
  return ROLES[node.localName] || "";
}

/**
 * What names an element that has no text: alt, placeholder, label.
 *
 * @param {Element} node
 */
function namedText(node) {
  const tag = node.localName;
  if (tag === "img") return node.getAttribute("alt") || "";
  if (tag === "input") {
    const { type, value } = /** @type {HTMLInputElement} */ (node);
    return /^(button|submit|reset)$/.test(type) ? value : node.getAttribute("placeholder") || "";
  }
  return node.getAttribute("aria-label") || "";
}

/**
 * The element's own texts: what they say, the box around them, and in how many lines.
 *
 * @param {Element} node
 * @param {Document} document
 */
function ownText(node, document) {
  let text = "", left = Infinity, top = Infinity, right = -Infinity, bottom = -Infinity, lines = 0, low = -Infinity;
  for (let child = node.firstChild; child; child = child.nextSibling) {
    const { data } = /** @type {Text} */ (child);
    if (child.nodeType !== 3 || !/\S/.test(data)) continue;
    text += text.length < 200 ? data : "";
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

/**
 * The file name of an element's picture.
 *
 * @param {Element} node
 */
function sourceOf(node) {
  const { currentSrc, src, data } = /** @type {Element & { currentSrc?: unknown, src?: unknown, data?: unknown }} */ (node);
  const source = currentSrc || src || data || "";
  return typeof source === "string" ? String(source.split(/[?#]/)[0].split("/").pop()).slice(-40) : "";
}

/**
 * Whether a picture without size is an SVG that has none, and not a broken file.
 *
 * @param {string} url
 */
function isSizelessDrawing(url) {
  if (!/\.svg|image\/svg/.test(url)) return false;
  const entries = attempt(() => view.performance.getEntriesByName(url)) || [];
  const [entry] = /** @type {PerformanceResourceTiming[]} */ (entries);
  return !entry || !(entry.responseStatus >= 400);
}

/**
 * The state of an image (0: none, 1: whole, 2: broken, 3: still loading) and its natural size.
 *
 * @param {Element} element
 */
function pictureOf(element) {
  if (element.localName !== "img") return [0, 0, 0];
  const node = /** @type {HTMLImageElement} */ (element);
  const given = node.getAttribute("src") || node.getAttribute("srcset") || node.currentSrc;
  if (!given) return [0, 0, 0];
  if (!node.complete) return [3, 0, 0];
  return [node.naturalWidth || isSizelessDrawing(node.currentSrc) ? 1 : 2, node.naturalWidth, node.naturalHeight];
}

/** Attributes that are seen. */
const ATTRIBUTES = new Set("alt aria-checked aria-disabled aria-expanded aria-hidden aria-invalid aria-label aria-pressed aria-selected checked cols colspan contenteditable controls datetime dir disabled hidden high href lang low max maxlength min multiple open optimum placeholder readonly required reversed rows rowspan selected size span src srcset start step style title type wrap".split(" "));

/**
 * The attributes that are seen, and what a person has entered; never a password.
 *
 * @param {Element} node
 * @param {string[]} names
 * @param {boolean} scrolls
 */
function attributesOf(node, names, scrolls) {
  let joined = "";
  const add = (/** @type {string} */ name, /** @type {string} */ value) => { joined += `${joined ? PAIR : ""}${name}=${short(value, 80)}`; };
  if (detailed && scrolls && (node.scrollTop || node.scrollLeft)) add("scroll", `${Math.round(node.scrollLeft)}, ${Math.round(node.scrollTop)}`);
  for (let at = 0; at < names.length; at++) if (ATTRIBUTES.has(names[at])) add(names[at], node.getAttribute(names[at]) || "");
  if (FIELDS.has(node.localName)) {
    const { type, value, checked, indeterminate, selectedIndex } = /** @type {{ type: string, value: unknown, checked?: boolean, indeterminate?: boolean, selectedIndex?: number }} */ (/** @type {unknown} */ (node));
    if (type !== "password" && typeof value === "string" && node.localName !== "button") add("value", value);
    if (type === "checkbox" || type === "radio") add("is checked", String(checked));
    if (indeterminate) add("indeterminate", "true");
    if (selectedIndex !== undefined && selectedIndex >= 0) add("selected option", attempt(() => /** @type {HTMLSelectElement} */ (node).options[selectedIndex].text, ""));
  }
  return joined;
}

/**
 * The selector of an element; it may begin as that of its parent does, which is long.
 *
 * @param {Element} node
 * @param {number} parent
 */
function shortened(node, parent) {
  const whole = selectorOf(node), outer = parent < 0 ? "" : selectors[parent];
  selectors.push(whole);
  const rest = outer && whole.startsWith(outer) ? whole.slice(outer.length) : "";
  return / |^$/.test(rest[0] || "") && rest ? `^${rest}` : whole;
}

// ---------------------------------------------------------------- the walk

/**
 * Where an element is touched: the middle of the first line of its text, else of itself.
 *
 * @param {number[]} row
 * @returns {[number, number]}
 */
function middle(row) {
  const lines = row[LINES];
  const from = lines ? TEXT_BOX : BOX;
  return [row[from] + row[from + 2] / 2, row[from + 1] + row[from + 3] / Math.max(1, lines) / 2];
}

/**
 * What two rectangles have in common.
 *
 * @param {Edges} a
 * @param {Edges} b
 * @returns {Edges}
 */
const cut = (a, b) => [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])];
/** @type {Edges} */
const EVERYWHERE = [-1e9, -1e9, 1e9, 1e9];
/**
 * @param {Edges} box
 * @param {[number, number]} point
 */
const inside = (box, [x, y]) => x >= box[0] && x < box[2] && y >= box[1] && y < box[3];

/**
 * Reads one element; answers what it passes on to its children, or null where they are not read.
 *
 * @param {Element} node
 * @param {Kind} kind
 * @param {number} nth
 * @param {number} parent
 * @param {Context} context
 * @returns {Context | null}
 */
function read(node, kind, nth, parent, context) {
  total++;
  if (numbers.length >= most) return null;
  const style = context.view.getComputedStyle(node);
  if (!style || style.display === "none") {
    if (detailed && style && hidden.length < 500) hidden.push(selectorOf(node));
    return null;
  }
  const tag = node.localName, names = node.getAttributeNames();
  const [key, number] = styleOf(style, signatureOf(node, kind, context.key, names, context.rules), context.rules);
  const { alpha: own, visible: drawn, position, hides: clips, scrolls: rolls, transformed } = facts[number];
  const rect = node.getBoundingClientRect();
  const [x, y] = [rect.left + context.x, rect.top + context.y];
  const clip = position === "fixed" ? EVERYWHERE : position === "absolute" ? context.absolute : context.clip;
  const seen = cut(clip, [x, y, x + rect.width, y + rect.height]);
  const shown = Math.max(0, seen[2] - seen[0]) * Math.max(0, seen[3] - seen[1]);
  const alpha = context.alpha * own;
  // What a closed <details> or content-visibility hides has a box all the same.
  const visible = shown > 0.5 && alpha > 0.02 && drawn && (!node.checkVisibility || node.checkVisibility());
  const fixed = context.fixed || position === "fixed" || position === "sticky";
  const text = ownText(node, context.document);
  // What overflows the root or the body belongs to the window: those two do not clip.
  const window = tag === "html" || tag === "body", [hides, scrolls] = window ? [false, false] : [clips, rolls];
  const [state, wide, high] = tag === "img" ? pictureOf(node) : [0, 0, 0];
  const at = numbers.length;
  const row = [
    parent, nth, kind, round(x), round(y), round(rect.width), round(rect.height),
    visible ? 1 : 0, round(shown / (rect.width * rect.height || 1)), fixed ? 1 : 0, text.lines, 0, 0, 0, 0,
    hides ? node.scrollWidth - node.clientWidth : 0, hides ? node.scrollHeight - node.clientHeight : 0,
    state, wide, high, number, -1,
  ];
  if (text.box) [row[TEXT_BOX], row[TEXT_BOX + 1], row[TEXT_BOX + 2], row[TEXT_BOX + 3]] = [round(text.box[0] + context.x), round(text.box[1] + context.y), round(text.box[2]), round(text.box[3])];
  numbers.push(row);
  const label = text.text || short(namedText(node), 80);
  const classes = names.length ? short(node.getAttribute("class") || "", 200) : "", id = names.length ? short(node.getAttribute("id") || "", 80) : "";
  words.push([tag, id, classes, roleOf(node), label, REPLACED.has(tag) || tag.includes("-") ? sourceOf(node) : "", names.length || FIELDS.has(tag) || hides || scrolls ? attributesOf(node, names, hides || scrolls) : "", shortened(node, parent)]);
  touchable.push(visible && inside(context.window, middle(row)));
  index.set(node, at);
  const holds = position !== "static" || transformed;
  const passed = { ...context, number: at, key, alpha, fixed, clip, absolute: holds ? clip : context.absolute };
  if (!hides && !scrolls && !isFrame(node)) return passed;
  const left = x + node.clientLeft, top = y + node.clientTop;
  /** @type {Edges} */
  const border = [left, top, left + node.clientWidth, top + node.clientHeight];
  if (hides || isFrame(node)) {
    passed.clip = cut(clip, border);
    if (holds) passed.absolute = passed.clip;
  }
  if (scrolls) passed.window = cut(context.window, border);
  return passed;
}

/**
 * The trees inside of an element that are read next.
 *
 * @param {Element} node
 * @param {Context} context
 */
function roots(node, context) {
  const parent = context.number;
  /** @type {Step[]} */
  const found = [{ root: node, context, parent, kind: 0 }];
  if (node.shadowRoot) found.push({ root: node.shadowRoot, context: { ...context, rules: rulesOf(node.shadowRoot) }, parent, kind: 1 });
  const document = isFrame(node) ? attempt(() => node.contentDocument) : null;
  if (document && document.documentElement && document.defaultView) {
    const frame = node.getBoundingClientRect();
    const [x, y] = [context.x + frame.left + node.clientLeft, context.y + frame.top + node.clientTop];
    found.push({ root: document, context: { ...context, document, view: document.defaultView, rules: rulesOf(document), x, y }, parent, kind: 2 });
  }
  return found;
}

/**
 * Reads a tree depth first, in document order; without recursion, because pages nest thousands deep.
 *
 * @param {Root} start
 * @param {Context} first
 */
function walk(start, first) {
  /** @type {Step[]} */
  const stack = [{ root: start, context: first, parent: -1, kind: 0 }];
  for (let step = stack.pop(); step; step = stack.pop()) {
    if ("root" in step) {
      const children = childrenOf(step);
      for (let at = children.length - 1; at >= 0; at--) stack.push(children[at]);
    } else {
      const passed = read(step.node, step.kind, step.nth, step.parent, step.context);
      if (passed && detailed) readGenerated(step.node, passed);
      if (passed && step.node.localName !== "svg") stack.push(...roots(step.node, passed).reverse());
    }
  }
}

/**
 * The steps to the children of a node.
 *
 * @param {Extract<Step, { root: ParentNode }>} step
 */
function childrenOf({ root, context, parent, kind }) {
  /** @type {Record<string, number>} */
  const counts = {};
  /** @type {Step[]} */
  const children = [];
  for (let node = root.firstElementChild; node; node = node.nextElementSibling) {
    const tag = node.localName;
    counts[tag] = (counts[tag] || 0) + 1;
    if (!IGNORED.has(tag)) children.push({ node, nth: counts[tag], context, parent, kind });
  }
  return children;
}

// ---------------------------------------------------------------- fonts, answer

/** The web fonts: family, weight, style and status. */
function fonts() {
  /** @type {string[]} */
  const faces = [];
  if (view.document.fonts) view.document.fonts.forEach((face) => faces.push([face.family.replace(/["']/g, ""), face.weight, face.style, face.status].join(UNIT)));
  return faces.slice(0, 500).join(ROW);
}

/**
 * A table as one string.
 *
 * @param {(string | number)[][]} list
 */
function rows(list) {
  let joined = "";
  for (let at = 0; at < list.length; at++) joined += (at ? ROW : "") + list[at].join(UNIT);
  return joined;
}

// ---------------------------------------------------------------- for checks alone

/**
 * Reads what is generated for an element, as a child of it: a box of its own cannot be asked for.
 *
 * @param {Element} node
 * @param {Context} context
 */
function readGenerated(node, context) {
  const tag = node.localName, { number } = context;
  const field = tag === "input" || tag === "textarea";
  if (REPLACED.has(tag) && !field) return;
  if (!field) {
    readPart(node, "::before", context);
    readPart(node, "::after", context);
    if (facts[numbers[number][STYLE]].item) addPart("::marker", context.view.getComputedStyle(node, "::marker"), "", context);
  } else if (node.getAttribute("placeholder") && !/** @type {HTMLInputElement} */ (node).value) {
    addPart("::placeholder", context.view.getComputedStyle(node, "::placeholder"), "", context);
  }
}

/**
 * Reads what is generated before or after the content of an element.
 *
 * @param {Element} node
 * @param {"::before" | "::after"} part
 * @param {Context} context
 */
function readPart(node, part, context) {
  let known = generates.get(context.key);
  if (!known) generates.set(context.key, (known = {}));
  if (known[part] === false && !context.rules.generated) return;
  const style = context.view.getComputedStyle(node, part), { content } = style;
  known[part] = content !== "none" && content !== "normal" && content !== "";
  if (known[part]) addPart(part, style, content, context);
}

/**
 * @param {string} part
 * @param {CSSStyleDeclaration} style
 * @param {string} content
 * @param {Context} context
 */
function addPart(part, style, content, { number, key, rules }) {
  const row = numbers[number].slice();
  const [, set] = styleOf(style, rules.generated || !rules.readable ? `part ${numbers.length}` : `${key}${part}`, rules);
  [row[PARENT], row[1], row[2], row[LINES], row[STYLE]] = [number, 1, 0, 0, set];
  numbers.push(row);
  words.push([part, "", "", "", content ? short(content, 80) : "", "", "", `^${part}`]);
  selectors.push(selectors[number] + part);
  touchable.push(false);
}

/** The selectors of elements that are not rendered, without what is inside of them. */
const hidden = /** @type {string[]} */ ([]);

/** The custom properties of the root element that style sheets of the page set; those that only name another one are last. */
function variables() {
  /** @type {Set<string>} */
  const found = new Set(), aliases = new Set(), page = view.document;
  const add = (/** @type {CSSStyleDeclaration} */ style) => {
    for (let at = 0; at < style.length && found.size < 500; at++) {
      const name = style[at];
      if (name.startsWith("--")) (style.getPropertyValue(name).includes("var(") ? aliases : found).add(name);
    }
  };
  for (const sheet of [...page.styleSheets]) {
    for (const rule of attempt(() => [.../** @type {CSSStyleSheet} */ (sheet).cssRules], [])) {
      const { selectorText, style } = /** @type {CSSStyleRule} */ (rule);
      if (style && /(?:^|,)\s*(?::root|html|body|:host|\*)\s*(?:,|$|\[|\.)/.test(selectorText || "")) add(style);
    }
  }
  const root = page.documentElement, { style: own } = /** @type {HTMLElement} */ (root);
  if (own) add(own);
  const style = view.getComputedStyle(root);
  return [...new Set([...found, ...aliases])].map((name) => [name, short(style.getPropertyValue(name), 200)]);
}

/** Reads the page: reader.py calls it, and reads the answer. */
function readPage() {
  const page = view.document;
  if (detailed && !/\[native code\]/.test(Function.prototype.toString.call(view.getComputedStyle))) throw new Error("the page has a getComputedStyle of its own");
  total = page.getElementsByTagName("*").length;
  if (total > most) return { url: String(view.location.href), total };
  total = 0;
  walk(page, { document: page, view, x: startX, y: startY, clip: EVERYWHERE, absolute: EVERYWHERE, window: EVERYWHERE, alpha: 1, fixed: false, number: -1, key: -1, rules: rulesOf(page) });
  total = Math.max(total, page.getElementsByTagName("*").length);
  const whole = page.documentElement;
  if (total <= most) attempt(hits);
  return {
    url: String(view.location.href), title: short(page.title || "", 200), type: String(page.contentType),
    viewport: [view.innerWidth, view.innerHeight], ratio: view.devicePixelRatio,
    page: whole ? [whole.scrollWidth, whole.scrollHeight] : [0, 0],
    total, numbers: rows(numbers), words: rows(words), styles: [...styles.keys()].join(ROW), fonts: fonts(),
    scroll: [startX, startY], hidden: hidden.join(ROW), variables: detailed ? rows(attempt(variables, [])) : "",
  };
}
