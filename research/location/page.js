// What the location cases ask of a page: prepare it, change it, and tell what can be seen where.
// Elements are named by their path of child indices from the root, taken before any change.
const kinds = [
  ["button", "button, .btn, [role=button], input[type=submit], input[type=button]"],
  ["input", "input:not([type=hidden]), select, textarea"],
  ["logo", ".navbar-brand, [class*=logo], [class*=brand]"],
  ["nav", "nav a, .nav a, [class*=sidebar] a, [class*=menu] a, .pagination a, .breadcrumb li"],
  ["heading", "h1, h2, h3, h4, h5, h6, legend, caption, th, dt"],
  ["card", ".card, [class*=card], .tile, .panel, .alert, .toast, .accordion, .chip, .avatar,"
    + " .badge, .label, figure, [class*=stat]"],
  ["icon", "i, svg, img, [class*=icon]"],
  ["link", "a"],
];
const all = kinds.map(([, selector]) => selector).join(", ");
const words = {
  1: "X K V", 2: "Go Up No Ok", 3: "Run Map Key Ask Few", 4: "Save Edit Open Copy Note Plan Task",
  5: "Close Order Price Total Panel Write", 6: "Update Report Delete Search Invite Manage",
  7: "Archive Publish History Payment Receive", 8: "Download Calendar Register Language",
  9: "Duplicate Analytics Documents Emergency", 10: "Statistics Navigation Government",
  11: "Integration Maintenance", 12: "Subscription Notification",
};
const root = document.documentElement;
const paths = new Map();
const elements = new Map();

function mark(element, path) {
  paths.set(element, path);
  elements.set(path, element);
  [...element.children].forEach((child, index) => mark(child, `${path}.${index}`));
}

function label(element) {
  const text = (element.innerText || "").replace(/\s+/g, " ").trim();
  if (text) return text.slice(0, 120);
  if (element.matches("input, select, textarea")) {
    const words = `${element.value || ""}|${element.placeholder || ""}`;
    return `field:${element.type}:${element.checked}:${words}`;
  }
  const picture = element.matches("img") ? element : element.querySelector("img");
  if (picture) return `img:${(picture.currentSrc || picture.src).split("/").pop().slice(-80)}`;
  const icon = element.matches("i, svg") ? element : element.querySelector("i, svg");
  if (icon && icon.matches("svg")) return `svg:${icon.innerHTML.slice(0, 400)}`;
  return `box:${(icon || element).className}:${icon ? "" : element.innerHTML.slice(0, 200)}`;
}

const kindOf = element => kinds.find(([, selector]) => element.matches(selector))[0];

const shown = element => element.checkVisibility(
  {opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true});

const onScreen = box => box.width > 1 && box.height > 1 && box.right > 0 && box.bottom > 0
  && box.x < innerWidth && box.y < innerHeight;

/**
 * @param {string} colour
 * @returns {Colour}
 */
function rgba(colour) {
  const match = /^rgba?\(([^)]*)\)$/.exec(colour);
  if (!match) return [128, 128, 128, colour === "none" ? 0 : 1];
  const numbers = match[1].split(/[ ,/]+/).map(Number);
  return /** @type {Colour} */ (numbers.length === 3 ? [...numbers, 1] : numbers);
}

// Whether what shows through at the element's middle is a picture, which has a place of its own.
function pictured(box) {
  for (const at of document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2)) {
    const style = getComputedStyle(at);
    const picture = at.matches("img, video, canvas") && at.getBoundingClientRect().width > 400;
    if (picture || style.backgroundImage.includes("url(")) return true;
    if (rgba(style.backgroundColor)[3] > 0.99) return false;
  }
  return false;
}

function describe(element) {
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const radius = parseFloat(style.borderTopLeftRadius) || 0;
  return {
    path: paths.get(element), kind: kindOf(element), key: label(element),
    box: [box.x, box.y, box.width, box.height], hit: hit(element, box),
    single: element.getClientRects().length === 1, pictured: pictured(box),
    radius: style.borderTopLeftRadius.endsWith("%") ? Math.min(box.width, box.height) / 2 : radius,
    filled: rgba(style.backgroundColor)[3] > 0.99 || element.matches("img"),
  };
}

function texts() {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const found = [];
  while (walker.nextNode()) {
    const node = /** @type {Text} */ (walker.currentNode);
    const text = node.data.replace(/\s+/g, " ").trim();
    if (!text || !shown(node.parentElement)) continue;
    range.selectNodeContents(node);
    if (onScreen(range.getBoundingClientRect())) {
      found.push([text, paths.get(node.parentElement) || ""]);
    }
  }
  return found;
}

/**
 * @param {number[]} colour
 * @returns {[hue: number, saturation: number, light: number]}
 */
function hsl([r, g, b]) {
  [r, g, b] = [r / 255, g / 255, b / 255];
  const high = Math.max(r, g, b), low = Math.min(r, g, b), span = high - low;
  const light = (high + low) / 2;
  if (!span) return [0, 0, light];
  const hue = high === r ? (g - b) / span : high === g ? 2 + (b - r) / span : 4 + (r - g) / span;
  return [(60 * hue + 360) % 360, span / (1 - Math.abs(2 * light - 1)), light];
}

