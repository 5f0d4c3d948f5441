// Pictures that are animated are held at their first frame: files that animate themselves, in
// whatever way a page shows them, and two elements that browsers animate of their own accord.

const STILL = /^(png|jpe?g|svg|ico|bmp|svg\+xml|x-icon)$/;
const NEVER_ANIMATED = /^(jpe?g|ico|bmp|x-icon)$/;

/** The styles that show pictures. */
const PICTURED = ["background-image", "border-image-source", "list-style-image", "mask-image", "content"];

// A bar that shows no progress moves; without its native look it stands still.
const STILL_PROGRESS = "progress:indeterminate{appearance:none!important}";

/** Longest time, in milliseconds, to read a file again that the page has shown already. */
const READ_WITHIN = 2000;

/**
 * A first frame as a data URL by address; "" where the file is not animated, or cannot be held.
 *
 * @type {Map<string, Promise<string>>}
 */
const stills = new Map();
/** In words, what cannot be held. */
const loose = /** @type {Set<string>} */ (new Set());
/**
 * Which elements were asked for pictures.
 *
 * @type {WeakSet<Element>}
 */
const asked = new WeakSet();

/**
 * The type of an image file by its address, else by what its server said: "" where neither tells.
 *
 * @param {string} url
 * @param {View} view
 */
