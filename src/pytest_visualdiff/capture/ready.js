// What the page still waits for, in words. Nothing here blocks: the caller asks again.

// label -> done; for what only a promise can tell (decoding, a look into a file).
const tasks = new Map();
const late = new Set();

function task(label, promise) {
  tasks.set(label, false);
  const done = () => tasks.set(label, true);
  promise.then(done, done);
}

function address(url) {
  const parsed = attempt(() => new main.URL(url, main.location.href));
  const same = parsed && parsed.origin === main.location.origin && parsed.protocol.startsWith("http");
  return clean(same ? parsed.pathname + parsed.search : url).slice(0, 120);
}

// A failed request has an entry, too; a full buffer (250 entries) cannot tell.
function fetched(url, view) {
  const entries = view.performance.getEntriesByName(url);
  return entries.some((entry) => entry.responseEnd > 0) ||
    view.performance.getEntriesByType("resource").length >= 250;
}

function pendingDocument(root) {
  if (!("readyState" in root) || root.readyState === "complete") return [];
  const frame = root === main.document ? null : root.defaultView.frameElement;
  return [frame ? `document in ${describe(frame)} is still loading` : "document is still loading"];
}

function pendingFonts(root) {
  if (!root.fonts || root.fonts.status !== "loading") return [];
  const names = new Set();
  root.fonts.forEach((face) => face.status === "loading" && names.add(clean(face.family).replace(/["']/g, "")));
  return [...names].map((name) => `font ${name} is still loading`);
}

function pendingStyles(root) {
  const view = viewOf(root);
  return [...root.querySelectorAll('link[rel~="stylesheet" i][href]')]
    .filter((link) => !link.sheet && !link.disabled)
    .filter((link) => !link.media || view.matchMedia(link.media).matches)
    .filter((link) => !fetched(link.href, view) && !refused(link))
    .map((link) => `stylesheet ${address(link.href)} is not loaded`);
}

// A content security policy may refuse a sheet without leaving a trace: a copy of the link, which
// applies to nothing, is refused at once as well, and says so. Known for the page's whole life.
const FATES = Symbol.for("pytest-visualdiff fates");

function refused(link) {
  if (!main[FATES]) Object.defineProperty(main, FATES, { value: new WeakMap() });
  const fates = main[FATES];
  if (!fates.has(link)) {
    const copy = link.cloneNode();
    const fate = { done: false };
    fates.set(link, fate);
    copy.media = "not all";
    copy.onload = copy.onerror = () => { fate.done = true; };
    undo.push(() => copy.remove());
    link.after(copy);
  }
  return fates.get(link).done;
}

function isShown(image, area) {
  const shown = cross(rectOf(image), area);
  return shown.width > 0 && shown.height > 0;
}

// An image that takes no room yet (its size comes with the file) counts where it would appear.
function isAwaited(image, area) {
  const { x, y, width, height } = rectOf(image);
  const placed = image.getClientRects().length > 0;
  const room = { x, y, width: Math.max(width, 1), height: Math.max(height, 1) };
  const shown = cross(room, area);
  return placed && shown.width > 0 && shown.height > 0;
}

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

function pendingMedia(root) {
  return [...root.querySelectorAll("video")]
    .filter((video) => video.seeking)
    .map((video) => `video ${describe(video)} is still seeking`);
}

function pendingTransitions(root) {
  return root.getAnimations()
    .filter((one) => "transitionProperty" in one && one.playState === "running")
    .map((one) => `transition on ${describe(one.effect.target)} is still running`);
}

function pending(all, area) {
  const found = [];
  const checks = [pendingDocument, pendingFonts, pendingStyles, pendingImages];
  checks.push(request.freeze ? pendingMedia : pendingTransitions);
  for (const root of all) {
    for (const check of checks) found.push(...attempt(() => check(root, area), []));
  }
  tasks.forEach((done, label) => done || found.push(label));
  return [...new Set(found)].slice(0, 8);
}
