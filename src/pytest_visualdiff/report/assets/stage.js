// The stage: pictures in panes, in five ways of looking, moved and scaled in step.

import { around, el, fill } from "./dom.js";
import { View } from "./view.js";

/**
 * Ways of looking at two pictures, in the order of their keys 1 to 5.
 *
 * @typedef {keyof typeof MODES} Mode
 */
export const MODES = {
  side: "Side by side",
  slider: "Slider",
  blink: "Blink",
  onion: "Onion skin",
  diff: "Difference",
};

const MANY = 12; // regions; of more, only the chosen one shows its number
const NARROWEST = 240; // pixels of a pane beside others
const BLINK = 700; // milliseconds; 1.4 changes a second, far below what could harm (WCAG 2.3.1)

/** Shows a scene. */
export class Stage {
  /**
   * @param {object} listeners
   * @param {(scale: number) => void} listeners.onView called when the view has changed
   * @param {(number: number) => void} listeners.onRegion called when a region is clicked
   */
  constructor({ onView, onRegion }) {
    this.onView = onView;
    this.onRegion = onRegion;
    this.view = new View(() => this.place());
    /** @type {Scene | null} */
    this.scene = null;
    /** @type {Mode} */
    this.mode = "side";
    /** Where the slider is, or how much of the second picture is seen. */
    this.share = 0.5;
    /** Whether regions are drawn. */
    this.marksShown = true;
    /** The number of the chosen region; 0 for none. */
    this.chosen = 0;
    /** The region that the scene opens on, until somebody looks elsewhere; 0 for none. */
    this.opening = 0;
    /** @type {Outline | null} The element that is outlined. */
    this.outline = null;
    /** Whether blink shows the second picture. */
    this.flipped = false;
    /** The timer of blink. */
    this.blinking = 0;
    /** Whether the pointer has moved the picture since it was pressed. */
    this.dragged = false;
    /** @type {Port[]} */
    this.ports = [];
    /** @type {Map<string, Size>} The sizes of pictures seen before, by address. */
    this.sizes = new Map();
    this.divider = el("div", { class: "divider", "aria-hidden": "true" });
    this.node = el("div", { class: "stage", id: "stage", role: "group", "aria-label": "Pictures" });
    new ResizeObserver(() => this.resized()).observe(this.node);
    this.listen();
  }

  /** Ways of looking that make sense for the scene. */
  get modes() {
    return this.scene?.pair ? /** @type {Mode[]} */ (Object.keys(MODES)) : [/** @type {Mode} */ ("side")];
  }

  /**
   * Shows another scene, as a whole.
   *
   * @param {Scene} scene
   */
  show(scene) {
    clearInterval(this.blinking);
    this.scene = scene;
    this.mode = this.modes.includes(this.mode) ? this.mode : "side";
    this.chosen = 0;
    this.opening = scene.start || 0;
    this.outline = null;
    this.flipped = false;
    this.build(scene);
    this.view.fitted = true;
    this.updateView();
  }

  /**
   * Another way of looking at the same place.
   *
   * @param {Mode} mode
   */
  setMode(mode) {
    if (!this.scene || !this.modes.includes(mode)) return;
    clearInterval(this.blinking);
    this.mode = mode;
    this.build(this.scene);
    this.updateView();
  }

  /**
   * Puts the panes of a scene into the document.
   *
   * @param {Scene} scene
   */
  build(scene) {
    this.node.dataset.mode = this.mode;
    this.node.classList.toggle("many", scene.regions.length > MANY);
    this.node.classList.toggle("drawn", this.mode === "diff" && Boolean(scene.drawn));
    this.ports = this.portsOf(scene);
    this.node.style.setProperty("--panes", String(this.ports.length));
    fill(this.node, this.ports.map((port) => port.node));
    if (this.mode === "slider") this.ports[0].frame.append(this.divider);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (this.mode === "blink" && !calm) this.blinking = setInterval(() => this.flip(), BLINK);
  }

  /** @param {Scene} scene */
  portsOf({ panes, pair, drawn }) {
    if (this.mode === "side" || !pair) return panes.map((pane, index) => this.port(pane.title, [pane], [index], pane.note));
    if (this.mode === "diff" && drawn) return [this.port(drawn.title, [drawn], [pair[1]])];
    return [this.port(this.caption(panes, pair), pair.map((index) => panes[index]), pair)];
  }

