// The values that the page's modules share. The first part is the content of the document, as
// content.py writes it from run.json; the second is what the page makes of it.

// ---------------------------------------------------------------- the content of the document

/** x, y, width and height in pixels of a picture. */
type Box = [number, number, number, number];

interface Content {
  /** A report only shows; on the review page, people decide. */
  mode: "report" | "review";
  /** Where paths of pictures start. */
  base: string;
  /** Where baselines are on the review server. */
  baselines?: string;
  run: RunFacts;
  /** The start of the command that accepts checks of this run. */
  approve: string;
  checks: Check[];
  journeys?: Journey[];
  history?: PastRun[];
  /** Limits that checks share, by the number that a check has in `limits`. */
  limits?: Record<number, Limits>;
  groups?: Group[];
  decisions?: Record<string, Decision>;
  /** Path → data URL, for a document that holds its pictures. */
  pictures?: Record<string, string>;
}

interface RunFacts {
  id: string;
  tool: string;
  started: string;
  finished: string;
  interrupted?: boolean;
  crashed?: boolean;
  flaky?: string[];
  /** What the run itself wrote to the baselines, by the id of the check. */
  approvals?: Record<string, Approval>;
}

interface Approval {
  written: boolean;
  error: string;
}

/** A limit of the comparison, and who set it. */
interface Limit {
  value: unknown;
  origin: string;
}

type Limits = Record<string, Limit>;

/** One verdict of run.json; see `Verdict` in Python. */
interface Check {
  id: string;
  status: string;
  test: string;
  name: string;
  key: string;
  variant: string;
  message: string;
  differences: Difference[];
  actual: string;
  expected: string;
  diff: string;
  frames: string[];
  attempt: number;
  duration: number;
  size: [number, number];
  limits: number;
  environment: Environment;
  baseline_environment: Environment;
  url: string;
  title: string;
  location: string;
  notes: string[];
  /** The picture that stands for the check; empty without one. */
  thumbnail: string;
  /** Empty for a check of a picture. */
  sweep?: Sweep | { pages?: undefined };
}

/** Where a picture was made: browser, browser_version, platform and so on, as far as known. */
type Environment = Record<string, string>;

interface Difference {
  kind: string;
  box: Box;
  confidence: number;
  detail: { offset?: [number, number]; scale?: unknown; from?: unknown; to?: unknown };
  message: string;
  /** Why it differs, the strongest first. */
  causes?: Cause[];
  /** Place and limit, in words. */
  words: string;
}

/** The element and the property behind a difference; see `Cause` in Python. */
interface Cause {
  selector: string;
  kind: string;
  name: string;
  before: string;
  after: string;
  box: Box;
  consequences: number;
  message: string;
}

/** A cause of a check, and the numbers of the regions that it explains. */
interface Reason {
  cause: Cause;
  numbers: number[];
  /** The element's box in each pane; null where it is not there. */
  boxes: (Box | null)[];
}

/** An element that is outlined in the pictures. */
interface Outline {
  label: string;
  boxes: (Box | null)[];
}

/** What a cross-browser check saw. */
interface Sweep {
  reference: string;
  pages: SweepPage[];
  findings: Finding[];
}

interface SweepPage {
  browser: string;
  browser_version: string;
  picture: string;
  size: [number, number];
  error: string;
}

interface Finding {
  number: number;
  kind: string;
  selector: string;
  browser: string;
  box: Box | null;
  /** The same element in the browser that it was compared with. */
  partner: { browser: string; box: Box } | null;
  message: string;
  confidence: number;
  consequences: number;
  known: boolean;
  until: string;
}

/** What a test did on the screen. */
interface Journey {
  test: string;
  browser: string;
  screen: string;
  outcome: string;
  steps: JourneyStep[];
}

interface JourneyStep {
  number: number;
  action: string;
  what: string;
  status: string;
  picture: string;
  size: [number, number];
  box: Box | null;
  point: [number, number] | null;
  template: string;
  confidence: number | null;
  required: number | null;
  runner_up: number | null;
  margin: number | null;
  duration: number;
  message: string;
  location: string;
}

/** An earlier run in short; for each key of a baseline its status and the differing share. */
interface PastRun {
  id: string;
  finished: string;
  open: number;
  largest: number;
  checks: Record<string, [status: string, share: number]>;
}

/** Checks that show the same change. */
interface Group {
  id: string;
  title: string;
  members: string[];
}

// ---------------------------------------------------------------- what the review server answers

