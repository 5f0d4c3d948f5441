// Which elements have equal styles. Asking the browser for the hundred styles of an element is slow,
// so they are asked for once for all elements that the rules of the page cannot tell apart. Part of
// the script that reads a layout.

/**
 * What the style sheets of a document or a shadow root can tell elements apart by. `readable`: all
 * sheets can be read. `varying`: styles that rules give by other things than names and attributes.
 * `generated`: such rules are there for generated content. `mentioned`: ids and attributes.
 *
 * @typedef {{ readable: boolean, varying: Set<string>, generated: boolean, mentioned: Set<string>, stateful: Set<Element>, own: string[], text: string }} Rules
 */

/** Computed styles that depend on where an element lies; nothing follows from them. */
const OF_PLACE = new Set("width height inset margin padding transform grid-template-columns grid-template-rows".split(" "));

/** Elements that browsers style by more than their attributes, and that are always asked. */
const SINGULAR = new Set("input select textarea progress meter button img iframe frame video audio object embed dialog summary legend fieldset marquee".split(" "));

/** Attributes that no browser styles by itself. */
const HARMLESS = new Set("id href src alt title name value for target rel role placeholder srcset sizes loading decoding tabindex datetime cite action method content property itemprop itemtype itemscope download referrerpolicy fetchpriority autocomplete spellcheck crossorigin integrity media headers scope abbr translate ping hreflang accesskey".split(" "));

/** Parts of a selector that tell elements apart by names, attributes and the states that are noted. */
const PLAIN = /::?(?:before|after|first-line|first-letter)|::[\w-]+(?:\([^)]*\))?|:(?:root|host|link|visited|any-link|hover|focus|focus-visible|focus-within|active|is|where|not)(?![\w-])/g;

/** @type {Map<Node, Rules>} */
const rulesOfRoots = new Map();

/**
 * The rules of a document or a shadow root.
 *
 * @param {Root} root
 */
