// Holds a page still, answers what it looks like, and puts everything back. It stays installed
// under a symbol between prepare and restore; each entry point is one driver call.

/** @type {UndoList} */
const undo = [];
/**
 * What was dealt with, so that each thing is changed and undone once.
 *
 * @type {WeakSet<object>}
 */
const seen = new WeakSet();
/**
 * Where elements were scrolled to, [left, top], before the capture.
 *
 * @type {Map<Element, [number, number]>}
 */
const scrolled = new Map();
/** Whether the picture reaches beyond the viewport. */
let wide = request.full;

/**
 * Does something to a thing unless it was done before.
 *
 * @param {object} thing
 * @param {() => unknown} action
 */
function once(thing, action) {
  if (seen.has(thing)) return;
  seen.add(thing);
  attempt(action);
}

/**
 * Adds CSS to a tree.
 *
 * An adopted sheet passes the strictest content security policy; an element is the fallback.
 *
 * @param {Root} root
 * @param {string} css
 */
function adopt(root, css) {
  const added = attempt(() => {
    const sheet = new (viewOf(root).CSSStyleSheet)();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    undo.push(() => {
      root.adoptedStyleSheets = [...root.adoptedStyleSheets].filter((one) => one !== sheet);
    });
    return true;
  });
  if (added) return;
  const style = (root.ownerDocument || root).createElement("style");
  style.textContent = css;
  (("head" in root && root.head) || root).append(style);
  undo.push(() => style.remove());
}

/** @type {WeakSet<Root>} */
const dressed = new WeakSet();

/**
 * Gives a tree the styles that the caller wants for the picture.
 *
 * @param {Root} root
 */
function dress(root) {
  if (dressed.has(root)) return;
  dressed.add(root);
  adopt(root, request.css);
}

/** The first selector that the browser does not understand; "" where there is none. */
function wrongSelector() {
  return request.selectors.find((css) => attempt(() => (main.document.querySelector(css), false), true)) || "";
}

/**
 * Hides the blinking text cursor.
 *
 * Only where the caret is: a rule for every element would cost a restyle of the whole page.
 */
function hideCaret() {
  for (let root = /** @type {Root | null} */ (main.document); root; ) {
    const at = root;
    const focused = /** @type {HTMLElement | null} */ (at.activeElement);
    const { designMode, body } = /** @type {Partial<Document>} */ (at);
    const whole = designMode === "on" || (focused && focused === body && focused.isContentEditable);
    if (!focused || (focused === body && !whole)) return;
    const holders = whole ? "*" : ":focus,:focus *";
    once(focused, () => adopt(at, `${holders}{caret-color:transparent!important}`));
    root = innerRoot(focused);
  }
}

const NO_BARS = "*{scrollbar-width:none!important}*::-webkit-scrollbar{display:none!important}";

/**
 * The width of scroll bars where a page can make them take room: asked only when the caller does not know it yet.
 *
 * Firefox's overlay bars take none until a page styles ::-webkit-scrollbar, for some or all elements.
 */
function barWidth() {
  const probe = main.document.createElement("div");
  probe.setAttribute("data-visualdiff-bar", "");
  adopt(main.document, "[data-visualdiff-bar]::-webkit-scrollbar{width:9px!important}");
  for (const [name, value] of [["position", "fixed"], ["visibility", "hidden"], ["overflow", "scroll"], ["width", "50px"]]) {
    probe.style.setProperty(name, value, "important");
  }
  main.document.documentElement.append(probe);
  const width = probe.offsetWidth - probe.clientWidth;
  probe.remove();
  return width;
}

/** @param {Root} root */
function hideBars(root) {
  if (bars > 0 || main.innerWidth > main.document.documentElement.clientWidth) {
    once(root, () => adopt(root, NO_BARS));
  }
}

// Not pause(): that would cut an animation loose from animation-play-state. Not 0 either: then
// Chromium's compositor goes on showing the time at which it was stopped.
const HELD = 1e-9;

/**
 * Ends an animation that ends, and holds an endless one at its beginning.
 *
 * @param {Animation} one
 */
