// The mutations: for each kind which elements it fits at a strength, and how it is done.
// "fits" answers falsy, or what the change needs to know; "colour" in it asks for another colour.

const tape = [];
const undoable = (action) => tape.push(action);

function set(node, properties) {
  const before = node.getAttribute("style");
  undoable(() => (before === null ? node.removeAttribute("style") : node.setAttribute("style", before)));
  for (const [name, value] of Object.entries(properties)) node.style.setProperty(name, value, "important");
}

function write(text, data) {
  const before = text.data;
  undoable(() => { text.data = before; });
  text.data = data;
}

function insert(node, parent, before) {
  undoable(() => node.remove());
  node.setAttribute("data-vd", "");
  parent.insertBefore(node, before);
}

const px = (value) => `${Math.round(value * 1000) / 1000}px`;
const at = (strength, ...values) => values[strength - 1];
/** @type {(value: number, range: number[]) => boolean} */
const between = (value, [low, high]) => value >= low && value < high;
const paint = (colour) => `rgb(${colour.map(Math.round).join(",")})`;
const choose = (list, rng) => list[Math.floor(rng() * list.length)];
const whole = (node) => ({ old: [extent(node)], now: () => [extent(node)] });
const content = (node) => ({ old: textRects(node), now: () => textRects(node) });
const area = (node) => rect(node)[2] * rect(node)[3];
const bySize = (node, strength) => between(area(node), at(strength, [100, 2500], [2500, 15000], [15000, 260000]));

// ---------------------------------------------------------------- text

function leaf(node) {
  if (node.tagName === "SELECT" || node.tagName === "TEXTAREA" || node.isContentEditable) return null;
  const texts = ownTexts(node);
  const boxes = texts.flatMap((text) => rangeRects(text));
  return texts.length && boxes.length && boxes.every(inside) && boxes[0][3] >= 8 ? texts : null;
}

function letters(node) {
  const texts = leaf(node);
  return texts ? texts.map((text) => text.data.trim()).join(" ").length : 0;
}

// Every place of a pattern in the element's own texts whose lettering can be seen.
function places(node, pattern) {
  const found = [];
  for (const text of leaf(node) || []) {
    for (const match of text.data.matchAll(pattern)) {
      const boxes = rangeRects(text, match.index, match.index + match[0].length);
      if (boxes.length && boxes.every(inside)) found.push({ text, start: match.index, end: match.index + match[0].length });
    }
  }
  return found;
}

function retype({ text, start, end }, replacement) {
  const old = rangeRects(text, start, end), from = text.data.slice(start, end);
  write(text, text.data.slice(0, start) + replacement + text.data.slice(end));
  return { old, now: () => rangeRects(text, start, start + replacement.length), note: `${from} -> ${replacement}` };
}

const LOWER = "aeosnrtmxkw", WORDS = "market window garden silver number planet signal bridge letter orange system travel".split(" ");

function otherLetter(letter, rng) {
  const other = choose([...LOWER].filter((one) => one !== letter.toLowerCase()), rng);
  return letter === letter.toLowerCase() ? other : other.toUpperCase();
}

function otherWord(word, rng) {
  let other = choose(WORDS.filter((one) => one !== word.toLowerCase()), rng);
  while (other.length < word.length) other += choose([...LOWER], rng);
  other = other.slice(0, word.length);
  return /^[A-Z]/.test(word) ? other[0].toUpperCase() + other.slice(1) : other;
}

const otherDigit = (digit, rng) => String((Number(digit) + 1 + Math.floor(rng() * 9)) % 10);

