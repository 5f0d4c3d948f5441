// The mutations of colours, borders, visibility and pictures.

function flat(node) {
  const style = css(node), colour = rgba(style.backgroundColor), [, , w, h] = rect(node);
  if (!colour || colour[3] < 1 || style.backgroundImage !== "none" || w < 24 || h < 12) return null;
  return colour.slice(0, 3);
}

const COLOUR = {
  "background": {
    fits: (node) => flat(node) && area(node) < 500000 && { colour: flat(node) },
    change(node, s, rng, p) {
      set(node, { "background-color": paint(p.colour) });
      return { ...whole(node), note: p.note };
    },
  },
  "hue": {
    fits: (node) => flat(node) && area(node) < 500000 && { colour: flat(node) },
    change(node, s, rng, p) {
      set(node, { "background-color": paint(p.colour) });
      return { ...whole(node), note: p.note };
    },
  },
  "opacity": {
    fits: (node) => movable(node) && Number(css(node).opacity) === 1,
    change(node, s) {
      set(node, { opacity: String(at(s, 0.9, 0.7, 0.4)) });
      return { ...whole(node), note: String(at(s, 0.9, 0.7, 0.4)) };
    },
  },
  "gradient": {
    fits: (node) => flat(node) && area(node) > 1200 && area(node) < 400000 && { colour: flat(node) },
    change(node, s, rng, p) {
      const angle = choose([0, 45, 90, 135, 180], rng);
      set(node, { "background-image": `linear-gradient(${angle}deg, ${paint(p.from)}, ${paint(p.colour)})` });
      return { ...whole(node), note: `${angle}deg ${p.note}` };
    },
  },
  "filter": {
    fits: (node) => area(node) > 300 && area(node) < 300000 && (node.tagName === "IMG" || chroma(flat(node)) > 60),
    change(node, s, rng) {
      const to = at(s, choose(["hue-rotate(20deg)", "saturate(0.6)"], rng), choose(["hue-rotate(70deg)", "grayscale(1)"], rng), choose(["invert(1)", "hue-rotate(180deg)"], rng));
      set(node, { filter: to });
      return { ...whole(node), note: to };
    },
  },
};

const chroma = (colour) => (colour ? Math.max(...colour) - Math.min(...colour) : 0);

function edged(node) {
  const style = css(node), [, , w, h] = rect(node);
  return w >= 16 && h >= 12 && ["Top", "Right", "Bottom", "Left"].filter((side) => bordered1(style, side));
}

const BORDER = {
  "border-width": {
    fits: (node) => css(node).borderCollapse !== "collapse" && edged(node) && edged(node).length > 0 && parseFloat(css(node)[`border${edged(node)[0]}Width`]) <= 3,
    change(node, s) {
      const was = whole(node), by = at(s, 1, 2, 4), style = css(node);
      const sides = edged(node).map((side) => ({ side: side.toLowerCase(), width: parseFloat(style[`border${side}Width`]) }));
      for (const { side, width } of sides) set(node, { [`border-${side}-width`]: px(Math.round(width) + by) });
      return { ...was, note: `${sides.map((one) => one.side).join(" ")} +${by}px` };
    },
  },
  "border-colour": {
    fits: (node) => edged(node) && edged(node).length > 0 && edged(node).length * Math.min(rect(node)[2], rect(node)[3]) > 40
      && rgba(css(node)[`border${edged(node)[0]}Color`])[3] === 1 && { colour: rgba(css(node)[`border${edged(node)[0]}Color`]).slice(0, 3) },
    change(node, s, rng, p) {
      for (const side of edged(node)) set(node, { [`border-${side.toLowerCase()}-color`]: paint(p.colour) });
      return { ...whole(node), note: p.note };
    },
  },
  "radius": {
    fits: (node) => paints(node) && movable(node) && rect(node)[3] >= 16 && rect(node)[2] >= 16,
    change(node, s) {
      const was = whole(node), now = parseFloat(css(node).borderTopLeftRadius) || 0, half = Math.min(rect(node)[2], rect(node)[3]) / 2;
      const to = at(s, now >= 3 ? now - 3 : now + 4, now >= 8 ? 0 : now + 8, now > half / 2 ? 0 : half);
      set(node, { "border-radius": px(to) });
      return { ...was, note: `${now} -> ${to}px` };
    },
  },
  "shadow": {
    fits: (node, s) => paints(node) && movable(node) && area(node) > 400 && !["HR"].includes(node.tagName) && (s > 1 || css(node).boxShadow === "none" || true),
    change(node, s) {
      const was = whole(node), had = css(node).boxShadow !== "none";
      const to = at(s, "0 1px 3px rgba(0,0,0,.3)", "0 4px 10px rgba(0,0,0,.4)", "0 8px 24px rgba(0,0,0,.6)");
      set(node, { "box-shadow": had ? "none" : to });
      return { ...was, note: had ? "removed" : to };
    },
  },
  "outline": {
    fits: (node) => movable(node) && css(node).outlineStyle === "none" && area(node) > 200,
    change(node, s, rng) {
      const was = whole(node), colour = choose(["#d02020", "#2060d0", "#e09000", "#108040"], rng);
      set(node, { outline: `${at(s, 1, 2, 4)}px solid ${colour}`, "outline-offset": "0" });
      return { ...was, note: `${at(s, 1, 2, 4)}px ${colour}` };
    },
  },
};

