// What layout.js is given, and the values that it works with.

/** The values that page_layout.py hands to the script. */
declare const properties: string[];
/** How many elements are read at most. */
declare const most: number;
/** For a check: also what is generated, hidden elements, custom properties; the page is not scrolled. */
declare const detailed: boolean;

type View = Window & typeof globalThis;

/** A tree of elements of its own: a document or an open shadow root. */
type Root = Document | ShadowRoot;

/** Left, top, right and bottom. */
type Edges = [number, number, number, number];

/** How an element belongs to its parent. 0: child, 1: in its shadow root, 2: in its frame's document. */
type Kind = 0 | 1 | 2;

/** What an element passes on to what is inside of it. Measures are CSS pixels of the page. */
interface Context {
  document: Document;
  view: View;
  /** Where the viewport of this document lies on the page. */
  x: number;
  y: number;
  /** Where ancestors clip an element, and where they clip an absolutely positioned one. */
  clip: Edges;
  absolute: Edges;
  /** Where scrolling ancestors show an element without being scrolled. */
  window: Edges;
  /** How much shines through, as a share. */
  alpha: number;
  /** It, or an ancestor, is fixed to the window or sticks to it. */
  fixed: boolean;
  /** The row of the parent element. */
  number: number;
  /** What the rules of the page can tell the parent element by. */
  key: number;
  /** The rules of this document or shadow root. */
  rules: Rules;
}

/** One step of the walk: the children of a node, or an element of them. */
type Step =
  | { root: ParentNode; context: Context; parent: number; kind: Kind }
  | { node: Element; nth: number; context: Context; parent: number; kind: Kind };