const TEXT = {
  "text-typo": {
    fits: (node, s) => places(node, at(s, /[A-Za-z]/g, /[A-Za-z]{4,}/g, /(?:[A-Za-z,]{2,} ){3,}[A-Za-z]{2,}/g)).length,
    change(node, s, rng) {
      const place = choose(places(node, at(s, /[A-Za-z]/g, /[A-Za-z]{4,}/g, /(?:[A-Za-z,]{2,} ){3,}[A-Za-z]{2,}/g)), rng);
      const from = place.text.data.slice(place.start, place.end);
      const to = s === 1 ? otherLetter(from, rng) : from.replace(/[A-Za-z]{2,}/g, (word) => otherWord(word, rng));
      return retype(place, to);
    },
  },
  "text-number": {
    fits: (node, s) => places(node, at(s, /\d/g, /\d[\d.,]*\d/g, /\d[\d.,]{2,}/g)).length,
    change(node, s, rng) {
      const place = choose(places(node, at(s, /\d/g, /\d[\d.,]*\d/g, /\d[\d.,]{2,}/g)), rng);
      const from = place.text.data.slice(place.start, place.end);
      const to = from.replace(/\d/g, (digit) => otherDigit(digit, rng));
      return retype(place, s === 3 ? `${to}${otherDigit("0", rng)}` : to);
    },
  },
  "font-weight": {
    fits: (node, s) => between(letters(node), at(s, [3, 13], [13, 50], [50, 600])),
    change(node) {
      const was = content(node), heavy = Number(css(node).fontWeight) >= 550;
      set(node, { "font-weight": heavy ? "400" : "700" });
      return { ...was, note: heavy ? "to 400" : "to 700" };
    },
  },
  "font-size": {
    fits: (node, s) => between(letters(node), [at(s, 6, 4, 3), 300]),
    change(node, s, rng) {
      const was = content(node), size = parseFloat(css(node).fontSize);
      const by = at(s, 1, 2, Math.max(4, size * 0.3)) * (size > 13 && rng() < 0.5 ? -1 : 1);
      set(node, { "font-size": px(size + by) });
      return { ...was, note: `${size} by ${by.toFixed(1)}px` };
    },
  },
  "letter-spacing": {
    fits: (node, s) => between(letters(node), [at(s, 12, 8, 5), 300]),
    change(node, s) {
      const was = content(node), now = parseFloat(css(node).letterSpacing) || 0, by = at(s, 0.3, 0.8, 2);
      set(node, { "letter-spacing": px(now + by) });
      return { ...was, note: `+${by}px` };
    },
  },
  "line-height": {
    fits: (node) => leaf(node) && new Set(textRects(node).map((one) => Math.round(one[1]))).size >= 2 && /block|item|cell|flex/.test(css(node).display),
    change(node, s) {
      const was = content(node), style = css(node);
      const height = parseFloat(style.lineHeight) || 1.2 * parseFloat(style.fontSize), by = at(s, 1, 3, 8);
      set(node, { "line-height": px(height + by) });
      return { ...was, note: `+${by}px` };
    },
  },
  "text-colour": {
    fits: (node) => letters(node) >= 4 && rgba(css(node).color) && { colour: rgba(css(node).color).slice(0, 3), under: backdrop(node) },
    change(node, s, rng, p) {
      const was = content(node);
      set(node, { color: paint(p.colour), "-webkit-text-fill-color": paint(p.colour) });
      return { ...was, note: p.note };
    },
  },
  "text-decoration": {
    fits: (node, s) => between(letters(node), at(s, [2, 8], [8, 25], [25, 300])) && css(node).textDecorationLine === "none",
    change(node, s, rng) {
      const was = content(node), line = rng() < 0.6 ? "underline" : "line-through";
      set(node, { "text-decoration-line": line, "text-decoration-style": "solid" });
      return { ...was, note: line };
    },
  },
  "text-align": {
    fits(node, s) {
      if (!leaf(node) || node.children.length > 3 || !/block|cell|item/.test(css(node).display)) return false;
      const style = css(node), ink = union(textRects(node));
      const slack = rect(node)[2] - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - ink[2];
      return between(slack, at(s, [4, 24], [24, 120], [120, 900])) && rect(node)[3] < 300;
    },
    change(node) {
      const was = content(node), now = css(node).textAlign;
      const to = now === "center" ? "right" : "center";
      set(node, { "text-align": to });
      return { ...was, note: `${now} -> ${to}` };
    },
  },
  "text-transform": {
    fits(node, s) {
      if (!letters(node) || node.children.length || css(node).textTransform !== "none") return false;
      const text = node.textContent, capitals = (text.match(/[A-Z]/g) || []).length;
      if (s === 1) return capitals === 1 && text.trim().length > 1;
      return between((text.match(/[a-z]/g) || []).length, at(s, null, [3, 12], [12, 200]));
    },
    change(node, s) {
      const was = content(node), to = s === 1 ? "lowercase" : "uppercase";
      set(node, { "text-transform": to });
      return { ...was, note: to };
    },
  },
};

