// Changes of a page that a person does not see: glyphs and edges drawn a fraction of a pixel on.
// Each answers how many elements it changed; undo is that of the mutations.

const blocks = () => visibleElements().filter((node) => leaf(node) && rect(node)[2] >= 16 && css(node).display !== "inline");
const SCOPES = [1, 4, 1000];
const NUDGES = [[0.3, 0], [0, 0.3], [0.3, 0.3], [0.5, 0], [0.2, 0.1], [-0.3, 0.2], [0.4, 0.4], [0.1, 0.1]];

function each(nodes, rng, action) {
  const some = shuffled(nodes, rng).slice(0, choose(SCOPES, rng));
  // A part of a changed element would be changed twice.
  const outer = some.filter((node) => !some.some((other) => other !== node && other.contains(node)));
  outer.forEach(action);
  return outer.length;
}

const untransformed = (node) => css(node).transform === "none" && css(node).translate === "none";
const nudge = (node, [x, y]) => set(node, { translate: `${x}px ${y}px` });

const NOISE = {
  "text-shift"(rng) {
    const by = choose(NUDGES, rng);
    return [each(blocks().filter(untransformed), rng, (node) => nudge(node, by)), `by (${by})`];
  },
  "text-transform3d"(rng) {
    const by = choose(NUDGES, rng);
    const how = { transform: `translate3d(${by[0]}px, ${by[1]}px, 0)`, "will-change": "transform" };
    return [each(blocks().filter(untransformed), rng, (node) => set(node, how)), `translate3d (${by})`];
  },
  "text-fraction"(rng) {
    const side = choose(["padding-left", "margin-left", "padding-top", "margin-top", "text-indent"], rng), by = choose([0.2, 0.3, 0.4], rng);
    const more = (node) => set(node, { [side]: px((parseFloat(css(node).getPropertyValue(side)) || 0) + by) });
    return [each(blocks(), rng, more), `${side} +${by}px`];
  },
  "text-layer"(rng) {
    const how = choose([{ transform: "rotate(0.01deg)" }, { "will-change": "transform" }, { opacity: "0.999" }, { transform: "translateZ(0)" }, { "backface-visibility": "hidden", transform: "rotate(0.02deg)" }, { transform: "scale(1.0002)" }], rng);
    const nodes = visibleElements().filter((node) => textRects(node).length && untransformed(node) && css(node).display !== "inline" && Number(css(node).opacity) === 1);
    return [each(nodes, rng, (node) => set(node, how)), JSON.stringify(how)];
  },
  "text-rendering"(rng) {
    const how = choose(["geometricPrecision", "optimizeLegibility", "optimizeSpeed"], rng);
    set(document.body, { "text-rendering": how });
    return [1, how];
  },
  "icon-shift"(rng) {
    const by = choose([[0.2, 0], [0, 0.2], [0.2, 0.2], [0.3, 0.1]], rng);
    return [each(visibleElements().filter((node) => icon(node) && untransformed(node) && css(node).display !== "inline"), rng, (node) => nudge(node, by)), `by (${by})`];
  },
  "image-shift"(rng) {
    const by = choose([[0.25, 0], [0, 0.25], [0.2, 0.2], [0.3, 0]], rng);
    return [each(visibleElements().filter((node) => photo(node) && untransformed(node)), rng, (node) => set(node, { transform: `translate(${by[0]}px, ${by[1]}px)`, "will-change": "transform" })), `by (${by})`];
  },
  "image-resampled"(rng) {
    const by = choose([1.0008, 1.0015], rng);
    return [each(visibleElements().filter((node) => photo(node) && untransformed(node) && Math.max(...rect(node).slice(2)) <= 420), rng, (node) => set(node, { transform: `scale(${by})` })), `scale ${by}`];
  },
  "radius-antialias"(rng) {
    const by = choose([0.2, 0.3, 0.4], rng);
    const even = (node) => new Set(["TopLeft", "TopRight", "BottomLeft", "BottomRight"].map((corner) => css(node)[`border${corner}Radius`])).size === 1;
    const round = visibleElements().filter((node) => paints(node) && even(node) && parseFloat(css(node).borderTopLeftRadius) >= 2 && parseFloat(css(node).borderTopLeftRadius) <= 24);
    return [each(round, rng, (node) => set(node, { "border-radius": px(parseFloat(css(node).borderTopLeftRadius) + by) })), `+${by}px`];
  },
};

// Layout rounds the edges of boxes to whole pixels: one that went to the next pixel has moved.
const SNAPPING = ["text-fraction", "text-rendering"];
const edges = ([x, y, w, h]) => [x, y, x + w, y + h].map(Math.round).join();

async function noise(kind, seed) {
  const before = everything();
  const [count, note] = NOISE[kind](random(seed));
  await settled();
  const snapped = [...before].some(([node, was]) => meets(was) && edges(was) !== edges(rect(node)) && paints(node));
  return { count: snapped && SNAPPING.includes(kind) ? 0 : count, note };
}

// Focus a field, with its caret; the second screenshot is made without it.
async function focus(seed) {
  const fields = visibleElements().filter((node) => (node.tagName === "INPUT" && /^(text|email|search|password|url|tel|number|)$/.test(node.type)) || node.tagName === "TEXTAREA");
  const field = choose(fields.filter((node) => !node.disabled && !node.readOnly), random(seed));
  if (!field) return { count: 0 };
  undoable(() => field.blur());
  field.focus({ preventScroll: true });
  await settled();
  return { count: 1, note: field.type };
}

async function caret() {
  set(document.activeElement, { "caret-color": "auto" });
  // A blinking caret is on just after a change of the selection.
  const field = /** @type {HTMLInputElement} */ (document.activeElement);
  try { field.setSelectionRange(field.value.length, field.value.length); } catch (error) { /* no selection in this type */ }
  await settled();
  return true;
}

Object.assign(window.visualMutations, { noise, focus, caret });
