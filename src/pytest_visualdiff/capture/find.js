// What is on the page: documents and shadow roots, selectors, and which element shows at a place.

const KEY = Symbol.for("pytest-visualdiff");

/**
 * Runs an action and answers what it answers, or `otherwise` where it throws.
 *
 * Pages may replace built-ins, remove nodes and throw at any time: no step may stop the others.
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
const main = (() => {
  /** @type {Window} */
  let view = window;
  while (view.parent !== view && attempt(() => view.parent.document)) view = view.parent;
  return /** @type {View} */ (view);
})();

const FIREFOX = attempt(() => main.CSS.supports("-moz-appearance", "none"), false);

/** The element that the picture shows; null for the page. */
const target = request.target === null ? null : elements[request.target];

// All that may host a shadow root or a document. Live lists read by index and XPath for custom
// elements are ten times faster in Firefox than a selector: this walk is most of a look's time.
const HOSTS =
  "article aside blockquote body div footer h1 h2 h3 h4 h5 h6 header main nav p section span iframe frame object embed".split(" ");
const CUSTOM = './/*[contains(local-name(),"-")]';

/**
 * The tree inside of a shadow host or a frame, where it may be read.
 *
 * @param {Element} node
 * @returns {Root | null}
 */
function innerRoot(node) {
  if (node.shadowRoot) return node.shadowRoot;
  if (!isFrame(node)) return null;
  return attempt(() => node.contentDocument || node.getSVGDocument()) || documentIn(node);
}

/**
 * The document in an embed element whose address does not say that it is a picture: it is found by
 * its window alone.
 *
 * @param {Element} node
 */
function documentIn(node) {
  const view = viewOf(node);
  for (let at = 0; node.localName === "embed" && at < view.length; at++) {
    const inner = /** @type {View} */ (view[at]);
    if (attempt(() => inner.frameElement) === node) return inner.document;
  }
  return null;
}

/**
 * The trees inside of all shadow hosts and frames of one tree.
 *
 * @param {Root} root
 */
function innerRoots(root) {
  /** @type {Root[]} */
  const found = [];
  const visit = (/** @type {Element} */ node) => {
    const inner = innerRoot(node);
    if (inner) found.push(inner);
  };
  // A shadow root offers neither lists by name nor XPath.
  if (!("getElementsByTagName" in root)) {
    root.querySelectorAll("*").forEach(visit);
    return found;
  }
  for (const name of HOSTS) {
    const nodes = root.getElementsByTagName(name);
    for (let at = 0, count = nodes.length; at < count; at++) visit(nodes[at]);
  }
  const custom = root.evaluate(CUSTOM, root, null, 7, null);
  for (let at = 0; at < custom.snapshotLength; at++) visit(/** @type {Element} */ (custom.snapshotItem(at)));
  return found;
}

/**
 * A tree and all trees within it.
 *
 * @param {Root} root
 * @param {Root[]} found
 */
function roots(root = main.document, found = []) {
  found.push(root);
  for (const inner of attempt(() => innerRoots(root), [])) roots(inner, found);
  return found;
}

/**
 * Whether an element may hold a document of its own.
 *
 * @param {Node} node
 * @returns {node is HTMLIFrameElement}
 */
function isFrame(node) {
  return /^(iframe|frame|object|embed)$/.test(/** @type {Element} */ (node).localName);
}

/**
 * The window that a node is shown in.
 *
 * @param {Root | Element} node
 */
function viewOf(node) {
  return /** @type {View} */ ((node.ownerDocument || node).defaultView);
}

/**
 * The element that scrolls a window.
 *
 * @param {Window} view
 */
function scroller(view) {
  return view.document.scrollingElement || view.document.documentElement;
}

/**
 * Everything that a selector matches: in the page, in open shadow roots and in frames of the same origin.
 *
 * @param {string} css
 */
function find(css) {
  return roots().flatMap((root) => [...root.querySelectorAll(css)]);
}

/**
 * The frames of other origins that show something: how the driver comes there, and their names.
 *
 * @param {Element[]} covered what needs no look inside
 */
function sealedFrames(covered = []) {
  const found = [];
  for (const frame of roots().flatMap((root) => [...root.querySelectorAll("iframe,frame,object,embed")])) {
    const inner = /** @type {HTMLIFrameElement} */ (frame).contentWindow;
    const { width, height } = frame.getBoundingClientRect();
    const shown = inner && width > 0 && height > 0 && !covered.some((one) => one === frame || one.contains(frame));
    if (!shown || innerRoot(frame)) continue;
    found.push({ path: pathTo(viewOf(frame), inner), name: describe(frame) });
  }
  return found;
}

/**
 * The frame indices from the outermost readable window to a frame's window.
 *
 * @param {Window} view the window around the frame
 * @param {Window} inner
 */
function pathTo(view, inner) {
  const path = [];
  for (let [outer, one] = [view, inner]; one !== main; [outer, one] = [outer.parent, outer]) {
    let index = 0;
    while (index < outer.length && outer[index] !== one) index++;
    path.unshift(index);
  }
  return path;
}

/**
 * A text in one line without control characters, for a message.
 *
 * @param {unknown} text
 */
function clean(text) {
  return String(text).replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g, " ").slice(0, 300);
}

/** Drops the names of elements: the page may have changed. */
function forgetTrees() {
  trees.clear();
}

/**
 * The selector of an element for a message.
 *
 * @param {Element | null} node
 */
function describe(node) {
  return (node && clean(selectorOf(node))) || "the page";
}

/**
 * Which element shows these changing pixels: the smallest one around them, of what lies on top.
 *
 * @param {Rect} box
 */
function culprit(box) {
  /** @type {Element | null} */
  let best = null;
  let least = Infinity;
  for (const root of roots()) {
    for (const node of root.querySelectorAll("*")) {
      const rect = rectOf(node);
      const area = rect.width * rect.height;
      const around = { x: rect.x - 1, y: rect.y - 1, width: rect.width + 2, height: rect.height + 2 };
      if (area && area <= least && within(box, around) && isSeen(node)) [best, least] = [node, area];
    }
  }
  const onTop = onTopAt(box.x + box.width / 2, box.y + box.height / 2);
  const rect = onTop && rectOf(onTop);
  return rect && within(box, rect) && rect.width * rect.height <= least ? onTop : best;
}

/**
 * The element that lies on top at a point, inside of open shadow roots, too.
 *
 * @param {number} x
 * @param {number} y
 */
function onTopAt(x, y) {
  /** @type {Root} */
  let root = main.document;
  /** @type {Element | null} */
  let node = null;
  for (;;) {
    /** @type {Element | null} */
    const next = root.elementFromPoint(x, y);
    if (!next || next === node) return node;
    node = next;
    if (!next.shadowRoot) return next;
    root = next.shadowRoot;
  }
}
