/** x, y, width and height in CSS pixels of the viewport. */
type Box = [number, number, number, number];

interface Window {
  /** What studio.py calls. */
  visualMutations: object;
}