const css = (h, s, l, a) => `hsla(${h.toFixed(1)},${(100 * s).toFixed(1)}%,${(100 * l).toFixed(1)}%,${a})`;
/** @type {(colour: Colour, least?: number) => string} */
const inverted = ([r, g, b, a], least = 0) => {
  const [hue, saturation, light] = hsl([r, g, b]);
  return css(hue, saturation * 0.8, Math.max(least, 0.92 - 0.84 * light), a);
};
const borders = ["border-top-color", "border-right-color", "border-bottom-color", "border-left-color"];

// A dark theme as people write one: light surfaces and their text change sides, surfaces that are
// dark, of a brand's colour, or a picture stay as they are.
function darken(element, kept, changes) {
  const style = getComputedStyle(element);
  const own = rgba(style.backgroundColor);
  const [, saturation, light] = hsl(own);
  if (style.backgroundImage.includes("url(")) kept = true;
  else if (own[3] > 0.5) kept = light < 0.3 || (saturation > 0.35 && light < 0.72);
  if (!kept) {
    if (style.backgroundImage.includes("gradient(")) changes.push([element, "background-image", "none"]);
    if (own[3] > 0) changes.push([element, "background-color", inverted(own)]);
    changes.push([element, "color", inverted(rgba(style.color), 0.62)]);
    if (rgba(style.fill)[3] && element.closest("svg") && style.fill.startsWith("rgb")) {
      changes.push([element, "fill", inverted(rgba(style.fill), 0.5)]);
    }
    borders.forEach(name => {
      if (rgba(style.getPropertyValue(name))[3]) {
        changes.push([element, name, inverted(rgba(style.getPropertyValue(name)))]);
      }
    });
  }
  [...element.children].forEach(child => darken(child, kept, changes));
}

const apply = changes => changes.forEach(
  ([element, name, value]) => element.style.setProperty(name, value, "important"));

function recolour(element, hue, factor, changes) {
  const tint = (colour, deep) => {
    const [, saturation, light] = hsl(colour);
    // Light surfaces stay light and deep ones deep, or their label could not be read.
    const [least, most] = light > 0.75 ? [0.74, 0.92] : [0.12, 0.58];
    const surface = Math.min(most, Math.max(least, light * factor));
    const wanted = deep ? surface : light < 0.7 ? 0.36 : 0.76;
    return css(hue, Math.max(0.6, saturation), wanted, colour[3]);
  };
  const filled = [element, ...element.querySelectorAll("*")].filter(
    part => rgba(getComputedStyle(part).backgroundColor)[3] > 0.1);
  filled.forEach(part => {
    const style = getComputedStyle(part);
    changes.push([part, "background-color", tint(rgba(style.backgroundColor), true)]);
    borders.forEach(name => changes.push([part, name, tint(rgba(style.getPropertyValue(name)), true)]));
  });
  if (!filled.length) {
    [element, ...element.querySelectorAll("*")].forEach(part => {
      const style = getComputedStyle(part);
      changes.push([part, "color", tint(rgba(style.color), false)]);
      if (style.fill.startsWith("rgb")) changes.push([part, "fill", tint(rgba(style.fill), false)]);
      borders.forEach(name => changes.push([part, name, tint(rgba(style.getPropertyValue(name)), true)]));
    });
  }
}

function otherWord(word, pick) {
  if (/^\d+$/.test(word)) return [...word].map(digit => (Number(digit) + 3 + pick % 4) % 10).join("");
  const choice = (words[Math.min(12, word.length)] || words[12]).split(" ")
    .filter(one => one.toLowerCase() !== word.toLowerCase());
  const other = choice[pick % choice.length];
  if (word === word.toUpperCase() && word.length > 1) return other.toUpperCase();
  return word[0] === word[0].toLowerCase() ? other.toLowerCase() : other;
}

function relabel(element, pick) {
  const other = text => text.replace(/[A-Za-z]+|\d+/g, word => otherWord(word, pick++));
  if (element.matches("input, textarea")) {
    if (element.placeholder) element.placeholder = other(element.placeholder);
    if (/text|email|search|submit|button|number|url|tel/.test(element.type) && element.value) {
      element.value = other(element.value);
    }
    return element.placeholder !== "" || element.value !== "";
  }
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let changed = false;
  while (walker.nextNode()) {
    const node = /** @type {Text} */ (walker.currentNode);
    const text = other(node.data);
    changed = changed || text !== node.data;
    node.data = text;
  }
  return changed || otherIcon(element, pick);
}