  /**
   * One pane: pictures that lie on each other below a title.
   *
   * @param {string} title
   * @param {Pane[]} pictures
   * @param {number[]} indices the panes of the scene that they are
   * @param {string} [note]
   * @returns {Port}
   */
  port(title, pictures, indices, note) {
    const heading = el("b", {}, title);
    const caption = el("figcaption", {}, heading, note && el("small", {}, note));
    const canvas = el("div", { class: "canvas" });
    const marks = el("div", { class: "marks" });
    const frame = el("div", { class: "port" }, canvas, marks);
    /** @type {Port} */
    const port = {
      node: el("figure", { class: "pane" }, caption, frame), title: heading, canvas, marks, frame, indices,
      width: 0, height: 0, shift: [0, 0],
    };
    fill(canvas, pictures.map((picture, layer) => this.picture(picture, layer, port)));
    return port;
  }

  /**
   * The picture of a pane, or words where there is none.
   *
   * @param {Pane} pane
   * @param {number} layer its place above the others
   * @param {Port} port
   */
  picture({ src, title }, layer, port) {
    if (!src) return gone(`${title}: no picture was kept.`);
    const known = this.sizes.get(new URL(src, document.baseURI).href); // seen before: shown at once, without a flash of the ground
    if (known) this.measured(port, known);
    const node = el("img", { class: `layer layer-${layer}`, alt: title, draggable: "false", decoding: known ? "sync" : "async" });
    node.addEventListener("load", () => this.loaded(node, port));
    node.addEventListener("error", () => node.replaceWith(gone(`${title}: the picture is missing. Was the run folder moved or cleaned?`)));
    node.src = src;
    return node;
  }

  /**
   * Takes in the size of a picture that has come.
   *
   * @param {HTMLImageElement} node
   * @param {Port} port
   */
  loaded(node, port) {
    const size = { width: node.naturalWidth, height: node.naturalHeight };
    this.sizes.set(node.src, size);
    this.measured(port, size);
    this.updateView();
  }

  /**
   * Makes room for a picture in a pane.
   *
   * @param {Port} port
   * @param {Size} size
   */
  measured(port, { width, height }) {
    port.width = Math.max(port.width, width);
    port.height = Math.max(port.height, height);
  }

  /**
   * The title of a pane that shows both pictures.
   *
   * @param {Pane[]} panes
   * @param {[number, number]} pair
   */
  caption(panes, pair) {
    const [first, second] = pair.map((index) => panes[index].title);
    if (this.mode === "blink") return this.flipped ? second : first;
    if (this.mode === "slider") return `${first} | ${second}`;
    return `${first} and ${second}`;
  }

  /**
   * Blink: shows the other picture; a person's key also stops the automatic change.
   *
   * @param {{ stop?: boolean }} options
   */
  flip({ stop = false } = {}) {
    if (this.mode !== "blink" || !this.scene?.pair) return;
    if (stop) clearInterval(this.blinking);
    this.flipped = !this.flipped;
    this.node.classList.toggle("flipped", this.flipped);
    this.ports[0].title.textContent = this.caption(this.scene.panes, this.scene.pair);
  }

  /**
   * Moves the slider, or shows more or less of the second picture.
   *
   * @param {number} share in [0, 1]
   */
  setShare(share) {
    this.share = Math.min(1, Math.max(0, share));
    this.place();
  }

  /** The size of the largest picture. */
  get size() {
    return {
      width: Math.max(0, ...this.ports.map((port) => port.width)),
      height: Math.max(0, ...this.ports.map((port) => port.height)),
    };
  }

  /** The size of a pane. */
  get pane() {
    const frame = this.ports[0]?.frame;
    return { width: frame?.clientWidth || 0, height: frame?.clientHeight || 0 };
  }

  /** Panes beside each other, or one above the other where they would be too narrow. */
  arrangePanes() {
    const count = this.ports.length;
    this.node.classList.toggle("above", count > 1 && this.node.clientWidth / count < NARROWEST);
  }

