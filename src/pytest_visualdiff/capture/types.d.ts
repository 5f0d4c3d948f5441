// What the capture scripts are given, and the values that they pass on to each other and to Python.

/** The values that script.py hands to the joined scripts; `elements` are those that the caller named. */
declare const request: CaptureRequest;
declare const elements: Element[];

/** What a capture asks of the page: `CapturePage._install` writes it. */
interface CaptureRequest {
  /** The index of the target among `elements`; null for the page. */
  target: number | null;
  /** Whether the picture shows the whole page. */
  full: boolean;
  /** Whether animations, videos and animated images are stopped. */
  freeze: boolean;
  /** Whether images that load when they come into view are loaded now. */
  lazy: boolean;
  /** Whether shadow and outline of the target belong to the picture. */
  shadow: boolean;
  /** The width of scroll bars where a page can make them take room; null where it is not known yet. */
  bars: number | null;
  /** Whether the first look is thorough already. */
  thorough: boolean;
  /** Whether the script stays installed although nothing was changed. */
  keep: boolean;
  /** Style rules for the time of the picture, and the selectors among them that the caller wrote. */
  css: string;
  selectors: string[];
  mask: AreaEntry[];
  redact: AreaEntry[];
  region: AreaEntry[];
}

/** An area of the caller: a CSS selector, or indices of `elements`. */
type AreaEntry = { css: string; elements?: undefined } | { css?: undefined; elements: number[] };

/** What an area matches, and for each match that can be seen its rectangles; or why there is none. */
type AreaAnswer =
  | { matches: number; places: Rect[][] }
  | { problem: "invalid" | "missing" | "hidden" | "turned"; detail?: string };

/** What keeps a target from being seen as a whole: selectors and words for a message. */
type Obstacle =
  | { turned: string }
  | { empty: string }
  | { cut: string; name: string; whole: number[]; shown: number[] };

/** A rectangle in CSS pixels of the viewport of the outermost readable window. */
interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where the picture must have a colour. */
interface MarkPoint {
  x: number;
  y: number;
  colour: string;
  /** Where the whole mark is seen. */
  area: Rect;
}

/** A place in CSS pixels: x and y. */
type Point = [number, number];

/** The corners of a convex figure, going round. */
type Shape = Point[];

/** What is left of a shape, and which element cut it first; `turned` is a frame whose place cannot be told. */
interface Visible {
  shape: Shape;
  by: Element | null;
  turned: Element | null;
}

/** What is done to the contents of an element: a matrix, not exact where it depends on depth. */
interface Matrix {
  a: number;
  b: number;
  c: number;
  d: number;
  exact: boolean;
}

/** What has to be known of an ancestor: whether positioned elements stay inside, and what it cuts. */
interface AncestorBox {
  position: string;
  /** It has no box of its own (`display: contents`). */
  boxless: boolean;
  holdsFixed: boolean;
  holdsAbsolute: boolean;
  /** It is shown above everything else, out of its ancestors. */
  top: boolean;
  matrix: Matrix;
  /** What contents that stay inside are cut by. */
  cuts: Shape[];
  /** What all contents are cut by. */
  always: Shape[];
}

type View = Window & typeof globalThis;

/** A tree of elements of its own: a document or an open shadow root. */
type Root = Document | ShadowRoot;

/** What has to be undone at the end. `open` is false from then on: nothing more may be changed. */
type UndoList = (() => void)[] & { open?: boolean };

/** The installed script: its entry points, which `script.CALL` calls by name. */
interface InstalledCapture {
  look(thorough?: boolean): object;
  sweep(step: number): boolean;
  sweepEnd(): void;
  blame(boxes: Rect[]): string[];
  places(): object;
  prove(): { points: MarkPoint[]; decorated: Rect[] };
  unprove(): void;
  tile(left: number | null, top: number): number[];
  restore(): object | null;
}

interface Window {
  [KEY]?: InstalledCapture;
  /** Style sheets whose copy was tried: `done` once the copy was loaded or refused. */
  [FATES]?: WeakMap<HTMLLinkElement, { done: boolean }>;
}

interface PerformanceResourceTiming {
  /** What the server said the file is; Chromium tells. */
  contentType?: string;
}