function otherIcon(element, pick) {
  const icon = element.matches("i, svg, img") ? element : element.querySelector("i, svg, img");
  if (!icon) return false;
  const others = [...document.querySelectorAll(icon.tagName)].filter(
    one => label(one) !== label(icon) && !element.contains(one));
  if (!others.length) return false;
  const other = others[pick % others.length];
  if (icon.matches("img")) {
    const box = icon.getBoundingClientRect();
    Object.assign(icon.style, {width: `${box.width}px`, height: `${box.height}px`, objectFit: "cover"});
    icon.src = other.currentSrc || other.src;
  } else if (icon.matches("svg")) {
    icon.innerHTML = other.innerHTML;
    if (other.getAttribute("viewBox")) icon.setAttribute("viewBox", other.getAttribute("viewBox"));
  } else {
    icon.className = other.className;
  }
  return true;
}

function pace(element) {
  const parents = [...element.querySelectorAll("*"), element].filter(
    part => [...part.childNodes].some(node => node.nodeType === 3 && node.data.trim()));
  return (parents.length ? parents : [element]).map(part => {
    const style = getComputedStyle(part);
    const probe = document.createElement("span");
    probe.style.cssText = "all:initial;position:absolute;visibility:hidden;white-space:pre";
    ["family", "style", "weight"].forEach(name => probe.style.setProperty(
      `font-${name}`, style.getPropertyValue(`font-${name}`), "important"));
    probe.style.setProperty("font-size", "100px", "important");
    document.body.append(probe);
    const widths = ["iljtfr", "WMQOmw", "aegs02"].map(letters => {
      probe.textContent = letters.repeat(4);
      return probe.getBoundingClientRect().width;
    });
    probe.remove();
    return widths;
  }).flat();
}

const each = (names, action) => names.map(path => elements.get(path)).filter(Boolean).map(action);

const steps = {
  scroll: ({y}) => scrollTo({top: y, behavior: "instant"}),
  anchor: ({path, y}) => each([path], element => scrollBy(
    {top: element.getBoundingClientRect().y - y, behavior: "instant"})),
  insert: ({height}) => {
    const block = document.createElement("div");
    block.style.cssText = `height:${height}px;background:#f4efe2`;
    document.body.prepend(block);
  },
  pad: ({x, y}) => document.body.style.setProperty("padding", `${y}px 0 0 ${x}px`, "important"),
  // All else stays where it was: tells which elements came to lie free of it.
  translate: ({paths: names, x, y}) => {
    const before = new Set(each(names, element => alone(element) && element));
    each(names, element => {
      if (getComputedStyle(element).display === "inline") element.style.display = "inline-block";
      element.style.setProperty("transform", `translate(${x}px, ${y}px)`, "important");
    });
    return each(names, element => before.has(element) && alone(element) ? paths.get(element) : "");
  },
  dark: ({mode}) => {
    if (mode === "theme") {
      ["theme", "mode", "bsTheme"].forEach(name => { root.dataset[name] = "dark"; });
    } else if (mode === "invert") {
      root.style.cssText += ";background:#fff;filter:invert(0.93) hue-rotate(180deg)";
      document.querySelectorAll("img, video, canvas").forEach(
        (/** @type {HTMLElement} */ element) => { element.style.filter = "invert(1) hue-rotate(180deg)"; });
    } else {
      const changes = [[root, "background-color", "#121417"]];
      darken(document.body, false, changes);
      apply(changes);
    }
  },
  recolour: ({paths: names, hue, factor}) => {
    const changes = [];
    each(names, element => recolour(element, hue, factor, changes));
    apply(changes);
  },
  relabel: ({paths: names, pick}) => each(names, (element, index) =>
    relabel(element, pick + index) ? paths.get(element) : ""),
  remove: ({paths: names, mode}) => each(names, element => element.style.setProperty(
    ...(mode === "gap" ? ["visibility", "hidden"] : ["display", "none"]), "important")),
  // How wide the letters of an element's fonts are: tells where a browser falls back to another.
  letters: ({paths: names}) => Object.fromEntries(
    each(names, element => [paths.get(element), pace(element)])),
  round: ({paths: names, radius}) => each(names, element => {
    element.style.setProperty("border-radius", `${radius}px`, "important");
    element.style.setProperty("box-shadow", "none", "important");
  }),
  halo: ({paths: names, colour}) => each(names, element => element.style.setProperty(
    "box-shadow", `0 0 0 24px ${colour}`, "important")),
};

window.locationCases = {
  prepare() {
    const still = document.createElement("style");
    still.textContent = "*, *::before, *::after { animation: none !important; transition: none"
      + " !important; caret-color: transparent !important; scroll-behavior: auto !important;"
      + " overflow-anchor: none !important }";
    mark(root, "0");
    document.head.append(still);
  },
  step: (name, options) => steps[name](options) || null,
  settled: () => Promise.all([
    document.fonts.ready,
    ...[...document.images].filter(image => !image.complete && image.loading !== "lazy").map(
      image => new Promise(done => { image.onload = image.onerror = done; })),
  ]).then(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))),
  inspect: () => ({
    size: [innerWidth, innerHeight], ratio: devicePixelRatio, scroll: scrollY,
    height: root.scrollHeight, texts: texts(),
    places: [...document.querySelectorAll(all)].filter(
      element => paths.has(element) && shown(element)
        && onScreen(element.getBoundingClientRect())).map(describe),
  }),
};
