// What a page shows, told without the engine that is measured: every element under a name that
// survives the fault (its path in the untouched page), with its rectangle on the page.

const SKIP = new Set(["SCRIPT", "STYLE", "LINK", "META", "NOSCRIPT", "TEMPLATE", "BR", "OPTION", "HEAD", "TITLE"]);
const names = new WeakMap();
const nodes = new Map();

function pathOf(node) {
  const steps = [];
  for (let at = node; at && at !== document.documentElement; at = at.parentElement) {
    steps.unshift(`${at.localName}:${[...at.parentElement.children].indexOf(at) + 1}`);
  }
  return steps.join(">") || "html";
}

function remember() {
  for (const node of [document.documentElement, ...document.documentElement.querySelectorAll("*")]) {
    const path = pathOf(node);
    names.set(node, path);
    nodes.set(path, node);
  }
}

const css = (node, pseudo) => getComputedStyle(node, pseudo);

const rect = (node) => {
  const { left, top, width, height } = node.getBoundingClientRect();
  return [left + scrollX, top + scrollY, width, height];
};

function shown(node) {
  for (let at = node; at && at.nodeType === 1; at = at.parentElement) {
    const style = css(at);
    if (Number(style.opacity) < 0.1 || style.visibility !== "visible") return false;
  }
  return true;
}

const round = (box) => box.map((one) => Math.round(one * 100) / 100);

// {path: [x, y, width, height]} of what takes room, in CSS pixels of the page.
function boxes() {
  const found = {};
  for (const [path, node] of nodes) {
    if (SKIP.has(node.tagName) || node.ownerSVGElement || !node.isConnected) continue;
    const box = rect(node);
    if (box[2] > 0 && box[3] > 0 && css(node).visibility === "visible") found[path] = round(box);
  }
  return found;
}

function page() {
  const root = document.scrollingElement || document.documentElement;
  return [root.scrollWidth, root.scrollHeight];
}

// The names of the elements of a layout, "" for one that has none; a row is the index of the
// parent, the tag, the number among siblings of that tag, and 1 in a shadow root, 2 in a frame.
function resolve(rows) {
  const found = [];
  for (const [parent, tag, nth, root] of rows) {
    const above = parent < 0 ? document : found[parent];
    const around = above && (root === 1 ? above.shadowRoot : root === 2 ? above.contentDocument : above);
    let left = nth, node = around && around.firstElementChild;
    while (node && !(node.localName === tag && --left === 0)) node = node.nextElementSibling;
    found.push(node || null);
  }
  return found.map((node) => (node && names.get(node)) || "");
}
