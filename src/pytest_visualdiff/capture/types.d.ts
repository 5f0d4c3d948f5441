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
  /** The width of scroll bars that take room; null where it is not known yet. */
  bars: number | null;
  /** Whether the first look is thorough already. */
  thorough: boolean;
  /** Whether the script stays installed although nothing was changed. */
  keep: boolean;
  mask: AreaEntry[];
  redact: AreaEntry[];
  region: AreaEntry[];
}

/** An area of the caller: a CSS selector, or the index of one of `elements`. */
type AreaEntry = { css: string; element?: undefined } | { css?: undefined; element: number };

/** The visible rectangles of an area, or why there are none. */
type AreaAnswer = { rects: Rect[] } | { problem: "invalid" | "missing" | "hidden"; detail?: string };

/** A rectangle in CSS pixels of the viewport of the outermost readable window. */
interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
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
