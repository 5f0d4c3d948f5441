// The stage: pictures in panes, in five ways of looking, moved and scaled in step.

import { el, fill } from "./dom.js";
import { View } from "./view.js";

/** Ways of looking at two pictures, in the order of their keys 1 to 5. */
export const MODES = {
  side: "Side by side",
  slider: "Slider",
  blink: "Blink",
  onion: "Onion skin",
  diff: "Difference",
};

const BLINK = 700; // milliseconds; 1.4 changes a second, far below what could harm (WCAG 2.3.1)

/** Shows a scene: {panes, pair, drawn, regions}, see scene.js. */
export class Stage {
  constructor({ onView, onRegion }) {
    this.onView = onView;
    this.onRegion = onRegion;
    this.view = new View(() => this.place());
    this.mode = "side";
    this.share = 0.5;
    this.marked = true;
    this.ports = [];
    this.sizes = new Map();
    this.node = el("div", { class: "stage", id: "stage", role: "group", "aria-label": "Pictures" });
    new ResizeObserver(() => this.resized()).observe(this.node);
    this.listen();
  }

  /** Modes that make sense for the scene. */
  modesFor(scene) {
    return scene.pair ? Object.keys(MODES) : ["side"];
  }

  show(scene, mode = this.mode) {
    clearInterval(this.blinking);
    this.scene = scene;
    this.mode = this.modesFor(scene).includes(mode) ? mode : "side";
    this.chosen = 0;
    this.flipped = false;
    this.build();
    this.view.fitted = true;
    this.settle();
  }

  /** Another way of looking at the same place. */
  setMode(mode) {
    if (!this.modesFor(this.scene).includes(mode)) return;
    clearInterval(this.blinking);
    this.mode = mode;
    this.build();
    this.settle();
  }

  build() {
    const { panes, pair, drawn } = this.scene;
    this.node.dataset.mode = this.mode;
    this.node.classList.toggle("drawn", this.mode === "diff" && Boolean(drawn));
    if (this.mode === "side") this.ports = panes.map((pane, index) => this.port(pane.title, [pane], [index], pane.note));
    else if (this.mode === "diff" && drawn) this.ports = [this.port(drawn.title, [drawn], [pair[1]])];
    else this.ports = [this.port(this.caption(), pair.map((index) => panes[index]), pair)];
    this.node.style.setProperty("--panes", this.ports.length);
    fill(this.node, this.ports.map((port) => port.node));
    if (this.mode === "slider") this.ports[0].frame.append(this.divider = el("div", { class: "divider", "aria-hidden": "true" }));
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (this.mode === "blink" && !calm) this.blinking = setInterval(() => this.flip(), BLINK);
  }

  port(title, pictures, indices, note) {
    const caption = el("figcaption", {}, el("b", {}, title), note && el("small", {}, note));
    const canvas = el("div", { class: "canvas" });
    const marks = el("div", { class: "marks" });
    const frame = el("div", { class: "port" }, canvas, marks);
    const port = { node: el("figure", { class: "pane" }, caption, frame), caption, canvas, marks, frame, indices, width: 0, height: 0 };
    fill(canvas, pictures.map((picture, layer) => this.picture(picture, layer, port)));
    return port;
  }

  picture({ src, title }, layer, port) {
    if (!src) return gone(`${title}: no picture was kept.`);
    const known = this.sizes.get(new URL(src, document.baseURI).href); // seen before: shown at once, without a flash of the ground
    if (known) this.measured(port, ...known);
    const node = el("img", { class: `layer layer-${layer}`, alt: title, draggable: "false", decoding: known ? "sync" : "async" });
    node.addEventListener("load", () => this.loaded(node, port));
    node.addEventListener("error", () => node.replaceWith(gone(`${title}: the picture is missing. Was the run folder moved or cleaned?`)));
    node.src = src;
    return node;
  }

  loaded(node, port) {
    this.sizes.set(node.src, [node.naturalWidth, node.naturalHeight]);
    this.measured(port, node.naturalWidth, node.naturalHeight);
    this.settle();
  }

  measured(port, width, height) {
    port.width = Math.max(port.width, width);
    port.height = Math.max(port.height, height);
  }

  caption() {
    const [first, second] = this.scene.pair.map((index) => this.scene.panes[index].title);
    if (this.mode === "blink") return this.flipped ? second : first;
    if (this.mode === "slider") return `${first} | ${second}`;
    return `${first} and ${second}`;
  }

  /** Blink: shows the other picture; a person's key also stops the automatic change. */
  flip({ stop = false } = {}) {
    if (this.mode !== "blink") return;
    if (stop) clearInterval(this.blinking);
    this.flipped = !this.flipped;
    this.node.classList.toggle("flipped", this.flipped);
    this.ports[0].caption.firstChild.textContent = this.caption();
  }

  /** Slider's place, or how much of the second picture is seen, in [0, 1]. */
  setShare(share) {
    this.share = Math.min(1, Math.max(0, share));
    this.place();
  }

  get size() {
    return {
      width: Math.max(0, ...this.ports.map((port) => port.width)),
      height: Math.max(0, ...this.ports.map((port) => port.height)),
    };
  }