// ---------------------------------------------------------------- visibility

function icon(node) {
  const [, , w, h] = rect(node);
  if (w < 7 || h < 7 || w > 72 || h > 72 || w / h > 2.2 || h / w > 2.2) return false;
  if (node.tagName === "svg" || node.tagName === "IMG") return true;
  const drawn = ["::before", "::after"].some((one) => !/^(none|normal|"")$/.test(css(node, one).content));
  return !node.children.length && !node.textContent.trim() && drawn;
}

function labelled(node) {
  const button = node.closest("button,a,[role=button],label,.btn,input[type=submit]");
  return button && paints(button) && button.tagName !== "INPUT" && button === node && textRects(node).length > 0 && textRects(node).every(inside);
}

function lastLine(node) {
  const texts = leaf(node);
  const boxes = texts ? texts.flatMap((text) => rangeRects(text)) : [];
  return boxes.length === 1 ? boxes[0] : null;
}

const VISIBILITY = {
  "icon-removed": {
    fits: (node, s) => icon(node) && between(Math.max(rect(node)[2], rect(node)[3]), at(s, [7, 16.6], [16.6, 26], [26, 73])),
    change(node) {
      set(node, { visibility: "hidden" });
      return { ...whole(node), now: () => [], note: `${rect(node).slice(2).map(Math.round).join("x")}` };
    },
  },
  "hidden": {
    fits: (node, s) => bySize(node, s) && (movable(node) || leaf(node)),
    change(node) {
      set(node, { visibility: "hidden" });
      return { ...whole(node), now: () => [] };
    },
  },
  "removed": {
    fits: (node, s) => bySize(node, s) && (movable(node) || leaf(node)),
    change(node) {
      const was = whole(node);
      set(node, { display: "none" });
      return { ...was, now: () => [] };
    },
  },
  "clipped": {
    fits: (node, s) => lastLine(node) && lastLine(node)[2] > at(s, 24, 32, 40),
    change(node, s) {
      const [x, y, w, h] = lastLine(node), right = rect(node)[0] + rect(node)[2], cut = at(s, 9, Math.max(14, 0.25 * w), 0.6 * w);
      const edge = x + w - cut;
      set(node, { "clip-path": `inset(-20px ${px(right - edge)} -20px -20px)`, ...(css(node).display === "inline" ? { display: "inline-block" } : {}) });
      return { old: [[edge, y, cut, h], ...(right - x - w > 2 && paints(node) ? [[edge, rect(node)[1], right - edge, rect(node)[3]]] : [])], now: () => [], note: `${Math.round(cut)}px` };
    },
  },
  "label-removed": {
    fits: (node, s) => labelled(node) && between(union(textRects(node))[2], at(s, [8, 36], [36, 72], [72, 400])),
    change(node) {
      const was = content(node);
      for (const one of [node, ...node.querySelectorAll("*")]) {
        if (ownTexts(one).length) set(one, { color: "transparent", "-webkit-text-fill-color": "transparent", "text-shadow": "none", "text-decoration-color": "transparent" });
      }
      return { ...was, now: () => [] };
    },
  },
};

// ---------------------------------------------------------------- pictures

const SIDE = [[16, 65], [65, 170], [170, 1300]];

function photo(node) {
  return node.tagName === "IMG" && node.complete && node.naturalWidth > 8 && rect(node)[2] >= 16 && rect(node)[3] >= 16;
}

function otherPhoto(node, rng) {
  const all = [...document.images].filter((one) => one.complete && one.naturalWidth > 8 && one.currentSrc !== node.currentSrc);
  return all.length ? choose(all, rng) : null;
}

// A patch that both screenshots have, with one texture in the first and another in the second.
function patch(s, rng) {
  const size = at(s, [32, 32], [72, 64], [180, 120]), node = document.createElement("canvas");
  [node.width, node.height] = size;
  const x = Math.floor(20 + rng() * (innerWidth - size[0] - 40)), y = Math.floor(20 + rng() * (innerHeight - size[1] - 40));
  node.style.cssText = `position:absolute;z-index:99999;left:${x + scrollX}px;top:${y + scrollY}px;width:${size[0]}px;height:${size[1]}px`;
  insert(node, document.documentElement, null);
  const [dx, dy] = [rect(node)[0] - x, rect(node)[1] - y];
  node.style.left = px(x + scrollX - dx);
  node.style.top = px(y + scrollY - dy);
  return node;
}