// ---------------------------------------------------------------- layout

const BLOCKS = /^(block|flex|grid|list-item|table|inline-block|inline-flex)$/;

function block(node, high = 500) {
  const [, , w, h] = rect(node);
  return w >= 12 && h >= 8 && h <= high && w * h < 400000 && BLOCKS.test(css(node).display) && (paints(node) || textRects(node).length > 0);
}

function movable(node) {
  const [, , w, h] = rect(node), style = css(node);
  const seen = paints(node) || leaf(node) || node.tagName === "I" || node.querySelector("img,svg,i");
  return w >= 10 && h >= 8 && h <= 320 && w <= 900 && seen && style.display !== "inline" && style.display !== "table-row";
}

function shift(node, x, y) {
  const style = css(node);
  if (style.position === "static") return set(node, { position: "relative", left: px(x), top: px(y) });
  if (style.position === "relative" && style.left === "0px" && style.top === "0px") return set(node, { left: px(x), top: px(y) });
  return set(node, { translate: `${px(x)} ${px(y)}` });
}

function neighbour(node) {
  const other = node.nextElementSibling;
  if (!other || other.tagName !== node.tagName || SKIP.has(node.tagName) || !inside(rect(other))) return null;
  const alike = node.textContent.trim() === other.textContent.trim() && node.innerHTML === other.innerHTML;
  return alike || !shown(other) || !(textRects(other).length || paints(other)) ? null : other;
}

function band(strength, rng) {
  const node = document.createElement("div"), high = at(strength, 4, 24, 64);
  const colour = choose(["#f0c040", "#2060a0", "#b03030", "#e8e8e8", "#204030"], rng);
  node.style.cssText = `display:block;box-sizing:border-box;height:${high}px;width:100%;flex:none;background:${colour};`
    + `font:14px/${high}px sans-serif;text-align:center;overflow:hidden;color:${colour === "#e8e8e8" ? "#222" : "#fff"}`;
  if (high > 20) node.textContent = choose(["Maintenance on Sunday from 2 to 4", "New prices from January", "We use cookies on this site"], rng);
  return node;
}

