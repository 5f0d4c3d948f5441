// The faults: for each kind which elements it fits, and how it is done. "apply" answers the names
// of the elements that are at fault; every change lands on a tape and is taken back from it.

const tape = [];
const undoable = (action) => tape.push(action);

function set(node, properties) {
  const before = node.getAttribute("style");
  undoable(() => (before === null ? node.removeAttribute("style") : node.setAttribute("style", before)));
  for (const [name, value] of Object.entries(properties)) node.style.setProperty(name, value, "important");
}

// A rule of a style sheet for this element, or a part of it.
function rule(node, part, text) {
  const style = document.createElement("style");
  style.textContent = `[data-at-fault]${part}{${text}}`;
  undoable(() => { style.remove(); node.removeAttribute("data-at-fault"); });
  node.setAttribute("data-at-fault", "");
  document.head.append(style);
}

const choose = (list, rng) => list[Math.floor(rng() * list.length)];
const px = (value) => `${Math.round(value * 100) / 100}px`;
const number = (value) => parseFloat(value) || 0;

function shift(node, x, y) {
  const style = css(node);
  if (style.position === "static" || style.display === "inline") return set(node, { position: "relative", left: px(x), top: px(y) });
  return set(node, { translate: `${px(x)} ${px(y)}` });
}

// ---------------------------------------------------------------- the kinds

function larger(factor) {
  return {
    fits: (node) => piece(node) && rect(node)[2] <= 0.6 * innerWidth,
    change(node, rng) {
      const [, , w, h] = rect(node), how = rng();
      if (how > 0.8 && !MEDIA.has(node.tagName) && /block|flex|item/.test(css(node).display)) {
        // No computed style of the element tells of it.
        const grown = (factor - 1) * (css(node).display.startsWith("inline") ? w : h);
        const size = css(node).display.startsWith("inline") ? "inline-block;height:1px;width" : "block;flex:none;height";
        rule(node, "::after", `content:""!important;position:static!important;float:none!important;margin:0;display:${size}:${px(grown)}!important`);
        return "content";
      }
      if (letters(node) > 1 && (how < 0.45 || css(node).display === "inline")) {
        set(node, { "font-size": px(number(css(node).fontSize) * factor) });
        return "font size";
      }
      if (css(node).display === "inline") return null;
      const size = { "box-sizing": "border-box", "max-width": "none", "max-height": "none", flex: "none" };
      if (how < 0.7) {
        set(node, { ...size, width: px(w * factor), "min-width": px(w * factor) });
        return "width";
      }
      set(node, { ...size, width: px(w * factor), height: px(h * factor), "min-width": "0", "min-height": "0" });
      return "width and height";
    },
    done: (was, is) => Math.max(is[2] / was[2], is[3] / was[3]) >= 1 + (factor - 1) * 0.75,
  };
}

function dropped(node) {
  const others = siblings(node), [, y, , h] = rect(node);
  return flowing(node) && others.length && others.some((one) => Math.abs(rect(one)[1] - y) < 2 && rect(one)[0] < rect(node)[0])
    && !others.some((one) => rect(one)[0] > rect(node)[0] && Math.abs(rect(one)[1] - y) < h) && /flex|block/.test(css(node.parentElement).display);
}

const oneLine = (node) => ownTexts(node).length === 1 && !node.children.length && node.textContent.trim().split(/\s+/).length >= 2 && lines(node) === 1;

const COLOURS = [[214, 40, 57], [30, 110, 60], [25, 70, 200], [240, 180, 20], [120, 40, 160], [20, 20, 20], [255, 255, 255], [0, 160, 170]];

