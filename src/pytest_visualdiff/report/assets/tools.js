// The bar above the stage: way of looking, zoom, regions.

import { el, fill } from "./dom.js";
import { MODES } from "./stage.js";

/**
 * @typedef {import("./stage.js").Mode} Mode
 * @typedef {import("./stage.js").Stage} Stage
 */

/** Buttons for what the stage can do; kept in step with it. */
export class Tools {
  /** @param {Stage} stage */
  constructor(stage) {
    this.stage = stage;
    this.modes = el("div", { class: "segments", role: "radiogroup", "aria-label": "Way of looking", onkeydown: (event) => this.arrow(event) });
    this.share = el("input", {
      type: "range", min: "0", max: "1", step: "0.01", "aria-label": "How much of this run is shown",
      oninput: () => stage.setShare(Number(this.share.value)),
    });
    this.percent = el("span", { class: "percent" });
    this.marks = el("button", { type: "button", class: "quiet", title: "Show or hide regions (D)", "aria-pressed": "true", onclick: () => this.toggleMarks() }, "Regions");
    const zoom = el("div", { class: "zoom" },
      el("button", { type: "button", class: "quiet", title: "Smaller (−)", "aria-label": "Smaller", onclick: () => stage.zoom(1 / 1.5) }, "−"),
      this.percent,
      el("button", { type: "button", class: "quiet", title: "Larger (+)", "aria-label": "Larger", onclick: () => stage.zoom(1.5) }, "+"),
      el("button", { type: "button", class: "quiet", title: "Whole picture (0)", onclick: () => this.fit() }, "Fit"),
      el("button", { type: "button", class: "quiet", title: "One pixel for each pixel (9)", onclick: () => stage.fullSize() }, "1:1"));
    this.node = el("div", { class: "tools" }, this.modes, this.share, el("span", { class: "space" }), this.marks, zoom);
  }

  /** Offers what makes sense for the scene that the stage shows. */
  update() {
    const { stage } = this;
    const offered = stage.modes;
    fill(this.modes, offered.length > 1 && offered.map((mode) => {
      const on = stage.mode === mode;
      const digit = Object.keys(MODES).indexOf(mode) + 1;
      return el("button", {
        type: "button", role: "radio", "aria-checked": String(on), tabindex: on ? "0" : "-1", "data-mode": mode,
        title: `${MODES[mode]} (${digit})`, "aria-keyshortcuts": digit, onclick: () => this.setMode(mode),
      }, MODES[mode]);
    }));
    this.share.hidden = !["slider", "onion"].includes(stage.mode);
    this.share.value = String(stage.share);
    this.marks.hidden = !stage.scene?.regions.length;
  }

  /**
   * Looks in another way; the keyboard stays where it was.
   *
   * @param {Mode} mode
   */
  setMode(mode) {
    const inside = this.modes.contains(document.activeElement);
    this.stage.setMode(mode);
    this.update();
    if (inside) /** @type {HTMLElement | null} */ (this.modes.querySelector("[aria-checked=true]"))?.focus();
  }

  /**
   * Goes from one way of looking to the next, as in any group of radio buttons.
   *
   * @param {KeyboardEvent} event
   */
  arrow(event) {
    const by = Number(/^Arrow(Right|Down)$/.test(event.key)) - Number(/^Arrow(Left|Up)$/.test(event.key));
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const offered = this.stage.modes;
    this.setMode(offered[(offered.indexOf(this.stage.mode) + by + offered.length) % offered.length]);
  }

  /** Shows or hides the regions. */
  toggleMarks() {
    this.stage.marksShown = !this.stage.marksShown;
    this.marks.setAttribute("aria-pressed", String(this.stage.marksShown));
    this.stage.place();
  }

  /** Shows the whole picture, and no region in particular. */
  fit() {
    this.stage.chosen = 0;
    this.stage.fit();
  }

  /** @param {number} scale */
  showScale(scale) {
    this.percent.textContent = `${Math.round(scale * 100)} %`;
  }
}