/** What was decided on a check, by whom, when and why; `error` says why a wish was refused. */
interface Decision {
  state: string;
  who?: string;
  when?: string;
  why?: string;
  error?: string;
  /** Decided on this page just now. */
  now?: boolean;
}

type Decisions = Record<string, Decision>;

/** What a person can ask the server for. */
type Action = "approve" | "reject" | "undo";

/** What the log beside the baselines and git say of a baseline. */
interface BaselineHistory {
  log: { act: string; when: string; who?: string; why?: string }[];
  commits: [hash: string, who: string, when: string, subject: string][];
}

// ---------------------------------------------------------------- what the page makes of it

/** How a status or decision looks: its word, sign, tone and place in the list. */
interface Look {
  word: string;
  sign: IconName;
  tone: "good" | "bad" | "rest";
  order: number;
}

type IconName = keyof typeof import("./dom.js").ICONS;

/** A check or a journey, with what the list, the filters and the words need. */
type Entry = CheckEntry | JourneyEntry;

interface CommonEntry {
  id: string;
  index: number;
  kinds: string[];
  title: string;
  test: string;
  variant: string;
  browsers: string[];
  status: string;
  shown: Look;
  /** The sentence of the cause that explains most of it; empty where none is known. */
  cause: string;
  /** How many differences, new findings or failed steps it has. */
  count: number;
  flaky: boolean;
  group: Group | null;
  limits: Limits;
  approval: Approval | null;
  /** What a search looks in. */
  searchText: string;
}

interface CheckEntry extends CommonEntry {
  type: "check" | "sweep";
  check: Check;
  sweep: Sweep | null;
  journey?: undefined;
}

interface JourneyEntry extends CommonEntry {
  type: "journey";
  journey: Journey;
  check?: undefined;
  sweep?: undefined;
}

/** A row of the list: an entry, or the head of a group. */
type Row = EntryRow | GroupRow;

interface EntryRow {
  key: string;
  entry: Entry;
  members: Entry[];
  group: null;
  /** Shown below the head of its group. */
  inside: boolean;
}

interface GroupRow {
  key: string;
  entry: null;
  members: Entry[];
  group: Group;
  inside: false;
}

interface FilterValues {
  text: string;
  status: string;
  browser: string;
  kind: string;
  cause: string;
}

/** What changed in the state: the rows, the chosen row, or decisions. */
type Change = "rows" | "chosen" | "decided";

/** What the stage shows of a check, a cross-browser check or a step. */
interface Scene {
  panes: Pane[];
  /** The two panes that are compared. */
  pair: [number, number] | null;
  /** The picture of what differs. */
  drawn: Pane | null;
  /** The region that it opens on; 0 for the whole picture. */
  start?: number;
  /** Each pane goes to a region's place of its own. */
  apart?: boolean;
  regions: Region[];
}

interface Pane {
  title: string;
  note?: string;
  src: string;
}

interface Region {
  number: number;
  kind: string;
  label: string;
  /** What the mark says instead of the number. */
  short?: string;
  message?: string;
  /** Its box in each pane. */
  boxes: (Box | null)[];
  /** Where it was on the baseline, if it moved. */
  before?: Box | null;
  /** Known already. */
  quiet?: boolean;
}

interface Size {
  width: number;
  height: number;
}

interface Point {
  x: number;
  y: number;
}

/** One pane of the stage in the document. */
interface Port {
  node: HTMLElement;
  title: HTMLElement;
  canvas: HTMLElement;
  marks: HTMLElement;
  frame: HTMLElement;
  /** The panes of the scene that it shows. */
  indices: number[];
  width: number;
  height: number;
  /** How far its region lies from that of the first pane. */
  shift: [number, number];
}

/** A row of the table of keys. */
interface KeyRow {
  keys: string[];
  shown: string[];
  help?: string;
  act: (event: KeyboardEvent) => unknown;
}

/** A point of a plot. */
interface PlotPoint {
  label: string;
  value: number;
  tone?: string;
}

// ---------------------------------------------------------------- building the document

/** What an element may hold; nothing is shown for what is no text and no node. */
type Child = Node | string | number | boolean | null | undefined | readonly Child[];

/** Attributes of an element; `on…` are listeners. */
interface Attributes {
  [name: string]: string | number | boolean | null | undefined | Record<string, string> | ((event: never) => void);
  style?: Record<string, string>;
  onclick?: (event: MouseEvent) => void;
  onkeydown?: (event: KeyboardEvent) => void;
  onchange?: (event: Event) => void;
  oninput?: (event: Event) => void;
  onscroll?: (event: Event) => void;
  onsubmit?: (event: Event) => void;
}
