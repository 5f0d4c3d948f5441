// The selector of an element: the shortest CSS selector that is unique on the page and that a person
// would write. Part of every script that names elements; it needs `attempt`.

/**
 * What is known of a tree: its elements in document order, where the subtree of each ends, the steps
 * that name it (such as `.price`), and by step the numbers of the elements that match it. `tags`
 * counts the children of a tag, by number of the parent and tag. `prefix` leads to the tree.
 *
 * @typedef {{ nodes: Element[], order: Map<Element, number>, end: number[], parent: number[], nth: number[], steps: Map<string, number | number[]>, named: string[][], tags: Map<string, number>, quirks: boolean, own: Map<number, string>, prefix: string }} Tree
 */

/** @type {Map<Node, Tree>} */
const trees = new Map();

const TEST_ATTRIBUTES = ["data-testid", "data-test-id", "data-test", "data-cy", "data-qa"];
/** Attributes that name an element, and the tags that they name; without tags, all of them. */
const NAMING = /** @type {[string, string[] | null][]} */ ([["name", "input select textarea button form iframe fieldset".split(" ")], ["aria-label", null], ["alt", ["img", "area"]], ["for", ["label"]], ["placeholder", ["input", "textarea"]], ["href", ["a"]], ["title", ["iframe", "button", "a"]], ["role", null]]);
const LANDMARKS = new Set("html body main header footer nav aside form h1 table dialog video canvas".split(" "));

// Names that tools make up: they change with every build, or say how an element looks, not what it is.
const GENERATED = [
  /^(?:css|sc|jsx|jss|emotion|svelte|styled|makeStyles|tss|cls|mui|radix|headlessui|react-aria|react-select|rc|uid|uuid|auto|gen)[-_:](?=[\w:-]*\d)/i,
  /^(?:sc|css|jss|jsx|svelte|emotion)-\w+$/, /^(?:ng-tns|ng-c\d|_ng|ember\d|ext-gen|yui_|gwt-uid)/,
  /^:.*:$/, /«|»/, /^_r_\w+_$/, // React's ids
  /module__/, /_(?=[A-Za-z0-9+]*\d)[A-Za-z0-9+]{5,10}$/, /^_\w+_[a-z0-9]{4,8}_\d+$/i, // CSS modules: Button_primary__3fK2a
  /[0-9a-f]{8}-[0-9a-f]{4}/i, /\d{6,}/,
];
// States, and the utility classes of Tailwind and Bootstrap.
const STATE = /^(?:is-|has-|js-|ng-|was-|no-)|^(?:active|open|opened|closed|show|shown|hide|hidden|visible|invisible|selected|checked|disabled|enabled|focus|focused|hover|current|loading|loaded|collapsed?|collapsing|expanded|fade|in|out|animated|dirty|pristine|touched|valid|invalid|even|odd|first|last|dark|light|lazyloaded|lazyload)$/;
const UTILITY = /[:[\]/!@]|^-?(?:[mp][trblxyse]?|w|h|min-[wh]|max-[wh]|size|gap(?:-[xy])?|space-[xy]|inset(?:-[xy])?|top|right|bottom|left|start|end|z|order|cols?(?:-(?:xs|sm|md|lg|xl|xxl|span|start|end))?|row(?:-(?:cols|span|start|end).*)?|g[xy]?|grid-(?:cols|rows|flow)|basis|flex|grow|shrink|opacity|rotate|scale|translate(?:-[xy])?|skew|duration|delay|ease|leading|tracking|line-clamp|columns|aspect|indent|scroll-[mp][trblxy]?|border(?:-[trblxyse])?|rounded(?:-[trblse]{1,2})?|outline|ring|divide-[xy]|stroke|fs|fw|lh|offset(?:-\w+)?|float|display|d|text|font|bg|from|via|to|shadow|blur|align|justify|items|content|self|place|object|overflow|cursor|select|pointer-events|whitespace|break|list|decoration|underline|transition|animate|fill|table|sr|position|vstack|hstack|ratio)-(?:-?[\d./]+(?:px|rem|em|vh|vw)?|auto|full|screen|fit|min|max|none|px|xs|sm|md|lg|xl|xxl|\dxl|start|end|center|middle|top|bottom|left|right|between|around|evenly|stretch|baseline|normal|row|col|column|wrap|nowrap|reverse|grow|shrink|fill|block|inline|inline-block|inline-flex|grid|flex|hidden|visible|scroll|clip|cover|contain|bold|bolder|medium|semibold|light|lighter|thin|black|white|mono|sans|serif|italic|muted|primary|secondary|success|danger|warning|info|dark|transparent|current|body|uppercase|lowercase|capitalize|truncate|ellipsis|inherit|colors?|all|pointer|default|pre|words|disc|decimal|tight|snug|relaxed|loose|wide|wider|widest|only|linear|spin|pulse|inner|fixed|absolute|relative|static|sticky|(?:slate|gray|zinc|neutral|stone|red|orange|amber|yellow|lime|green|emerald|teal|cyan|sky|blue|indigo|violet|purple|fuchsia|pink|rose|grey)(?:-\d+)?)(?:-.*)?$|^(?:flex|grid|block|inline|inline-block|inline-flex|contents|absolute|relative|fixed|sticky|static|container|container-fluid|clearfix|row|col|truncate|uppercase|lowercase|capitalize|italic|underline|antialiased|rounded|border|shadow|transition|grow|shrink|group|peer|resize|ring|outline|blur|filter|invert|isolate|prose|float-left|float-right|sr-only|visually-hidden|text-nowrap)$/;

