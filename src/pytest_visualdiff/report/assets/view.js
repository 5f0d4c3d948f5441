// Where panes look: one scale and one corner for all of them, so that pictures move in step.

const LEAST_MARGIN = 16; // pixels of the picture around a box that is shown at 1:1
const LARGEST_CHOICE = 2; // the scale that the page itself chooses at most; people may go on
const LARGEST_SCALE = 24; // screen pixels for a pixel of the picture
const MARGIN = 28; // screen pixels of ground that may be seen beside a picture
const GLIDE_TIME = 160; // milliseconds

/** Scale and top left corner (pixels of the picture) of all panes of a stage. */
export class View {
  /** @param {() => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    /** The number of the animation frame that glides on; 0 for none. */
    this.running = 0;
    this.scale = 1;
    this.x = 0;
    this.y = 0;
    this.fitted = true;
  }

  /**
   * Shows the whole picture, or its full width where it is much taller than the pane.
   *
   * @param {Size} picture
   * @param {Size} pane
   */
  fit(picture, pane) {
    this.fitted = true; // also where the picture is not there yet: it is fitted once it is
    if (!picture.width || !pane.width) return;
    const whole = Math.min(pane.width / picture.width, pane.height / picture.height);
    const wide = pane.width / picture.width;
    this.set(Math.min(1, whole >= 0.42 * Math.min(1, wide) ? whole : wide), 0, 0, picture, pane);
  }

  /**
   * Looks somewhere at once; what still glides stops.
   *
   * @param {number} scale
   * @param {number} x
   * @param {number} y
   * @param {Size} picture
   * @param {Size} pane
   */
  set(scale, x, y, picture, pane) {
    cancelAnimationFrame(this.running);
    this.scale = Math.min(LARGEST_SCALE, Math.max(0.02, scale));
    const gap = MARGIN / this.scale;
    this.x = corner(x, picture.width, pane.width / this.scale, gap);
    this.y = corner(y, picture.height, pane.height / this.scale, gap, 0);
    this.onChange();
  }

  /**
   * Scales about a point of the pane (screen pixels).
   *
   * @param {number} factor
   * @param {Point} at
   * @param {Size} picture
   * @param {Size} pane
   */
  zoom(factor, at, picture, pane) {
    const scale = Math.min(LARGEST_SCALE, Math.max(0.02, this.scale * factor));
    const x = this.x + at.x / this.scale - at.x / scale;
    const y = this.y + at.y / this.scale - at.y / scale;
    this.fitted = false;
    this.set(scale, x, y, picture, pane);
  }

  /**
   * Moves the picture by so many screen pixels.
   *
   * @param {number} dx
   * @param {number} dy
   * @param {Size} picture
   * @param {Size} pane
   */
  pan(dx, dy, picture, pane) {
    this.fitted = false;
    this.set(this.scale, this.x - dx / this.scale, this.y - dy / this.scale, picture, pane);
  }

  /**
   * Goes to a box so that it fills a good part of the pane.
   *
   * @param {Box} box
   * @param {Size} picture
   * @param {Size} pane
   * @param {boolean} glide whether it is seen how the view gets there
   */
  goTo([x, y, width, height], picture, pane, glide = true) {
    const margin = Math.max(48, 0.35 * Math.max(width, height));
    const room = Math.min(LARGEST_CHOICE, pane.width / (width + 2 * margin), pane.height / (height + 2 * margin));
    const fits = width + 2 * LEAST_MARGIN <= pane.width && height + 2 * LEAST_MARGIN <= pane.height;
    const scale = room >= 1 || !fits ? Math.min(room, Math.max(1, Math.floor(room))) : 1; // whole pixels, or as small as needed
    const target = {
      scale,
      x: x + width / 2 - pane.width / scale / 2,
      y: y + height / 2 - pane.height / scale / 2,
    };
    this.fitted = false;
    if (!glide || matchMedia("(prefers-reduced-motion: reduce)").matches) this.set(target.scale, target.x, target.y, picture, pane);
    else this.glide(target, picture, pane);
  }

  /**
   * Moves and scales there over some frames.
   *
   * @param {Point & { scale: number }} target
   * @param {Size} picture
   * @param {Size} pane
   */
  glide(target, picture, pane) {
    const from = { scale: this.scale, x: this.x, y: this.y };
    const start = performance.now();
    const step = (/** @type {number} */ now) => {
      const time = Math.min(1, Math.max(0, (now - start) / GLIDE_TIME));
      const share = 1 - (1 - time) ** 3;
      const scale = from.scale * (target.scale / from.scale) ** share;
      const between = from.scale === target.scale ? share : (1 / scale - 1 / from.scale) / (1 / target.scale - 1 / from.scale);
      this.set(scale, from.x + (target.x - from.x) * between, from.y + (target.y - from.y) * between, picture, pane);
      if (time < 1) this.running = requestAnimationFrame(step);
    };
    this.running = requestAnimationFrame(step);
  }
}

/**
 * Where a pane starts: a smaller picture lies at `small`, a larger one leaves a small gap at most.
 *
 * @param {number} at
 * @param {number} picture
 * @param {number} pane
 * @param {number} gap
 * @param {number} small
 */
function corner(at, picture, pane, gap, small = (picture - pane) / 2) {
  if (picture <= pane) return small;
  return Math.min(picture - pane + gap, Math.max(-gap, at));
}