const FAULTS = {
  "larger-10": larger(1.1),
  "larger-25": larger(1.25),
  "larger-50": larger(1.5),
  "off-screen": {
    fits: (node) => piece(node) && rect(node)[2] <= 0.7 * innerWidth,
    change(node, rng) {
      const [x, , w] = rect(node), share = choose([0.35, 0.6, 1.2], rng), right = rng() < 0.5;
      const by = right ? innerWidth - x - w + share * w : -(x + share * w);
      shift(node, by, 0);
      return `${right ? "right" : "left"} edge, ${share * 100} %`;
    },
    done: (was, is) => is[0] < -4 || is[0] + is[2] > innerWidth + 4,
  },
  "overlap": {
    fits: (node) => piece(node) && neighbour(node),
    change(node) {
      const { other, x, y, gap } = neighbour(node), [, , w, h] = rect(other);
      const deep = gap + Math.max(8, 0.6 * (x ? Math.min(w, rect(node)[2]) : Math.min(h, rect(node)[3])));
      set(node, { "z-index": "99", ...(css(node).position === "static" ? { position: "relative" } : {}), translate: `${px(x * deep)} ${px(y * deep)}` });
      return `by ${Math.round(deep)} px`;
    },
  },
  "wrap": {
    fits: (node) => !table(node) && ((oneLine(node) && ink(node)[0].width >= 40) || (piece(node) && dropped(node))),
    change(node) {
      if (oneLine(node) && css(node).display !== "inline") {
        const style = css(node), wide = ink(node)[0].width, around = rect(node)[2] - wide;
        const inner = number(style.paddingLeft) + number(style.paddingRight) + number(style.borderLeftWidth) + number(style.borderRightWidth);
        set(node, { "white-space": "normal", "box-sizing": "border-box", width: px(wide * 0.7 + Math.min(around, inner)), "min-width": "0", height: "auto", "text-overflow": "clip" });
        return "text";
      }
      if (!dropped(node)) return null;
      const parent = node.parentElement, [x] = rect(parent), room = rect(node)[0] + rect(node)[2] - x;
      set(parent, { width: px(room - 6), "min-width": "0", "max-width": "none", "flex-wrap": "wrap", "white-space": "normal", "box-sizing": "border-box" });
      return "row";
    },
    done: (was, is, node, note) => (note === "text" ? lines(node) >= 2 : is[1] > was[1] + 4),
    also: (node, note) => (note === "row" ? [node.parentElement] : []),
  },
  "missing": {
    fits: (node) => piece(node),
    change(node, rng) {
      const how = choose(["display", "visibility", "opacity", "removed"], rng);
      if (how === "display") set(node, { display: "none" });
      if (how === "visibility") set(node, { visibility: "hidden" });
      if (how === "opacity") set(node, { opacity: "0" });
      if (how === "removed") {
        const mark = document.createComment("");
        undoable(() => { mark.replaceWith(node); });
        node.replaceWith(mark);
      }
      return how;
    },
  },
  "hidden-text": {
    fits: (node) => letters(node) > 2,
    change(node, rng) {
      const under = backdrop(node), how = choose(["transparent", "font size 0", "indent", ...(under ? ["backdrop"] : [])], rng);
      if (how === "transparent") set(node, { color: "transparent", "-webkit-text-fill-color": "transparent", "text-shadow": "none" });
      if (how === "backdrop") set(node, { color: `rgb(${under.join(",")})`, "-webkit-text-fill-color": `rgb(${under.join(",")})` });
      if (how === "font size 0") set(node, { "font-size": "0" });
      if (how === "indent") {
        if (!/block|cell|item|flex/.test(css(node).display) || lines(node) > 1) return null;
        set(node, { "text-indent": "-9999px", overflow: "hidden", "white-space": "nowrap" });
      }
      return how;
    },
  },
  "misaligned": {
    fits: (node) => piece(node) && (aligned(node, "x") || aligned(node, "y")),
    change(node, rng) {
      const by = choose([5, 8, 12, 18], rng) * (rng() < 0.5 ? -1 : 1);
      const axis = aligned(node, "x") && (rng() < 0.5 || !aligned(node, "y")) ? "x" : "y";
      shift(node, axis === "x" ? by : 0, axis === "y" ? by : 0);
      return `${axis} by ${by} px`;
    },
    done: (was, is) => is[0] >= 0 && is[0] + is[2] <= innerWidth && is[1] >= 0,
  },
  "clipped": {
    fits: (node) => (letters(node) > 3 || node.tagName === "IMG") && /block|flex|item/.test(css(node).display),
    change(node, rng) {
      const [, , w, h] = rect(node), how = choose(["height", "width", "clip path"], rng);
      const size = { overflow: "hidden", "box-sizing": "border-box", flex: "none", "min-height": "0", "min-width": "0" };
      if (node.tagName === "IMG") size["object-fit"] = "cover";
      if (how === "height") set(node, { ...size, height: px(h * 0.55), "padding-top": css(node).paddingTop, "padding-bottom": "0" });
      if (how === "width") {
        const runs = ink(node), left = rect(node)[0];
        const wide = runs.length ? Math.max(...runs.map((one) => one.right + scrollX)) - left : w;
        set(node, { ...size, "white-space": "nowrap", width: px(wide * 0.6), "max-width": px(wide * 0.6), height: px(h), "text-overflow": "clip" });
      }
      if (how === "clip path") set(node, { "clip-path": "inset(0 40% 0 0)" });
      return how;
    },
  },
  "reordered": {
    fits: (node) => piece(node) && next(node),
    change(node) {
      const other = next(node), parent = node.parentElement;
      const mark = document.createComment("");
      node.before(mark);
      undoable(() => { mark.replaceWith(node); });
      other.after(node);
      return css(parent).display;
    },
    also: (node) => [node.previousElementSibling],
    done: (was, is) => Math.hypot(was[0] - is[0], was[1] - is[1]) > 6,
  },
  "recoloured": {
    fits: (node) => (letters(node) > 2 && backdrop(node)) || rgba(css(node).backgroundColor)[3] === 1,
    change(node, rng) {
      const under = backdrop(node), filled = rgba(css(node).backgroundColor)[3] === 1 && rect(node)[2] * rect(node)[3] < 60000;
      if (filled && (letters(node) < 3 || rng() < 0.5)) {
        const fit = COLOURS.filter((one) => contrast(one, under) > 70 && contrast(one, rgba(css(node).color)) > 60);
        if (!fit.length) return null;
        set(node, { "background-color": `rgb(${choose(fit, rng).join(",")})`, "background-image": "none" });
        return "background";
      }
      if (letters(node) < 3 || !under) return null;
      const now = rgba(css(node).color);
      const fit = COLOURS.filter((one) => contrast(one, now) > 80 && contrast(one, under) > 90);
      if (!fit.length) return null;
      const colour = `rgb(${choose(fit, rng).join(",")})`;
      set(node, { color: colour, "-webkit-text-fill-color": colour });
      return "text";
    },
  },
  "border": {
    fits: (node) => boxed(node) && !["svg"].includes(node.tagName),
    change(node, rng) {
      if (bordered(node) && rng() < 0.4) {
        set(node, { "border-color": "transparent" });
        return "removed";
      }
      const under = backdrop(node.parentElement) || [255, 255, 255];
      const fit = COLOURS.filter((one) => contrast(one, under) > 100);
      if (rng() < 0.25 && rgba(css(node).backgroundColor)[3] === 1 && contrast(rgba(css(node).backgroundColor), under) > 60) {
        set(node, { "border-radius": number(css(node).borderTopLeftRadius) > 4 ? "0" : "14px" });
        return "radius";
      }
      set(node, { border: `${choose([2, 3], rng)}px solid rgb(${choose(fit, rng).join(",")})`, "box-sizing": "border-box" });
      return "added";
    },
  },
  "shadow": {
    fits: (node) => boxed(node) && node.tagName !== "svg" && rect(node)[2] >= 30 && rect(node)[3] >= 20,
    change(node) {
      const plain = css(node).boxShadow === "none";
      set(node, { "box-shadow": plain ? "0 4px 14px rgba(0,0,0,.55)" : "none" });
      return plain ? "added" : "removed";
    },
  },
  "font": {
    fits: (node) => letters(node) > 5,
    change(node) {
      const mono = /mono|courier|consol|menlo/i.test(css(node).fontFamily);
      set(node, { "font-family": mono ? "serif" : "monospace" });
      return mono ? "serif" : "monospace";
    },
  },
  "broken-image": {
    fits: (node) => node.tagName === "IMG" && node.naturalWidth > 0,
    async change(node, rng) {
      const names = ["src", "srcset", "alt"].map((name) => [name, node.getAttribute(name)]);
      undoable(async () => {
        for (const [name, value] of names) value === null ? node.removeAttribute(name) : node.setAttribute(name, value);
        await node.decode().catch(() => null);
      });
      node.removeAttribute("srcset");
      if (rng() < 0.5) node.setAttribute("alt", "");
      node.setAttribute("src", "/not-there/picture.png");
      for (let tries = 0; tries < 40 && !(node.complete && !node.naturalWidth); tries++) await nextFrames();
      return node.complete && !node.naturalWidth ? "not found" : null;
    },
  },
};

