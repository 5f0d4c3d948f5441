// What the Python side calls: candidates of a kind, apply one, and undo it.

const ALL = { ...TEXT, ...LAYOUT, ...COLOUR, ...BORDER, ...VISIBILITY, ...PICTURE, ...PIXELS };
let known = null;
let picked = [];
let ready = null;

// The page's own clocks are stopped later on; this one goes on.
const frame = window.requestAnimationFrame.bind(window);
const settled = () => new Promise((done) => frame(() => frame(done)));

// Up to "most" elements that fit, in an order of the seed, with what the caller must decide for.
function pick(kind, strength, seed, most) {
  const entry = ALL[kind], rng = random(seed);
  known = known || visibleElements();
  picked = [];
  if (entry.page) {
    if (entry.fits()) picked = Array(most).fill(document.body);
    return picked.map((node, index) => ({ index, box: [0, 0, innerWidth, innerHeight] }));
  }
  const answers = [];
  for (const node of shuffled(known, rng)) {
    if (answers.length >= most) break;
    let fit = null;
    try { fit = entry.fits(node, strength); } catch (error) { fit = null; }
    if (!fit) continue;
    answers.push({ index: picked.length, box: rect(node), colour: fit.colour || null, under: fit.under || null, path: describe(node) });
    picked.push(node);
  }
  return answers;
}

function describe(node) {
  const name = typeof node.className === "string" && node.className.trim() ? `.${node.className.trim().split(/\s+/)[0]}` : "";
  return (node.tagName.toLowerCase() + (node.id ? `#${node.id}` : name)).slice(0, 50);
}

// The first half of a kind whose first screenshot needs something as well; true if it has one.
async function before(kind, strength, seed) {
  const entry = ALL[kind];
  if (!entry.before) return false;
  ready = entry.before(strength, random(seed));
  await settled();
  return true;
}

async function apply(kind, index, strength, seed, values) {
  const entry = ALL[kind], node = picked[index], geometry = everything();
  let done = null;
  try {
    done = await entry.change(node, strength, random(seed ^ 0x5bd1e995), values || {}, ready);
  } catch (error) {
    return { error: String(error) };
  }
  await settled();
  const now = done.now();
  if (entry.right && !entry.right(node, now)) return { error: "not as meant" };
  const [old, fresh] = [done.old, now].map((list) => list.filter(meets));
  return { old, now: fresh, moved: moved(geometry), note: done.note || "", whole: !now.length || now.every(meets) };
}

async function undo() {
  while (tape.length) tape.pop()();
  ready = null;
  await settled();
}

Object.defineProperty(window, "visualMutations", { value: { pick, before, apply, undo, everything: () => [...everything().values()], texts: () => textRects(document.body).filter(meets) }, configurable: true });