  /** Puts pictures in place once something about them has changed. */
  updateView() {
    const start = this.opening;
    if (start) { this.open(start); this.opening = start; } else if (this.view.fitted) this.fit(); else this.place();
  }

  /**
   * Shows a region at once, once there is a picture.
   *
   * @param {number} number
   */
  open(number) {
    const region = this.scene?.regions.find((one) => one.number === number);
    const box = region?.boxes.find(Boolean);
    this.chosen = number;
    this.arrangePanes();
    if (!box || !this.size.width || !this.pane.width) { this.place(); return; }
    for (const port of this.ports) port.shift = [0, 0];
    this.view.goTo(box, this.size, this.pane, false);
  }

  /**
   * Outlines an element in each pane that has it; null outlines none.
   *
   * @param {Outline | null} outline
   */
  outlineElement(outline) {
    this.outline = outline;
    this.place();
  }

  /**
   * Shows an element in each pane.
   *
   * @param {Outline} outline
   */
  goToElement(outline) {
    this.outline = outline;
    this.opening = 0;
    const box = outline.boxes[outline.boxes.length - 1] || outline.boxes.find(Boolean);
    if (box) this.view.goTo(box, this.size, this.pane);
    else this.place();
  }

  /** The room for the stage has changed. */
  resized() { if (this.scene) this.updateView(); }

  /** Shows the whole picture. */
  fit() {
    this.opening = 0;
    for (const port of this.ports) port.shift = [0, 0];
    this.arrangePanes();
    this.view.fit(this.size, this.pane);
  }

  /** Shows one pixel of the screen for each pixel of the picture. */
  fullSize() { this.opening = 0; this.view.fitted = false; this.view.set(1, this.view.x, this.view.y, this.size, this.pane); }

  /**
   * Scales about a point of the pane, else about its middle.
   *
   * @param {number} factor
   * @param {Point} at
   */
  zoom(factor, at = { x: this.pane.width / 2, y: this.pane.height / 2 }) {
    this.opening = 0;
    this.view.zoom(factor, at, this.size, this.pane);
  }

  /**
   * Shows a region in each pane, at its place there.
   *
   * @param {number} number
   */
  goTo(number) {
    const region = this.scene?.regions.find((one) => one.number === number);
    this.chosen = region ? number : 0;
    this.opening = 0;
    this.outline = null;
    const box = region?.boxes.find(Boolean);
    if (!region || !box) { this.place(); return; }
    for (const port of this.ports) {
      const own = region.boxes[shownLast(port)];
      port.shift = own && this.scene?.apart ? [centre(own)[0] - centre(box)[0], centre(own)[1] - centre(box)[1]] : [0, 0];
    }
    this.view.goTo(box, this.size, this.pane);
  }

  /** Puts pictures and marks where the view says. */
  place() {
    const { scale, x, y } = this.view;
    for (const port of this.ports) {
      const [dx, dy] = port.shift;
      port.canvas.style.transform = `translate(${Math.round(-(x + dx) * scale)}px, ${Math.round(-(y + dy) * scale)}px) scale(${scale})`;
      port.canvas.classList.toggle("crisp", scale >= 1.5);
      fill(port.marks, this.marksShown && this.marksOf(port, x + dx, y + dy, scale));
    }
    this.node.style.setProperty("--share", String(this.share));
    if (this.mode === "slider") {
      const cut = x + (this.share * this.pane.width) / scale;
      this.ports[0].canvas.style.setProperty("--cut", `${cut}px`);
      this.divider.style.left = `${this.share * 100}%`;
    }
    this.onView(scale);
  }

  /**
   * The marks of all regions in a pane.
   *
   * @param {Port} port
   * @param {number} x left edge of what the pane shows, in pixels of the picture
   * @param {number} y
   * @param {number} scale
   */
  marksOf(port, x, y, scale) {
    const index = shownLast(port);
    const element = this.outline?.boxes[index];
    const outlined = element && this.outline ? outlineOf(onScreen(element, x, y, scale), this.outline.label) : null;
    return [outlined, ...(this.scene?.regions || []).flatMap((region) => {
      const box = region.boxes[index];
      const before = index === this.scene?.pair?.[0] ? null : region.before;
      return [
        box && this.mark(region, onScreen(box, x, y, scale), ""),
        before && this.mark(region, onScreen(before, x, y, scale), "before"),
      ];
    })];
  }