// A next sibling that shows something, the direction to it, and the gap between.
function neighbour(node) {
  const other = node.nextElementSibling;
  if (!other || !siblings(node).includes(other) || !sensible(other) || !flowing(node)) return null;
  const a = rect(node), b = rect(other), below = b[1] - a[1] - a[3], right = b[0] - a[0] - a[2];
  if (below >= -1 && below < 40 && Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]) > 8) return { other, x: 0, y: 1, gap: Math.max(0, below) };
  return right >= -1 && right < 40 ? { other, x: 1, y: 0, gap: Math.max(0, right) } : null;
}

function next(node) {
  const other = node.nextElementSibling;
  if (!other || !siblings(node).includes(other) || !sensible(other)) return null;
  return node.innerHTML === other.innerHTML || !flowing(node) || !flowing(other) ? null : other;
}

// ---------------------------------------------------------------- what the Python side calls

const frame = window.requestAnimationFrame.bind(window);
const nextFrames = () => new Promise((done) => frame(() => frame(done)));

// The names of up to "most" elements that a kind fits, in an order of the seed.
function pick(kind, seed, most) {
  const rng = random(seed), found = [];
  for (const node of shuffled([...document.body.querySelectorAll("*")], rng)) {
    if (found.length >= most) break;
    let fit = false;
    try { fit = sensible(node) && FAULTS[kind].fits(node); } catch (error) { fit = false; }
    if (fit) found.push(names.get(node));
  }
  return found;
}

async function apply(kind, path, seed) {
  const entry = FAULTS[kind], node = nodes.get(path), was = rect(node);
  const note = await entry.change(node, random(seed));
  if (note === null) return { error: "does not fit" };
  await nextFrames();
  if (entry.done && !entry.done(was, rect(node), node, note)) return { error: "not as meant" };
  const also = entry.also ? entry.also(node, note) : [];
  return { note, targets: [node, ...also].map((one) => names.get(one)) };
}

async function undo() {
  while (tape.length) await tape.pop()();
  await nextFrames();
}

remember();
Object.defineProperty(window, "sweepFaults", { value: { pick, apply, undo, boxes, page, resolve }, configurable: true });