function freezeAnimation(one) {
  const time = one.currentTime;
  // Scroll-driven animations have no time of their own: their progress is layout.
  if (one.playState !== "running" || !one.effect || (time !== null && typeof time !== "number")) return;
  const rate = one.playbackRate;
  if (Math.abs(rate) <= HELD) return;
  if (Number.isFinite(one.effect.getComputedTiming().endTime)) return one.finish();
  one.playbackRate = HELD;
  one.currentTime = 0;
  undo.push(() => {
    one.playbackRate = rate;
    if (time !== null) one.currentTime = time;
  });
}

/** @param {HTMLMediaElement} media */
function freezeMedia(media) {
  if (!media.readyState || (media.paused && !media.played.length)) return;
  once(media, () => {
    const { currentTime: time, paused, ended } = media;
    media.pause();
    if (Number.isFinite(media.duration)) media.currentTime = 0;
    undo.push(() => {
      if (Number.isFinite(media.duration)) media.currentTime = time;
      if (!paused && !ended) media.play().catch(() => null);
    });
  });
}

/**
 * Holds the outermost SVG drawing around an animated part at its beginning.
 *
 * @param {SVGElement} part
 */
function freezeDrawing(part) {
  let drawing = part.ownerSVGElement;
  while (drawing && drawing.ownerSVGElement) drawing = drawing.ownerSVGElement;
  if (!drawing) return;
  once(drawing, () => {
    const time = drawing.getCurrentTime(), paused = drawing.animationsPaused();
    drawing.pauseAnimations();
    drawing.setCurrentTime(0);
    undo.push(() => {
      drawing.setCurrentTime(time);
      if (!paused) drawing.unpauseAnimations();
    });
  });
}

/**
 * Loads an element now that would be loaded when it comes into view.
 *
 * @param {Element} node
 */
function hurry(node) {
  once(node, () => {
    const before = node.getAttribute("loading");
    node.setAttribute("loading", "eager");
    undo.push(() => node.setAttribute("loading", String(before)));
  });
}

/**
 * @template {Element} E
 * @param {Root} root
 * @param {string} css
 * @param {(node: E) => void} action
 */
function each(root, css, action) {
  for (const node of /** @type {NodeListOf<E>} */ (root.querySelectorAll(css))) attempt(() => action(node));
}

/**
 * Stops what moves in one tree.
 *
 * @param {Root} root
 * @param {Rect} area
 * @param {boolean} thorough
 */
function steady(root, area, thorough) {
  attempt(() => hideBars(root));
  if (wide || request.lazy) each(root, "[loading=lazy i]", hurry);
  if (!request.freeze) return;
  for (const one of attempt(() => root.getAnimations(), [])) attempt(() => freezeAnimation(one));
  each(root, "video,audio", freezeMedia);
  each(root, "animate,animateTransform,animateMotion,set", freezeDrawing);
  each(root, "img", (/** @type {HTMLImageElement} */ image) => freezeImage(image, area, thorough));
  each(root, "marquee", freezeMarquee);
  const bar = root.querySelector("progress:not([value])");
  if (bar) once(bar, () => adopt(root, STILL_PROGRESS));
  if (thorough) holdPictures(root, area);
}

/** @param {Element} node */
function remember(node) {
  if (node && !scrolled.has(node)) scrolled.set(node, [node.scrollLeft, node.scrollTop]);
}

/**
 * @param {Element} node
 * @param {number} left
 * @param {number} top
 */
function scrollElement(node, left, top) {
  if (node.scrollLeft !== left || node.scrollTop !== top) node.scrollTo({ left, top, behavior: "instant" });
}

/**
 * Remembers where everything around a node is scrolled to.
 *
 * @param {Element} node
 */
function rememberAround(node) {
  for (let at = /** @type {Node | null} */ (node); at; ) {
    if (at.nodeType === 1) remember(/** @type {Element} */ (at));
    const { host, defaultView } = /** @type {Node & { host?: Element, defaultView?: View | null }} */ (at);
    at = at.parentNode || host || (defaultView && defaultView !== main && defaultView.frameElement) || null;
  }
}

/** Brings the target into view where it is not; what does not fit needs the page from its top. */
function place() {
  remember(scroller(main));
  if (target && !wide) {
    rememberAround(target);
    const before = rectOf(target, false);
    target.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
    const after = rectOf(target, false);
    if (Math.abs(after.x - before.x) + Math.abs(after.y - before.y) > 0.5) {
      target.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
      forgetBoxes();
      const { by } = targetParts(target);
      if (by) {
        // What is larger than its own scroller is shown from its start.
        target.scrollIntoView({ block: "start", inline: "start", behavior: "instant" });
        by.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
      }
    }
    forgetBoxes();
    wide = !within(picture(), viewport());
  }
  if (wide) scrollElement(scroller(main), 0, 0);
}