function rulesOf(root) {
  let rules = rulesOfRoots.get(root);
  if (rules) return rules;
  rules = { readable: true, varying: new Set(), generated: false, mentioned: new Set(), stateful: new Set(), own: [], text: "" };
  rulesOfRoots.set(root, rules);
  for (const sheets of [root.styleSheets, root.adoptedStyleSheets || []]) {
    for (let at = 0; at < sheets.length; at++) collect(rules, sheets[at], false);
  }
  const names = rules.text.match(/#[^\s.:#[\]>+~,()*\\=]+|\[[\w-]+/g) || [];
  for (let at = 0; at < names.length; at++) rules.mentioned.add(names[at]);
  rules.text = "";
  const stateful = root.querySelectorAll(":hover, :focus, :focus-within, :active");
  for (let at = 0; at < stateful.length; at++) rules.stateful.add(stateful[at]);
  for (const name of rules.varying) if (name[0] === "-" && name[1] === "-") rules.own.push(name);
  for (const name of properties) if (!OF_PLACE.has(name) && varies(name, rules.varying)) rules.own.push(name);
  if (rules.own.length > properties.length / 2) rules.readable = false;
  return rules;
}

/**
 * Whether a style, or a part of it, is among some longhands.
 *
 * @param {string} name
 * @param {Set<string>} longhands
 */
function varies(name, longhands) {
  if (longhands.has(name)) return true;
  const [first, last] = [name.split("-", 1)[0], name.slice(name.lastIndexOf("-") + 1)];
  for (const one of longhands) {
    if (one.startsWith(`${name}-`)) return true;
    if (first === "border" && one.startsWith("border-") && one.endsWith(last)) return true;
    if (name === "gap" ? one.endsWith("-gap") : name === "columns" ? one.startsWith("column-") : name === "white-space" && one.startsWith("text-wrap")) return true;
  }
  return false;
}

/**
 * Notes what the rules of a style sheet, or of a rule that holds rules, tell elements apart by.
 *
 * @param {Rules} rules
 * @param {{ cssRules?: CSSRuleList }} owner
 * @param {boolean} always whether all that is in it counts as varying
 */
function collect(rules, owner, always) {
  const list = attempt(() => owner.cssRules);
  if (!list) rules.readable = false;
  for (let at = 0; list && rules.readable && at < list.length; at++) {
    const rule = /** @type {CSSStyleRule & CSSImportRule} */ (list[at]), { type } = rule;
    if (type === 1) {
      const selector = rule.selectorText, rest = selector.includes(":") ? selector.replace(PLAIN, "") : selector;
      rules.text += `${selector}\n`;
      const special = always || /[:+~&]/.test(rest);
      if (special) noteVarying(rules, rule);
      if (rule.cssRules && rule.cssRules.length) collect(rules, rule, special);
    } else if (type === 3) { if (rule.styleSheet) collect(rules, rule.styleSheet, always); }
    else if (type !== 7 && rule.cssRules) collect(rules, rule, always || !(type === 4 || type === 12 || /Layer/.test(Object.prototype.toString.call(rule))));
    else if (type === 0 && rule.style && always) noteVarying(rules, rule);
  }
}

/**
 * Notes the styles of a rule as varying.
 *
 * @param {Rules} rules
 * @param {CSSStyleRule} rule
 */
function noteVarying(rules, { selectorText, style }) {
  if (/:(?:before|after|marker|placeholder)/.test(selectorText || ":before")) rules.generated = true;
  for (let at = 0; at < style.length; at++) rules.varying.add(style[at]);
}

/** Elements that are animated: their styles are their own. */
const animated = (() => {
  /** @type {Set<Element>} */
  const found = new Set();
  const animations = attempt(() => view.document.getAnimations()) || [];
  for (let at = 0; at < animations.length; at++) {
    const target = attempt(() => /** @type {KeyframeEffect} */ (animations[at].effect).target);
    if (target) found.add(target);
  }
  return found;
})();

/**
 * Text → its number; equal texts have equal numbers.
 *
 * @type {Map<string, number>}
 */
const keys = new Map();

/** @param {string} text */
function keyOfText(text) {
  let number = keys.get(text);
  if (number === undefined) keys.set(text, (number = keys.size));
  return number;
}

/**
 * What the rules of the page can tell an element by, from the key of its parent; a new key where
 * that is not known.
 *
 * @param {Element} node
 * @param {Kind} kind
 * @param {number} parent
 * @param {string[]} names of its attributes
 * @param {Rules} rules
 */
function signatureOf(node, kind, parent, names, rules) {
  const tag = node.localName;
  if (!rules.readable || kind || SINGULAR.has(tag) || animated.has(node) || node.shadowRoot || (node.parentElement && node.parentElement.shadowRoot)) return `own ${total}`;
  let signature = `${parent} ${tag}${rules.stateful.has(node) ? " !" : ""}`;
  for (let at = 0; at < names.length; at++) {
    const name = names[at];
    if (name === "dir") return `own ${total}`;
    if (name === "href" && tag === "a") signature += " href";
    if (HARMLESS.has(name) || /^(?:data-|aria-|on)/.test(name)) {
      if (name !== "id" && !rules.mentioned.has(`[${name}`)) continue;
    }
    const value = node.getAttribute(name) || "";
    if (value.length > 2000) return `own ${total}`;
    if (name === "id" && !rules.mentioned.has("[id") && !rules.mentioned.has(`#${value.split(/[\s.:#[\]>+~,()*\\=]/, 1)[0]}`)) continue;
    signature += `${UNIT}${name}=${value}`;
  }
  return signature;
}

/**
 * The values that elements of one key share, without those of place.
 *
 * @type {Map<number, string[]>}
 */
const shared = new Map();

const POSITION = properties.indexOf("position");

/** Numbers of the properties that depend on the place. */
const placed = properties.map((name, at) => (OF_PLACE.has(name) ? at : -1)).filter((at) => at >= 0);

/**
 * Key and styles of place, joined → the number of the set of styles.
 *
 * @type {Map<string, number>}
 */
const numbersOfStyles = new Map();

/**
 * The key of an element, and the number of its set of computed styles.
 *
 * @param {CSSStyleDeclaration} style
 * @param {string} signature
 * @param {Rules} rules
 * @returns {[number, number]}
 */
function styleOf(style, signature, rules) {
  let text = signature;
  if (rules.readable) for (let at = 0; at < rules.own.length; at++) text += UNIT + style.getPropertyValue(rules.own[at]);
  const key = keyOfText(text);
  let values = shared.get(key);
  if (!values) {
    values = [];
    for (let at = 0; at < properties.length; at++) values.push(OF_PLACE.has(properties[at]) ? "" : stored(style.getPropertyValue(properties[at])));
    shared.set(key, values);
  }
  let place = `${key}`;
  for (let at = 0; at < placed.length; at++) {
    // What is not positioned, transformed or a grid has the values of the style sheet, wherever it lies.
    const name = properties[placed[at]], is = values[placed[at]];
    if (is === "none" || (is && name === "inset" && values[POSITION] === "static")) continue;
    place += UNIT + (values[placed[at]] = style.getPropertyValue(name));
  }
  let number = numbersOfStyles.get(place);
  if (number !== undefined) return [key, number];
  const joined = values.join(UNIT);
  number = styles.get(joined);
  if (number === undefined) {
    styles.set(joined, (number = styles.size));
    facts.push(factsOf(values));
  }
  numbersOfStyles.set(place, number);
  return [key, number];
}

/**
 * A computed value as it is kept: of a long one, such as a picture in a data URL, the beginning and a hash.
 *
 * @param {string} value
 */
function stored(value) {
  if (value.length <= 300) return value;
  let hash = 0;
  for (let at = 0; at < value.length; at++) hash = (hash * 31 + value.charCodeAt(at)) | 0;
  return `${value.slice(0, 120)}… (${value.length} characters, ${(hash >>> 0).toString(16)})`;
}

/**
 * What the reader needs to know of a set of styles.
 *
 * @typedef {{ alpha: number, visible: boolean, position: string, inline: boolean, hides: boolean, scrolls: boolean, transformed: boolean, item: boolean }} Facts
 */

/**
 * By number of the set of styles.
 *
 * @type {Facts[]}
 */
const facts = [];

/**
 * @param {string[]} values
 * @returns {Facts}
 */
function factsOf(values) {
  const of = (/** @type {string} */ name) => values[properties.indexOf(name)] || "";
  const flow = of("overflow"), display = of("display"), inline = display === "inline", alpha = parseFloat(of("opacity"));
  return {
    alpha: alpha >= 0 ? alpha : 1, visible: of("visibility") === "visible", position: of("position"), inline,
    hides: !inline && /hidden|clip/.test(flow), scrolls: !inline && /auto|scroll/.test(flow),
    transformed: of("transform") !== "none", item: display === "list-item",
  };
}

/**
 * By key of an element: which of its pseudo-elements draw something, as far as it is known.
 *
 * @type {Map<number, { "::before"?: boolean, "::after"?: boolean }>}
 */
const generates = new Map();