/**
 * Whether a name is one that a tool has made up.
 *
 * @param {string} name
 */
function isGenerated(name) {
  return GENERATED.some((pattern) => pattern.test(name)) || name.split(/[-_:.]+/).some((part) => /^(?=.*\d)(?=.*[a-z])[0-9a-f]{6,}$/i.test(part));
}

/**
 * Whether a part of a class is no word: letters and digits, or small and large letters, mixed.
 *
 * @param {string} part
 */
function isRandom(part) {
  if (part.length < 4) return false;
  if (/[a-zA-Z]\d+[a-zA-Z]/.test(part) || (/^\d+[a-zA-Z]/.test(part) && part.length > 4) || /^[b-df-hj-np-tv-xz]{5,}$/i.test(part)) return true;
  const humps = (part.match(/[a-z][A-Z]|[A-Z]{2}[a-z]/g) || []).length;
  return part.length < 12 && humps >= 2 && humps >= part.length / 4;
}

/**
 * Class → whether it says what an element is.
 *
 * @type {Map<string, boolean>}
 */
const meaningful = new Map();

/**
 * Whether a class says what an element is.
 *
 * @param {string} name
 */
function isMeaningful(name) {
  let known = meaningful.get(name);
  if (known === undefined) {
    known = name.length > 1 && name.length <= 60 && !/[\u0000-\u001f]/.test(name) && !STATE.test(name) && !UTILITY.test(name) && !isGenerated(name) && !name.split(/[-_]+/).some(isRandom);
    meaningful.set(name, known);
  }
  return known;
}

/**
 * Name → the same as a part of a selector.
 *
 * @type {Map<string, string>}
 */
const escapes = new Map();

/**
 * A name as a part of a selector.
 *
 * @param {string} name
 */
function escaped(name) {
  let known = escapes.get(name);
  if (known === undefined) {
    known = /^[a-z][\w-]*$/i.test(name) ? name : attempt(() => CSS.escape(name), "") || name.replace(/[^\w\u0080-\uffff-]/g, (sign) => `\\${sign}`);
    escapes.set(name, known);
  }
  return known;
}

/**
 * An attribute's value as a part of a selector.
 *
 * @param {string} value
 */
function quoted(value) {
  return `"${value.replace(/["\\]/g, "\\$&")}"`;
}

/**
 * @param {string | null} value
 * @returns {value is string}
 */
function isShort(value) {
  return !!value && value.length <= 80 && !/[\u0000-\u001f\u007f]/.test(value);
}

/**
 * The simple selectors of an element, those that a person would choose first.
 *
 * @param {Element} node
 * @returns {string[]}
 */