function draw(canvas, shade) {
  const context = canvas.getContext("2d"), image = context.createImageData(canvas.width, canvas.height);
  for (let index = 0; index < canvas.width * canvas.height; index++) {
    const colour = shade(index % canvas.width, Math.floor(index / canvas.width));
    image.data.set([...colour, 255], 4 * index);
  }
  context.putImageData(image, 0, 0);
}

const gray = (value) => [value, value, value];

const PICTURE = {
  "image-replaced": {
    fits: (node, s) => photo(node) && between(Math.max(rect(node)[2], rect(node)[3]), SIDE[s - 1]),
    async change(node, s, rng) {
      const was = whole(node), [, , w, h] = rect(node), other = rng() < 0.6 && otherPhoto(node, rng);
      if (!other) {
        set(node, { transform: "scaleX(-1)" });
        return { ...was, note: "mirrored" };
      }
      const url = other.currentSrc, copy = new Image();
      copy.src = url;
      await copy.decode();
      set(node, { content: `url("${url}")`, width: px(w), height: px(h), "object-fit": "cover" });
      return { ...was, note: url.split("/").pop() };
    },
  },
  "image-shifted": {
    fits: (node) => photo(node) && rect(node)[2] >= 24,
    change(node, s, rng) {
      const was = whole(node), by = at(s, 1 + Math.floor(rng() * 2), 4, Math.max(8, 0.15 * rect(node)[2]));
      set(node, { "object-fit": css(node).objectFit === "fill" ? "fill" : css(node).objectFit, "object-position": rng() < 0.5 ? `calc(50% + ${px(by)}) 50%` : `50% calc(50% + ${px(by)})` });
      return { ...was, note: px(by) };
    },
  },
  "image-blurred": {
    fits: (node) => photo(node) && rect(node)[2] >= 32,
    change(node, s) {
      const was = whole(node);
      set(node, { filter: `blur(${at(s, 0.8, 1.5, 4)}px)`, "clip-path": "inset(0)" });
      return { ...was, note: `${at(s, 0.8, 1.5, 4)}px` };
    },
  },
  "image-zoomed": {
    fits: (node) => photo(node) && rect(node)[2] >= 32,
    change(node, s) {
      const was = whole(node), by = at(s, 0.03, 0.08, 0.25), inset = `${50 * by / (1 + by)}%`;
      set(node, { scale: String(1 + by), "clip-path": `inset(${inset})` });
      return { ...was, now: () => [], note: `${100 * by}%` };
    },
  },
  "trap-noise": {
    page: true,
    fits: () => true,
    before(s, rng) {
      const node = patch(s, rng), grain = choose([40, 70, 110], rng);
      draw(node, () => gray(128 + (rng() - 0.5) * 2 * grain));
      return { node, grain };
    },
    change(node, s, rng, p, { node: canvas, grain }) {
      draw(canvas, () => gray(128 + (rng() - 0.5) * 2 * grain));
      return { ...whole(canvas), note: `+-${grain}` };
    },
  },
  "trap-opposite": {
    page: true,
    fits: () => true,
    before(s, rng) {
      const node = patch(s, rng), cell = choose([2, 4, 8], rng);
      const [one, other] = choose([[[230, 60, 60], [25, 195, 195]], [[240, 240, 60], [60, 60, 240]], [[250, 250, 250], [20, 20, 20]]], rng);
      const pattern = (flip) => (x, y) => ((Math.floor(x / cell) + Math.floor(y / cell) + flip) % 2 ? one : other);
      draw(node, pattern(0));
      return { node, pattern, cell };
    },
    change(node, s, rng, p, { node: canvas, pattern, cell }) {
      draw(canvas, pattern(1));
      return { ...whole(canvas), note: `cells of ${cell}px` };
    },
  },
};

const PIXELS = {
  "line": {
    page: true,
    fits: () => true,
    change(node, s, rng) {
      const long = at(s, 40, 150, 320), across = rng() < 0.6, line = document.createElement("div");
      const w = across ? long : at(s, 1, 1, 2), h = across ? at(s, 1, 1, 2) : long;
      const x = Math.floor(10 + rng() * Math.max(1, innerWidth - w - 20)), y = Math.floor(10 + rng() * Math.max(1, innerHeight - h - 20));
      const colour = choose(["#888", "#c33", "#36c", "#000", "#e80"], rng);
      line.style.cssText = `position:absolute;z-index:99999;left:${x + scrollX}px;top:${y + scrollY}px;width:${w}px;height:${h}px;background:${colour}`;
      insert(line, document.documentElement, null);
      return { old: [], now: () => [rect(line)], note: `${w}x${h} ${colour}` };
    },
  },
};
