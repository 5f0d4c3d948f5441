/** Red, green, blue (0 to 255) and alpha (0 to 1). */
type Colour = [number, number, number, number];

interface Window {
  /** What shots.py calls. */
  locationCases: object;
}