function imageType(url, view) {
  const named = /^data:image\/([\w.+-]+)/i.exec(url) || /\.(\w+)$/.exec(url.split(/[?#]/)[0]);
  if (named && /^(gif|apng|webp|avif|png|jpe?g|svg.*|ico|bmp)$/i.test(named[1])) return named[1].toLowerCase();
  const [entry] = /** @type {PerformanceResourceTiming[]} */ (view.performance.getEntriesByName(url));
  return ((entry && entry.contentType) || "").replace(/^image\//, "");
}

/** Whether the page loaded a file for a style that is animated by its type: then it is worth a thorough look. */
function mayMove() {
  const entries = /** @type {PerformanceResourceTiming[]} */ (main.performance.getEntriesByType("resource"));
  return entries.some(({ initiatorType, name, contentType }) => {
    return initiatorType !== "img" && (/\.(gif|apng)([?#]|$)/.test(name) || contentType === "image/gif");
  });
}

/**
 * Holds an image that is animated, where it shows.
 *
 * PNG and SVG files tell nobody whether they are animated: that is found out by a thorough look.
 *
 * @param {HTMLImageElement} image
 * @param {Rect} area
 * @param {boolean} thorough
 */
function freezeImage(image, area, thorough) {
  const url = image.currentSrc || image.src;
  if (!url || seen.has(image) || !image.complete || !image.naturalWidth) return;
  const type = imageType(url, viewOf(image));
  if ((thorough ? NEVER_ANIMATED : STILL).test(type) || !(type || thorough) || !isShown(image, area)) return;
  once(image, () => {
    if (type === "gif" || type === "apng") {
      if (attempt(() => holdImage(image, url)) === null) blameForeign(url);
      return;
    }
    const held = stillOf(url, viewOf(image)).then((still) => (still ? holdImage(image, url, still) : undefined));
    task(`image ${address(url)} is being read`, held);
  });
}

/**
 * Shows the first frame of an image in its place.
 *
 * It is shown through "content": unlike another src that fires no events, and <picture> and srcset
 * keep out of it. A canvas with a foreign image cannot be read: that one moves on.
 *
 * @param {HTMLImageElement} image
 * @param {string} url
 * @param {string} drawing its first frame, where that is known and is no bitmap
 */
function holdImage(image, url, drawing = "") {
  const vector = drawing.startsWith("data:image/svg");
  const still = vector ? drawing : drawn(image, image.naturalWidth, image.naturalHeight);
  const shown = decoded(still).then(() => undo.open && restyle(image, { content: `url("${still}")` }));
  task(`image ${address(url)} is being frozen`, shown);
  return shown;
}

/**
 * A picture as a data URL; throws where it comes from another origin.
 *
 * @param {CanvasImageSource} picture
 * @param {number} width
 * @param {number} height
 */
function drawn(picture, width, height) {
  const canvas = main.document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).drawImage(picture, 0, 0, width, height);
  return canvas.toDataURL();
}

/** @param {string} url */
function decoded(url) {
  const copy = main.document.createElement("img");
  copy.src = url;
  return copy.decode();
}

/** @param {string} url */
function blameForeign(url) {
  loose.add(
    `image ${address(url)} cannot be held at its first frame, if it is animated: its origin does not` +
    " let the page read it (mask it, or serve it with Access-Control-Allow-Origin)",
  );
}

/**
 * The first frame of an animated file.
 *
 * @param {string} url
 * @param {View} view
 */
function stillOf(url, view) {
  let found = stills.get(url);
  if (!found) {
    found = inTime(readStill(url, view)).catch(() => "");
    stills.set(url, found);
  }
  return found;
}

/**
 * What a promise gives, or "" when that takes too long: a slow server must not cost the picture.
 *
 * @param {Promise<string>} promise
 * @returns {Promise<string>}
 */
async function inTime(promise) {
  const late = AbortSignal.timeout(READ_WITHIN);
  return Promise.race([promise, new Promise((done) => late.addEventListener("abort", () => done("")))]);
}

/**
 * @param {string} url
 * @param {View} view
 */
async function readStill(url, view) {
  const type = imageType(url, view);
  if (NEVER_ANIMATED.test(type)) return "";
  const file = await view.fetch(url, { cache: "force-cache" })
    .then((answer) => answer.blob())
    .catch(() => null);
  if (!file) return type === "gif" || type === "apng" ? loadStill(url) : "";
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (isAnimatedDrawing(bytes)) return stillDrawing(await file.text(), url);
  if (!isAnimatedFile(bytes)) return "";
  const bitmap = await main.createImageBitmap(file);
  return drawn(bitmap, bitmap.width, bitmap.height);
}

/**
 * The first frame of a file that may not be fetched, but shown.
 *
 * @param {string} url
 */
async function loadStill(url) {
  const copy = main.document.createElement("img");
  copy.src = url;
  await copy.decode();
  const still = attempt(() => drawn(copy, copy.naturalWidth, copy.naturalHeight), "");
  if (!still) blameForeign(url);
  return still;
}

/** @param {Uint8Array} bytes @param {number} from @param {number} to */
function letters(bytes, from, to) {
  return String.fromCharCode(...bytes.subarray(from, to));
}

/**
 * Whether a GIF, PNG, WebP or AVIF file has more than one frame.
 *
 * @param {Uint8Array} bytes
 */
function isAnimatedFile(bytes) {
  const head = letters(bytes, 0, 21);
  if (head.startsWith("GIF8")) return timedFrames(bytes) > 1;
  if (head.startsWith("\x89PNG")) return hasAnimationChunk(bytes);
  return head.slice(4, 12) === "ftypavis" || (head.slice(12, 16) === "VP8X" && (bytes[20] & 2) !== 0);
}

/**
 * How many frames of a GIF say for how long they show; two are enough to know.
 *
 * @param {Uint8Array} bytes
 */
function timedFrames(bytes) {
  let count = 0;
  for (let at = bytes.indexOf(0x21); at >= 0 && count < 2; at = bytes.indexOf(0x21, at + 1)) {
    if (bytes[at + 1] === 0xf9 && bytes[at + 2] === 4 && bytes[at + 7] === 0) count++;
  }
  return count;
}

/**
 * Whether a PNG has an animation chunk, which stands before its pixels.
 *
 * @param {Uint8Array} bytes
 */
function hasAnimationChunk(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 8 < bytes.length; at += 12 + view.getUint32(at)) {
    const name = letters(bytes, at + 4, at + 8);
    if (name === "acTL" || name === "IDAT") return name === "acTL";
  }
  return false;
}

/**
 * Whether a file is an SVG drawing with animations.
 *
 * @param {Uint8Array} bytes
 */
function isAnimatedDrawing(bytes) {
  const start = letters(bytes, 0, 400).replace(/^\u00ef\u00bb\u00bf/, "").trimStart();
  if (!start.startsWith("<") || !/<svg[\s>]/.test(new TextDecoder().decode(bytes.subarray(0, 4000)))) return false;
  return /<(animate|set)[\s>A-Z]|animation/.test(new TextDecoder().decode(bytes));
}

/**
 * An SVG drawing that stands at its beginning, as a data URL.
 *
 * @param {string} text
 * @param {string} url
 */
function stillDrawing(text, url) {
  const drawing = new main.DOMParser().parseFromString(text, "image/svg+xml");
  for (const part of drawing.querySelectorAll("animate,animateTransform,animateMotion,animateColor,set")) {
    const begin = part.getAttribute("begin");
    const atOnce = begin === null || begin.split(";").some((time) => parseFloat(time) <= 0);
    // What begins later, or after something else, has not begun; the rest takes a million seconds.
    if (!atOnce) part.setAttribute("begin", "indefinite");
    else if (part.localName !== "set") part.setAttribute("dur", "1000000s");
  }
  const paused = drawing.createElementNS("http://www.w3.org/2000/svg", "style");
  paused.textContent = "*,*::before,*::after{animation-play-state:paused!important}";
  drawing.documentElement.append(paused);
  const fragment = url.includes("#") && !url.startsWith("data:") ? url.slice(url.indexOf("#")) : "";
  return `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(drawing))}${fragment}`;
}

/**
 * Holds the animated pictures of one tree that are shown by styles and attributes.
 *
 * @param {Root} root
 * @param {Rect} area
 */
function holdPictures(root, area) {
  const nodes = elementsOf(root);
  for (let at = 0; at < nodes.length; at++) {
    const node = nodes[at];
    if (asked.has(node)) continue;
    asked.add(node);
    attempt(() => eachStyle(node, true, (style, part) => holdStyles(node, part, style, area)));
  }
  each(root, "image,feImage", (/** @type {SVGElement} */ node) => {
    holdAttribute(node, node.hasAttribute("href") ? "href" : "xlink:href", area);
  });
  each(root, "input[type=image i]", (/** @type {HTMLElement} */ node) => holdAttribute(node, "src", area));
  each(root, "video[poster]", (/** @type {HTMLElement} */ node) => holdAttribute(node, "poster", area));
  each(root, "object[data]", (/** @type {HTMLElement} */ node) => holdAttribute(node, "data", area));
  each(root, "embed[src]", (/** @type {HTMLElement} */ node) => holdAttribute(node, "src", area));
}

/**
 * @param {HTMLElement} node
 * @param {string} part
 * @param {CSSStyleDeclaration} style
 * @param {Rect} area
 */
function holdStyles(node, part, style, area) {
  /** @type {Record<string, string>} */
  const values = {};
  for (const name of PICTURED) {
    // A list's picture is inherited by all that lies in it.
    if (name === "list-style-image" && !style.display.includes("list-item")) continue;
    const text = style.getPropertyValue(name);
    if (text.includes('url("')) values[name] = text;
  }
  if (!Object.keys(values).length || (!part && hasRoom(node) && !isShown(node, area))) return;
  task(`pictures of ${describe(node)}${part} are being read`, replaceStyles(node, part, values));
}

/**
 * Whether an element takes room; one that takes none may show its pictures elsewhere.
 *
 * @param {Element} node
 */
function hasRoom(node) {
  const { width, height } = node.getBoundingClientRect();
  return width > 0 && height > 0;
}

/**
 * @param {HTMLElement} node
 * @param {string} part
 * @param {Record<string, string>} values
 */
async function replaceStyles(node, part, values) {
  /** @type {Record<string, string>} */
  const held = {};
  for (const name of Object.keys(values)) {
    let text = values[name];
    for (const url of urlsIn(text)) {
      const still = await stillOf(url, viewOf(node));
      if (!still) continue;
      await decoded(still);
      text = text.split(`url("${url.replace(/["\\]/g, "\\$&")}")`).join(`url("${still}")`);
    }
    if (text !== values[name]) held[name] = text;
  }
  if (undo.open && Object.keys(held).length) restylePart(node, part, held);
}

/**
 * @param {HTMLElement | SVGElement} node
 * @param {string} name
 * @param {Rect} area
 */
function holdAttribute(node, name, area) {
  const value = node.getAttribute(name);
  // A document within is a tree of its own, which is held by itself.
  if (!value || !isShown(node, area) || innerRoot(node)) return;
  once(node, () => {
    const url = new main.URL(value, node.baseURI).href;
    const held = stillOf(url, viewOf(node)).then(async (still) => {
      if (!still) return;
      await decoded(still);
      if (undo.open) reattribute(node, name, still);
    });
    task(`image ${address(url)} is being read`, held);
  });
}

/**
 * Stops a text that runs through an element, and shows its beginning.
 *
 * Firefox does. Others stop it on its way, where it cannot be moved from: a copy of it is shown.
 *
 * @param {HTMLMarqueeElement} node
 */
function freezeMarquee(node) {
  once(node, () => {
    node.stop();
    undo.push(() => node.start());
    const words = clean(node.textContent).replace(/\s+/g, " ").trim();
    if (FIREFOX || !words) return;
    restyle(node, { "-webkit-text-fill-color": "transparent" });
    const children = /** @type {HTMLCollectionOf<HTMLElement>} */ (node.children);
    for (const child of children) restyle(child, { visibility: "hidden" });
    restylePart(node, "::before", {
      content: JSON.stringify(words), position: "absolute", "-webkit-text-fill-color": "currentcolor",
      "white-space": /up|down/i.test(node.direction) ? "normal" : "nowrap",
    });
  });
}