  /**
   * The mark of a region.
   *
   * @param {Region} region
   * @param {Box} box in pixels of the pane
   * @param {string} extra a further class
   */
  mark(region, [left, top, width, height], extra) {
    const classes = ["mark", extra, top < 20 && "low", region.quiet && "quiet", region.number === this.chosen && "chosen"];
    return el("button", {
      class: classes.filter(Boolean).join(" "),
      type: "button", tabindex: "-1", "data-region": region.number, title: region.label, "aria-label": region.label,
      style: { left: `${left}px`, top: `${top}px`, width: `${Math.max(2, width)}px`, height: `${Math.max(2, height)}px` },
    }, !extra && el("span", {}, region.short || String(region.number)));
  }

  /** Listens to wheel and pointer. */
  listen() {
    const { node } = this;
    node.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    node.addEventListener("pointerdown", (event) => this.drag(event));
    node.addEventListener("click", (event) => {
      const found = around(event, ".mark");
      if (found && !this.dragged) this.onRegion(Number(found.dataset.region));
    });
    node.addEventListener("dblclick", (event) => {
      if (around(event, ".port") && !around(event, ".mark")) this.zoom(2, pointIn(event));
    });
  }

  /**
   * Moves the pictures, or scales them with Ctrl.
   *
   * @param {WheelEvent} event
   */
  wheel(event) {
    if (!around(event, ".port")) return;
    event.preventDefault();
    this.opening = 0;
    const unit = event.deltaMode === 1 ? 24 : 1;
    if (event.ctrlKey || event.metaKey) this.zoom(Math.exp(-event.deltaY * unit * 0.004), pointIn(event));
    else {
      const across = event.shiftKey && !event.deltaX;
      this.view.pan(-(across ? event.deltaY : event.deltaX) * unit, across ? 0 : -event.deltaY * unit, this.size, this.pane);
    }
  }

  /**
   * Moves the pictures or the slider with the pointer until it is released.
   *
   * @param {PointerEvent} event
   */
  drag(event) {
    const frame = around(event, ".port");
    if (!frame || event.button !== 0) return;
    const box = frame.getBoundingClientRect();
    const slides = around(event, ".divider");
    this.dragged = false;
    const move = (/** @type {PointerEvent} */ now) => {
      if (slides) this.setShare((now.clientX - box.left) / box.width);
      else if (now.movementX || now.movementY) {
        this.dragged = true;
        this.opening = 0;
        this.view.pan(now.movementX, now.movementY, this.size, this.pane);
      }
    };
    const end = () => {
      window.removeEventListener("pointermove", move);
      this.node.classList.remove("moving");
    };
    this.node.classList.add("moving");
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end, { once: true });
    window.addEventListener("pointercancel", end, { once: true });
  }
}

/**
 * Where an event is in its pane.
 *
 * @param {MouseEvent} event
 * @returns {Point}
 */
function pointIn(event) {
  const box = around(event, ".port")?.getBoundingClientRect();
  return { x: event.clientX - (box?.left || 0), y: event.clientY - (box?.top || 0) };
}

/**
 * A box of a picture in pixels of a pane that shows it from (x, y) on.
 *
 * @param {Box} box
 * @param {number} x
 * @param {number} y
 * @param {number} scale
 * @returns {Box}
 */
const onScreen = ([left, top, width, height], x, y, scale) => [(left - x) * scale, (top - y) * scale, width * scale, height * scale];

/**
 * The outline of an element, with its name.
 *
 * @param {Box} box in pixels of the pane
 * @param {string} label
 */
function outlineOf([left, top, width, height], label) {
  const style = { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` };
  return el("div", { class: top < 24 ? "outlined low" : "outlined", style }, el("span", {}, label));
}

/** @type {(port: Port) => number} The pane of the scene that lies on top. */
const shownLast = (port) => port.indices[port.indices.length - 1];

/** @param {string} text */
const gone = (text) => el("p", { class: "gone" }, text);

/** @param {Box} box */
const centre = ([x, y, width, height]) => [x + width / 2, y + height / 2];