const LAYOUT = {
  "move": {
    fits: (node) => movable(node),
    change(node, s, rng) {
      const was = whole(node), by = at(s, 1, 2 + Math.floor(rng() * 2), 8 + Math.floor(rng() * 13));
      const [x, y] = choose([[by, 0], [-by, 0], [0, by], [0, -by]], rng);
      shift(node, x, y);
      return { ...was, note: `by (${x}, ${y})` };
    },
  },
  "margin": {
    fits: (node) => block(node) && node.nextElementSibling && css(node).position !== "absolute",
    change(node, s, rng) {
      const was = whole(node), by = at(s, 1, 4, 12 + Math.floor(rng() * 12));
      const side = choose(["top", "bottom", "left"], rng);
      set(node, { [`margin-${side}`]: px((parseFloat(css(node).getPropertyValue(`margin-${side}`)) || 0) + by) });
      // A margin below moves only what follows: that is then what changed.
      const next = side === "bottom" ? node.nextElementSibling : null;
      return next ? { old: [], now: () => [extent(next)], note: `${side} +${by}px` } : { ...was, note: `${side} +${by}px` };
    },
  },
  "padding": {
    fits: (node) => block(node),
    change(node, s, rng) {
      const was = whole(node), by = at(s, 1, 4, 12), side = choose(["top", "bottom", "left", "right", ""], rng);
      for (const one of side ? [side] : ["top", "bottom", "left", "right"]) {
        set(node, { [`padding-${one}`]: px((parseFloat(css(node).getPropertyValue(`padding-${one}`)) || 0) + by) });
      }
      return { ...was, note: `${side || "all"} +${by}px` };
    },
  },
  "resize": {
    fits: (node) => paints(node) && movable(node) && css(node).display !== "table-cell" && rect(node)[2] >= 20,
    change(node, s, rng) {
      const was = whole(node), [, , w, h] = rect(node), wide = rng() < 0.5, size = wide ? w : h;
      const by = at(s, 1 + Math.floor(rng() * 2), Math.max(3, Math.round(size * 0.05)), Math.max(6, Math.round(size * 0.2))) * (rng() < 0.3 ? -1 : 1);
      const name = wide ? "width" : "height";
      set(node, { "box-sizing": "border-box", [name]: px(size + by), [`min-${name}`]: px(size + by), [`max-${name}`]: px(size + by), flex: "none" });
      return { ...was, note: `${name} ${by}px` };
    },
  },
  "insert": {
    fits: (node, s) => block(node) && node.parentElement && /block|flex|grid/.test(css(node.parentElement).display)
      && between(rect(node)[3], at(s, [8, 400], [12, 60], [60, 400])) && rect(node)[2] > 60,
    change(node, s) {
      const width = rect(node)[2];
      let fresh = node.cloneNode(true);
      if (s === 1) {
        fresh = document.createElement("div");
        fresh.style.cssText = `height:2px;width:${px(width)};margin:4px 0;background:#9aa4b0;flex:none`;
      }
      fresh.removeAttribute("id");
      // A copy goes after its original: where it would push that down, nothing but the backdrop changes.
      insert(fresh, node.parentElement, s === 1 ? node : node.nextSibling);
      return { old: [], now: () => [extent(fresh)], note: s === 1 ? "separator" : "copy" };
    },
  },
  "swap": {
    fits: (node, s) => bySize(node, s) && neighbour(node),
    change(node) {
      const other = neighbour(node), was = [extent(node), extent(other)];
      const mark = document.createComment("");
      node.before(mark);
      undoable(() => { mark.before(node); mark.remove(); });
      other.after(node);
      return { old: was, now: () => [extent(node), extent(other)], note: node.tagName.toLowerCase() };
    },
  },
  "overlap": {
    fits: (node) => movable(node) && neighbourBox(node),
    change(node, s) {
      const was = whole(node), [x, y, gap] = neighbourBox(node), by = gap + at(s, 4, 10, 28);
      const style = css(node);
      set(node, { "z-index": "9999", position: style.position === "static" ? "relative" : style.position, translate: `${px(x * by)} ${px(y * by)}` });
      return { ...was, note: `by (${x * by}, ${y * by})` };
    },
  },
  "band": {
    page: true,
    fits: () => scrollY === 0,
    change(node, s, rng) {
      const fresh = band(s, rng);
      insert(fresh, document.body, document.body.firstChild);
      return { old: [], now: () => [rect(fresh)], note: `${rect(fresh)[3]}px high` };
    },
    right: (node, now) => now[0][2] > innerWidth * 0.8 && now[0][1] < 2,
  },
};

// The direction and the distance to a next sibling that shows something.
function neighbourBox(node) {
  const other = node.nextElementSibling;
  if (!other || !inside(rect(other)) || !textRects(other).length) return null;
  const a = rect(node), b = rect(other);
  const below = b[1] - (a[1] + a[3]), right = b[0] - (a[0] + a[2]);
  if (below >= 0 && below < 40) return [0, 1, below];
  return right >= 0 && right < 40 ? [1, 0, right] : null;
}