  get pane() {
    const frame = this.ports[0]?.frame;
    return { width: frame?.clientWidth || 0, height: frame?.clientHeight || 0 };
  }

  /** Panes beside each other, or one above the other where that shows the pictures larger. */
  flow() {
    const { width, height } = this.size;
    const { clientWidth, clientHeight } = this.node;
    const count = this.ports.length;
    const caption = 30;
    const beside = Math.min(1, clientWidth / count / width, (clientHeight - caption) / height);
    const above = Math.min(1, clientWidth / width, (clientHeight / count - caption) / height);
    this.node.classList.toggle("above", count > 1 && width > 0 && above > 1.12 * beside);
  }

  settle() { if (this.view.fitted) this.fit(); else this.place(); }

  resized() { if (this.scene) this.settle(); }

  fit() {
    for (const port of this.ports) port.shift = [0, 0];
    this.flow();
    this.view.fit(this.size, this.pane);
  }

  actual() { this.view.fitted = false; this.view.set(1, this.view.x, this.view.y, this.size, this.pane); }

  zoom(factor, at = { x: this.pane.width / 2, y: this.pane.height / 2 }) {
    this.view.zoom(factor, at, this.size, this.pane);
  }

  /** Shows a region in each pane, at its place there. */
  goTo(number) {
    const region = this.scene.regions.find((one) => one.number === number);
    this.chosen = region ? number : 0;
    const box = region?.boxes.find(Boolean);
    if (!box) { this.place(); return; }
    for (const port of this.ports) {
      const own = region.boxes[port.indices.at(-1)];
      port.shift = own && this.scene.apart ? [centre(own)[0] - centre(box)[0], centre(own)[1] - centre(box)[1]] : [0, 0];
    }
    this.view.goTo(box, this.size, this.pane);
  }

  /** Puts pictures and marks where the view says. */
  place() {
    const { scale, x, y } = this.view;
    for (const port of this.ports) {
      const [dx, dy] = port.shift || [0, 0];
      port.canvas.style.transform = `translate(${Math.round(-(x + dx) * scale)}px, ${Math.round(-(y + dy) * scale)}px) scale(${scale})`;
      port.canvas.classList.toggle("crisp", scale >= 1.5);
      fill(port.marks, this.marked && this.marksOf(port, x + dx, y + dy, scale));
    }
    this.node.style.setProperty("--share", this.share);
    if (this.mode === "slider") {
      const cut = x + (this.share * this.pane.width) / scale;
      this.ports[0].canvas.style.setProperty("--cut", `${cut}px`);
      this.divider.style.left = `${this.share * 100}%`;
    }
    this.onView(scale);
  }

  marksOf(port, x, y, scale) {
    const index = port.indices.at(-1);
    return this.scene.regions.flatMap((region) => {
      const marks = [mark(region, region.boxes[index], "")];
      if (region.before && index !== this.scene.pair?.[0]) marks.push(mark(region, region.before, "before"));
      return marks.filter(Boolean);
    }).map(({ region, box, extra }) => el("button", {
      class: `mark ${extra} ${(box[1] - y) * scale < 20 ? "low" : ""} ${region.quiet ? "quiet" : ""} ${region.number === this.chosen ? "chosen" : ""}`,
      type: "button", tabindex: "-1", "data-region": region.number, title: region.label, "aria-label": region.label,
      style: {
        left: `${(box[0] - x) * scale}px`, top: `${(box[1] - y) * scale}px`,
        width: `${Math.max(2, box[2] * scale)}px`, height: `${Math.max(2, box[3] * scale)}px`,
      },
    }, !extra && el("span", {}, region.short || String(region.number))));
  }

  listen() {
    const { node } = this;
    node.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    node.addEventListener("pointerdown", (event) => this.drag(event));
    node.addEventListener("click", (event) => {
      const found = event.target.closest(".mark");
      if (found && !this.dragged) this.onRegion(Number(found.dataset.region));
    });
    node.addEventListener("dblclick", (event) => {
      if (event.target.closest(".port") && !event.target.closest(".mark")) this.zoom(2, this.at(event));
    });
  }

  at(event) {
    const box = event.target.closest(".port").getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  wheel(event) {
    if (!event.target.closest(".port")) return;
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 24 : 1;
    if (event.ctrlKey || event.metaKey) this.zoom(Math.exp(-event.deltaY * unit * 0.004), this.at(event));
    else {
      const across = event.shiftKey && !event.deltaX;
      this.view.pan(-(across ? event.deltaY : event.deltaX) * unit, across ? 0 : -event.deltaY * unit, this.size, this.pane);
    }
  }

  drag(event) {
    const frame = event.target.closest(".port");
    if (!frame || event.button !== 0) return;
    const box = frame.getBoundingClientRect();
    const slides = event.target.closest(".divider");
    this.dragged = false;
    const move = (now) => {
      if (slides) this.setShare((now.clientX - box.left) / box.width);
      else if (now.movementX || now.movementY) {
        this.dragged = true;
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

const gone = (text) => el("p", { class: "gone" }, text);

const centre = ([x, y, width, height]) => [x + width / 2, y + height / 2];

const mark = (region, box, extra) => box && { region, box, extra };