/**
 * Stops what moves, and answers what the page shows and what it waits for.
 *
 * Each look also steadies what appeared since the last one. A thorough one also asks what takes
 * long to find out: it follows a first shot that was not what is expected.
 */
function look(thorough = false) {
  forgetTrees();
  if (request.css) for (const root of roots()) dress(root);
  attempt(hideCaret);
  forgetBoxes();
  place();
  attempt(() => uncover(thorough));
  forgetBoxes();
  const all = roots();
  if (wide) attempt(() => paintAll(all, thorough));
  const area = picture(wide);
  const deep = thorough || attempt(mayMove, false);
  for (const root of all) steady(root, area, deep);
  const page = wholePage();
  const waits = pending(all, area);
  return {
    // What a thorough look found out is not asked again for the next shot.
    idle: !waits.length && !thorough && leaves(),
    ...measure(wide),
    wide,
    page,
    start: scrollStart(),
    unusual: attempt(unusual, ["a page that says nothing of its geometry"]),
    view: [main.innerWidth, main.innerHeight],
    ratio: main.devicePixelRatio,
    bars,
    hovered: [...main.document.querySelectorAll(":hover")].some((node) => !/^(html|body)$/.test(node.localName)),
    foreign: window.top !== main,
    sealed: request.redact.some((entry) => entry.css !== undefined)
      ? attempt(() => sealedFrames(request.redact.flatMap((entry) => attempt(() => matchesOf(entry), []))), [])
      : [],
    url: String(main.location.href).slice(0, 2000),
    title: clean(main.document.title),
    pending: waits,
    notes: [...overlaid, ...loose],
    failed: attempt(() => failedRequests(all), []),
    wrong: attempt(wrongPage, ""),
    since: main.performance.timeOrigin,
    hidden: hiddenBy,
    invalid: wrongSelector(),
  };
}

/** Whether nothing was changed and nothing has to be read again: then no call to restore is needed. */
function leaves() {
  const areas = request.mask.length + request.redact.length + request.region.length;
  if (request.keep || target || areas || undo.length || request.lazy) return false;
  for (const [node, [left, top]] of scrolled) {
    if (node.scrollLeft !== left || node.scrollTop !== top) return false;
  }
  return delete main[KEY];
}

/**
 * One step of the scroll sweep; false at the page's end, which goes back to where it was.
 *
 * @param {number} step
 */
function sweep(step) {
  const all = scroller(main);
  const top = step * main.innerHeight * 0.8;
  const more = top < all.scrollHeight - main.innerHeight;
  if (more) scrollElement(all, all.scrollLeft, top);
  else if (step >= 0) scrollElement(all, all.scrollLeft, all.scrollHeight);
  return more;
}

/** Scrolls back to where the page was. */
function sweepEnd() {
  const [left, top] = scrolled.get(scroller(main)) || [0, 0];
  scrollElement(scroller(main), left, top);
}

/**
 * Names the elements that show at these places.
 *
 * @param {Rect[]} boxes
 */
function blame(boxes) {
  forgetTrees();
  return boxes.map((box) => attempt(() => describe(culprit(box)), "the page"));
}

/** Puts everything back; answers where things were until then. */
function restore() {
  const answer = attempt(() => measure(wide));
  undo.open = false;
  for (let step = undo.pop(); step; step = undo.pop()) attempt(step);
  scrolled.forEach(([left, top], node) => attempt(() => scrollElement(node, left, top)));
  delete main[KEY];
  return answer;
}

const earlier = main[KEY];
if (earlier) attempt(() => earlier.restore());
undo.open = true;
const bars = request.bars === null ? attempt(barWidth, 0) : request.bars;
Object.defineProperty(main, KEY, { value: { look, sweep, sweepEnd, blame, places: () => measure(wide), prove, unprove, tile, restore }, configurable: true });

/** The first look, which a broken page may not leave half done: script.py calls it. */
function firstLook() {
  try {
    return look(request.thorough);
  } catch (error) {
    restore();
    return { error: clean(error) };
  }
}