function stepsOf(node) {
  /** @type {string[]} */
  const steps = [], tag = escaped(node.localName), names = node.getAttributeNames();
  if (names.length) {
    const id = names.includes("id") && node.getAttribute("id");
    if (id && id.length <= 100 && !/[\u0000-\u001f]/.test(id) && !isGenerated(id)) steps.push(`#${escaped(id)}`);
    for (let at = 0; at < TEST_ATTRIBUTES.length; at++) {
      const value = names.includes(TEST_ATTRIBUTES[at]) ? node.getAttribute(TEST_ATTRIBUTES[at]) : null;
      if (isShort(value)) steps.push(`[${TEST_ATTRIBUTES[at]}=${quoted(value)}]`);
    }
    addNamedSteps(steps, node, tag, names);
  }
  if (LANDMARKS.has(node.localName)) steps.push(tag);
  const classes = names.includes("class") ? classesOf(node) : [];
  for (let at = 0; at < classes.length; at++) steps.push(`.${classes[at]}`);
  for (let at = 0; at < classes.length; at++) steps.push(`${tag}.${classes[at]}`);
  if (classes.length > 1) steps.push(`.${classes[0]}.${classes[1]}`);
  return steps;
}

/**
 * Adds the selectors of an element by name, label, text or target.
 *
 * @param {string[]} steps
 * @param {Element} node
 * @param {string} tag
 * @param {string[]} names of its attributes
 */
function addNamedSteps(steps, node, tag, names) {
  for (let at = 0; at < NAMING.length; at++) {
    const [name, tags] = NAMING[at];
    if (!names.includes(name) || (tags && !tags.includes(node.localName))) continue;
    const value = node.getAttribute(name);
    if (!isShort(value) || (name !== "aria-label" && isGenerated(value) && !/\s/.test(value))) continue;
    const step = `${tags || name === "aria-label" ? tag : ""}[${name}=${quoted(value)}]`;
    steps.push(step);
    const choice = name === "name" && /^(?:radio|checkbox)$/.test(node.getAttribute("type") || "") && node.getAttribute("value");
    if (choice && isShort(choice)) steps.push(`${step}[value=${quoted(choice)}]`);
  }
}

/**
 * Text of a class attribute → its classes that say what an element is, as parts of a selector.
 *
 * @type {Map<string, string[]>}
 */
const classLists = new Map();

/**
 * The classes of an element that say what it is, as parts of a selector.
 *
 * @param {Element} node
 */
function classesOf(node) {
  const text = node.getAttribute("class");
  if (!text || text.length > 2000) return [];
  let known = classLists.get(text);
  if (!known) classLists.set(text, (known = text.split(/[ \t\n\f\r]+/).filter(isMeaningful).slice(0, 4).map(escaped)));
  return known;
}

/**
 * The index of the tree that an element is in.
 *
 * @param {Node} root
 */
function treeOf(root) {
  const known = trees.get(root);
  if (known) return known;
  const document = root.nodeType === 9 ? /** @type {Document} */ (root) : root.ownerDocument;
  /** @type {Tree} */
  const tree = { nodes: [], order: new Map(), end: [], parent: [], nth: [], steps: new Map(), named: [], tags: new Map(), quirks: !!document && document.compatMode === "BackCompat", own: new Map(), prefix: prefixOf(root) };
  const found = /** @type {ParentNode} */ (/** @type {unknown} */ (root)).querySelectorAll("*");
  for (let at = 0; at < found.length; at++) addTo(tree, found[at]);
  for (let at = found.length - 1; at > 0; at--) {
    const up = tree.parent[at];
    if (up >= 0 && tree.end[up] < tree.end[at]) tree.end[up] = tree.end[at];
  }
  trees.set(root, tree);
  return tree;
}

/**
 * @param {Tree} tree
 * @param {Element} node
 */
function addTo(tree, node) {
  const number = tree.nodes.length, { localName, parentElement } = node;
  const before = parentElement ? tree.order.get(parentElement) : undefined, parent = before === undefined ? -1 : before;
  tree.nodes.push(node);
  tree.order.set(node, number);
  tree.end.push(number);
  tree.parent.push(parent);
  const nth = (tree.tags.get(`${parent} ${localName}`) || 0) + 1;
  tree.tags.set(`${parent} ${localName}`, nth);
  tree.nth.push(nth);
  const tag = escaped(localName), steps = stepsOf(node), name = steps.find((step) => step[0] === ".");
  tree.named.push(steps);
  for (let at = 0; at < steps.length; at++) if (steps[at] !== tag) addStep(tree, steps[at], number);
  addStep(tree, tag, number);
  addStep(tree, `${tag}:nth-of-type(${nth})`, number);
  if (name) addStep(tree, `${name}:nth-of-type(${nth})`, number);
}

/**
 * Notes that a step matches an element; the numbers of the elements only rise.
 *
 * @param {Tree} tree
 * @param {string} step
 * @param {number} number
 */
