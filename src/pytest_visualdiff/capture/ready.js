// What the page still waits for, in words. Nothing here blocks: the caller asks again.

/**
 * What only a promise can tell: decoding, a look into a file.
 *
 * @type {Set<{ label: string }>}
 */
const tasks = new Set();
/**
 * Images that were loading at an earlier look: once loaded they have to be decoded.
 *
 * @type {Set<HTMLImageElement>}
 */
const late = new Set();

/**
 * Lets the capture wait for a promise, however it ends.
 *
 * @param {string} label
 * @param {Promise<unknown>} promise
 */
function task(label, promise) {
  const open = { label };
  tasks.add(open);
  const done = () => tasks.delete(open);
  promise.then(done, done);
}

/**
 * A URL for a message; without its origin where that is the page's own.
 *
 * @param {string} url
 */
function address(url) {
  const parsed = attempt(() => new main.URL(url, main.location.href));
  const same = parsed && parsed.origin === main.location.origin && parsed.protocol.startsWith("http");
  return clean(same ? parsed.pathname + parsed.search : url).slice(0, 120);
}

/**
 * Whether a resource was requested and has ended.
 *
 * A failed request has an entry, too; a full buffer (250 entries) cannot tell.
 *
 * @param {string} url
 * @param {View} view
 */
function fetched(url, view) {
  const entries = /** @type {PerformanceResourceTiming[]} */ (view.performance.getEntriesByName(url));
  return entries.some((entry) => entry.responseEnd > 0) ||
    view.performance.getEntriesByType("resource").length >= 250;
}

/** @param {Root} root */
function pendingDocument(root) {
  if (!("readyState" in root) || root.readyState === "complete") return [];
  // Firefox's own error page never says that it is complete.
  if (String(root.documentURI).startsWith("about:neterror")) return [];
  const frame = root === main.document ? null : viewOf(root).frameElement;
  return [frame ? `document in ${describe(frame)} is still loading` : "document is still loading"];
}

/** @param {Root} root */
function pendingFonts(root) {
  const { fonts } = /** @type {Partial<Document>} */ (root);
  if (!fonts || fonts.status !== "loading") return [];
  /** @type {Set<string>} */
  const names = new Set();
  fonts.forEach((face) => face.status === "loading" && names.add(clean(face.family).replace(/["']/g, "")));
  return [...names].map((name) => `font ${name} is still loading`);
}

/** @param {Root} root */
function pendingStyles(root) {
  const view = viewOf(root);
  /** @type {NodeListOf<HTMLLinkElement>} */
  const links = root.querySelectorAll('link[rel~="stylesheet" i][href]');
  return [...links]
    .filter((link) => !link.sheet && !link.disabled)
    .filter((link) => !link.media || view.matchMedia(link.media).matches)
    .filter((link) => !fetched(link.href, view) && !refused(link))
    .map((link) => `stylesheet ${address(link.href)} is not loaded`);
}

/** What became of style sheets; kept for the page's whole life. */
const FATES = Symbol.for("pytest-visualdiff fates");

/**
 * Whether the page's content security policy refuses a style sheet.
 *
 * It may do so without leaving a trace: a copy of the link, which applies to nothing, is refused at
 * once as well, and says so.
 *
 * @param {HTMLLinkElement} link
 */
function refused(link) {
  if (!main[FATES]) Object.defineProperty(main, FATES, { value: new WeakMap() });
  const fates = /** @type {WeakMap<HTMLLinkElement, { done: boolean }>} */ (main[FATES]);
  const known = fates.get(link);
  const fate = known || { done: false };
  if (!known) {
    const copy = /** @type {HTMLLinkElement} */ (link.cloneNode());
    fates.set(link, fate);
    copy.media = "not all";
    copy.onload = copy.onerror = () => { fate.done = true; };
    undo.push(() => copy.remove());
    link.after(copy);
  }
  return fate.done;
}

/**
 * @param {Element} image
 * @param {Rect} area
 */
function isShown(image, area) {
  const shown = cross(rectOf(image), area);
  return shown.width > 0 && shown.height > 0;
}

/**
 * Whether an image that is still loading will show in an area.
 *
 * One that takes no room yet (its size comes with the file) counts where it would appear.
 *
 * @param {HTMLImageElement} image
 * @param {Rect} area
 */
function isAwaited(image, area) {
  const { x, y, width, height } = rectOf(image);
  const placed = image.getClientRects().length > 0;
  const room = { x, y, width: Math.max(width, 1), height: Math.max(height, 1) };
  const shown = cross(room, area);
  return placed && shown.width > 0 && shown.height > 0;
}

/**
 * @param {Root} root
 * @param {Rect} area
 */
function pendingImages(root, area) {
  const found = [];
  for (const image of root.querySelectorAll("img")) {
    if (image.complete) {
      if (late.delete(image)) task(`image ${address(image.currentSrc || image.src)} is being decoded`, image.decode());
    } else if ((image.currentSrc || image.src) && isAwaited(image, area)) {
      late.add(image);
      found.push(`image ${address(image.currentSrc || image.src)} never finished loading`);
    }
  }
  return found;
}

/** @param {Root} root */
function pendingMedia(root) {
  return [...root.querySelectorAll("video")]
    .filter((video) => video.seeking)
    .map((video) => `video ${describe(video)} is still seeking`);
}

/** @param {Root} root */
function pendingTransitions(root) {
  return root.getAnimations()
    .filter((one) => "transitionProperty" in one && one.playState === "running")
    .map((one) => `transition on ${describe(/** @type {KeyframeEffect} */ (one.effect).target)} is still running`);
}

/**
 * What has to end before a shot, at most eight of them.
 *
 * @param {Root[]} all
 * @param {Rect} area
 */
function pending(all, area) {
  /** @type {string[]} */
  const found = [];
  /** @type {((root: Root, area: Rect) => string[])[]} */
  const checks = [pendingDocument, pendingFonts, pendingStyles, pendingImages];
  checks.push(request.freeze ? pendingMedia : pendingTransitions);
  for (const root of all) {
    for (const check of checks) found.push(...attempt(() => check(root, area), []));
  }
  tasks.forEach(({ label }) => found.push(label));
  return [...new Set(found)].slice(0, 8);
}
