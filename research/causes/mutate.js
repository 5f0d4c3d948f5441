// Changes one element of a page in one way, and says what was changed. mutate.py makes it the body
// of a function and gives it `kind` and `seed`; `makeMutation` answers the truth, or null.

/** @param {number} state */
function dice(state) {
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

/** @type {Record<string, [string, string | ((node: HTMLElement, style: CSSStyleDeclaration) => string)]>} */
const STYLES = {
  "color": ["color", (_node, style) => (style.color === "rgb(200, 0, 0)" ? "rgb(0, 0, 200)" : "rgb(200, 0, 0)")],
  "background": ["background-color", "rgb(255, 220, 120)"],
  "margin-top": ["margin-top", (_node, style) => `${parseFloat(style.marginTop) + 14}px`],
  "margin-left": ["margin-left", (_node, style) => `${parseFloat(style.marginLeft) + 14}px`],
  "padding": ["padding", (_node, style) => `${parseFloat(style.paddingTop) + 9}px ${parseFloat(style.paddingLeft) + 9}px`],
  "padding-bottom": ["padding-bottom", (_node, style) => `${parseFloat(style.paddingBottom) + 12}px`],
  "border": ["border", "3px solid rgb(220, 0, 120)"],
  "border-radius": ["border-radius", "14px"],
  "box-shadow": ["box-shadow", "rgb(90, 90, 90) 0px 4px 14px 2px"],
  "outline": ["outline", "3px solid rgb(0, 120, 220)"],
  "font-size": ["font-size", (_node, style) => `${Math.round(parseFloat(style.fontSize) * 1.3)}px`],
  "font-weight": ["font-weight", (_node, style) => (parseInt(style.fontWeight) > 500 ? "400" : "700")],
  "font-style": ["font-style", (_node, style) => (style.fontStyle === "italic" ? "normal" : "italic")],
  "font-family": ["font-family", (_node, style) => (/mono/i.test(style.fontFamily) ? "serif" : "monospace")],
  "letter-spacing": ["letter-spacing", "2px"],
  "line-height": ["line-height", (_node, style) => `${Math.round(parseFloat(style.fontSize) * 2.2)}px`],
  "text-align": ["text-align", (_node, style) => (style.textAlign === "right" ? "left" : "right")],
  "text-transform": ["text-transform", (_node, style) => (style.textTransform === "uppercase" ? "lowercase" : "uppercase")],
  "text-decoration": ["text-decoration-line", (_node, style) => (style.textDecorationLine === "none" ? "underline" : "none")],
  "width": ["width", (node) => `${Math.round(node.getBoundingClientRect().width * 0.7)}px`],
  "height": ["height", (node) => `${Math.round(node.getBoundingClientRect().height + 25)}px`],
  "min-height": ["min-height", (node) => `${Math.round(node.getBoundingClientRect().height + 30)}px`],
  "opacity": ["opacity", "0.4"],
  "visibility": ["visibility", "hidden"],
  "display-none": ["display", "none"],
  "transform": ["transform", "translateX(17px)"],
  "relative": ["top", "11px"],
  "filter": ["filter", "blur(3px)"],
};

const KINDS = [...Object.keys(STYLES), "text-word", "text-digit", "text-long", "remove", "insert", "swap", "placeholder", "value", "image-broken"];

/** The elements that a person sees in the first windows of the page. */
function candidates() {
  return /** @type {HTMLElement[]} */ ([...document.body.querySelectorAll("*")]).filter((node) => {
    if (!(node instanceof HTMLElement) || /^(?:script|style|link|br|option|source|iframe)$/.test(node.localName)) return false;
    const box = node.getBoundingClientRect(), style = getComputedStyle(node);
    const seen = box.width > 12 && box.height > 8 && box.top >= 0 && box.bottom < innerHeight && box.left >= 0 && box.right <= innerWidth;
    if (!seen || style.visibility !== "visible" || !node.checkVisibility({ opacityProperty: true })) return false;
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return !!top && (node.contains(top) || top.contains(node));
  });
}

/** @param {HTMLElement} node */
const ownText = (node) => [...node.childNodes].find((one) => one.nodeType === 3 && /\w{3}/.test(one.nodeValue || ""));

/**
 * @param {string} kind
 * @param {HTMLElement} node
 * @returns {string | null} the property or attribute that was changed; null where it cannot be
 */
function change(kind, node) {
  const text = ownText(node), style = getComputedStyle(node);
  if (kind in STYLES) {
    const [name, value] = STYLES[kind];
    const inline = style.display === "inline";
    if (inline && /width|height|margin-top|transform|padding/.test(name)) return null;
    if (/^(?:text|font|letter|line|color)/.test(name) && !text) return null;
    if (kind === "relative" && style.position !== "static") return null;
    if (kind === "relative") node.style.setProperty("position", "relative", "important");
    node.style.setProperty(name, typeof value === "string" ? value : value(node, style), "important");
    return kind === "relative" ? "position" : name;
  }
  if (kind.startsWith("text")) {
    if (!text || !text.nodeValue) return null;
    const was = text.nodeValue;
    if (kind === "text-word") text.nodeValue = was.replace(/\w{3,}/, (word) => [...word].reverse().join(""));
    if (kind === "text-digit") text.nodeValue = was.replace(/\d/, (digit) => String((Number(digit) + 5) % 10));
    if (kind === "text-long") text.nodeValue = `${was} and some more words that were not there`;
    return text.nodeValue === was ? null : "";
  }
  if (kind === "remove") { node.remove(); return ""; }
  if (kind === "swap") {
    const next = /** @type {HTMLElement | null} */ (node.nextElementSibling);
    if (!next || !candidates().includes(next) || next.textContent === node.textContent) return null;
    next.after(node);
    return "order";
  }
  if (kind === "placeholder" || kind === "value") {
    if (node.localName !== "input" || !/^(?:text|email|search|tel|url)$/.test(/** @type {HTMLInputElement} */ (node).type)) return null;
    /** @type {HTMLInputElement} */ (node)[kind] = "Another one";
    return kind;
  }
  if (kind === "image-broken" && node.localName === "img") { /** @type {HTMLImageElement} */ (node).src = "/no-such-picture.png"; return "src"; }
  return null;
}

/**
 * Edits a rule of a style sheet, a custom property of the root or a rule within a media query, that
 * applies to at least three elements in the first window. Answers the property.
 *
 * @param {"rule" | "property" | "media"} what
 */
function editSheet(what) {
  const seen = candidates(), roll = dice(seed);
  /** @type {{ rule: CSSStyleRule, media: boolean }[]} */
  const rules = [];
  /** @param {CSSRuleList} list @param {boolean} media */
  const collect = (list, media) => {
    for (const rule of list) {
      if (rule instanceof CSSMediaRule) { if (matchMedia(rule.conditionText).matches) collect(rule.cssRules, true); }
      else if (rule instanceof CSSStyleRule) rules.push({ rule, media });
    }
  };
  for (const sheet of document.styleSheets) try { collect(sheet.cssRules, false); } catch (error) { /* of another origin */ }
  for (let at = 0; at < 300 && rules.length; at++) {
    const [{ rule, media }] = rules.splice(Math.floor(roll() * rules.length), 1), { style } = rule;
    if (media !== (what === "media")) continue;
    const names = [...style].filter((name) => (what === "property" ? /^--/.test(name) : /^(?:color|background-color|font-size|padding-top|margin-bottom|border-top-left-radius|letter-spacing)$/.test(name)));
    if (!names.length || (what === "property" && !/^(?::root|html|body)/.test(rule.selectorText))) continue;
    const name = names[Math.floor(roll() * names.length)], was = style.getPropertyValue(name), number = parseFloat(was);
    const value = /^#|^rgb\(/.test(was.trim()) ? "#c81e78" : number > 0 && /^[\d.]+(?:px|rem|em)$/.test(was.trim()) ? `${number * 1.6}${was.trim().replace(/^[\d.]+/, "")}` : "";
    if (!value) continue;
    let touched = [];
    try { touched = what === "property" ? seen : seen.filter((node) => node.matches(rule.selectorText)); } catch (error) { continue; }
    if (touched.length < 3) continue;
    style.setProperty(name, value, style.getPropertyPriority(name));
    return { name, tag: rule.selectorText, box: [0, 0, 0, 0], kinds: KINDS.length };
  }
  return null;
}

/** mutate.py calls it. */
function makeMutation() {
  if (kind === "sheet-rule" || kind === "sheet-property" || kind === "sheet-media") {
    return editSheet(kind === "sheet-rule" ? "rule" : kind === "sheet-property" ? "property" : "media");
  }
  const found = candidates(), roll = dice(seed);
  for (let at = 0; at < 40 && found.length; at++) {
    let node = found[Math.floor(roll() * found.length)];
    const box = node.getBoundingClientRect(), tag = node.localName;
    /** @type {string | null} */
    let name = "";
    if (kind === "insert") {
      const fresh = document.createElement("p");
      fresh.textContent = "A paragraph that was not there";
      node.before(fresh);
      node = fresh;
    } else name = change(kind, node);
    if (name === null) continue;
    /** @type {Window & { truth?: HTMLElement }} */ (window).truth = node;
    return { name, tag, box: [box.left + scrollX, box.top + scrollY, box.width, box.height], kinds: KINDS.length };
  }
  return null;
}