function addStep(tree, step, number) {
  const key = keyOf(tree, step), known = tree.steps.get(key);
  if (known === undefined) tree.steps.set(key, number);
  else if (typeof known === "number") { if (known !== number) tree.steps.set(key, [known, number]); }
  else if (known[known.length - 1] !== number) known.push(number);
}

/**
 * What two steps have in common that match the same elements: in old documents case does not count.
 *
 * @param {Tree} tree
 * @param {string} step
 */
const keyOf = (tree, step) => (tree.quirks && /^[#.]|\./.test(step) ? step.toLowerCase() : step);

/**
 * Whether a step matches one element alone, of those below another one or of the whole tree.
 *
 * @param {Tree} tree
 * @param {string} step
 * @param {number} above
 */
function isUnique(tree, step, above) {
  const numbers = tree.steps.get(keyOf(tree, step));
  if (numbers === undefined) return false;
  if (typeof numbers === "number") return numbers > above && (above < 0 || numbers <= tree.end[above]);
  if (above < 0) return false;
  let low = 0, high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] <= above) low = middle + 1;
    else high = middle;
  }
  return low < numbers.length && numbers[low] <= tree.end[above] && !(low + 1 < numbers.length && numbers[low + 1] <= tree.end[above]);
}

/**
 * The first simple selector that is unique in the tree; empty where none is.
 *
 * @param {Tree} tree
 * @param {number} number
 */
function ownName(tree, number) {
  let own = tree.own.get(number);
  if (own === undefined) {
    own = tree.named[number].find((step) => isUnique(tree, step, -1)) || "";
    tree.own.set(number, own);
  }
  return own;
}

/**
 * The class of an element with its number among its siblings, where both are unique in the tree.
 *
 * @param {Tree} tree
 * @param {number} number
 */
function placedName(tree, number) {
  const name = tree.named[number].find((one) => one[0] === "."), step = `${name}:nth-of-type(${tree.nth[number]})`;
  return name && isUnique(tree, step, -1) ? step : "";
}

/**
 * The selector of an element within its tree.
 *
 * @param {Tree} tree
 * @param {number} number
 * @returns {string}
 */
function inTree(tree, number) {
  const own = ownName(tree, number);
  if (own) return own;
  const { localName } = tree.nodes[number], tag = escaped(localName);
  const steps = tree.named[number].filter((step) => step[0] !== "#").concat(tag);
  const placed = `${tag}:nth-of-type(${tree.nth[number]})`;
  let above = tree.parent[number], named = 0;
  for (; above >= 0 && named < 3; above = tree.parent[above]) {
    const name = ownName(tree, above);
    if (!name || name === "html" || name === "body") continue;
    named++;
    const step = steps.find((one) => isUnique(tree, one, above)) || (isUnique(tree, placed, above) && placed);
    if (step) return `${name} ${step}`;
  }
  const numbered = placedName(tree, number);
  if (numbered) return numbered;
  for (above = tree.parent[number]; above >= 0; above = tree.parent[above]) {
    const name = placedName(tree, above), step = name && steps.find((one) => isUnique(tree, one, above));
    if (step) return `${name} ${step}`;
  }
  const parent = tree.parent[number];
  if (parent < 0) return isUnique(tree, tag, -1) ? tag : placed;
  return `${inTree(tree, parent)} > ${tree.tags.get(`${parent} ${localName}`) === 1 ? tag : placed}`;
}

/**
 * The selector of the element that a tree is in, with the sign that enters it; empty for the page.
 *
 * @param {Node} root
 * @returns {string}
 */
function prefixOf(root) {
  const { host, defaultView } = /** @type {Node & { host?: Element, defaultView?: Window | null }} */ (root);
  const outer = host || (defaultView && attempt(() => defaultView.frameElement));
  return outer ? `${selectorOf(outer)} >>> ` : "";
}

/**
 * The shortest stable selector of an element that is unique on the page; `>>>` enters a shadow root
 * or a frame. Empty where the page does not let it be found.
 *
 * @param {Element} node
 * @returns {string}
 */
function selectorOf(node) {
  return attempt(() => {
    const root = node.getRootNode(), tree = treeOf(root), number = tree.order.get(node);
    if (number === undefined) return "";
    return tree.prefix + inTree(tree, number);
  }, "");
}
