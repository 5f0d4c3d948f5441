// Whether an element of a location case lies free: read together with location_page.js.
const rim = 6; // pixels that a template may show around its element
const inside = (box, other) => box.x > other.x - 0.5 && box.y > other.y - 0.5
  && box.right < other.right + 0.5 && box.bottom < other.bottom + 0.5;

// Whether nothing lies over an element, nor cuts it off.
function hit(element, box) {
  const whole = ancestors(element).every(up => up === document.body || up === root
    || getComputedStyle(up).overflow === "visible" || inside(box, up.getBoundingClientRect()));
  if (!whole) return false;
  const points = [[0.5, 0.5], [0.2, 0.5], [0.8, 0.5], [0.5, 0.25], [0.5, 0.75]];
  return points.every(([x, y]) => {
    const top = document.elementFromPoint(box.x + x * box.width, box.y + y * box.height);
    return top && (element.contains(top) || top.contains(element));
  });
}

const painted = element => {
  const style = getComputedStyle(element);
  const drawn = ["::before", "::after"].some(
    part => !["none", "normal"].includes(getComputedStyle(element, part).content));
  return drawn || element.matches("img, svg, video, canvas, input, select, textarea, button, i")
    || rgba(style.backgroundColor)[3] > 0 || style.backgroundImage !== "none"
    || ["top", "right", "bottom", "left"].some(
      side => style.getPropertyValue(`border-${side}-style`) !== "none");
};

const meet = (one, other) => Math.min(one.right, other.right) - Math.max(one.x, other.x) > 0.5
  && Math.min(one.bottom, other.bottom) - Math.max(one.y, other.y) > 0.5;

// Whether an element stands on its own ground, and nothing else reaches into its place.
function alone(element) {
  const own = element.getBoundingClientRect();
  const box = new DOMRect(own.x - rim, own.y - rim, own.width + 2 * rim, own.height + 2 * rim);
  const range = document.createRange();
  const ground = ancestors(element).find(up => up !== document.body && up !== root && painted(up));
  if (ground && !inside(own, ground.getBoundingClientRect())) return false;
  const others = [...document.body.querySelectorAll("*")].filter(other => shown(other)
    && !element.contains(other) && !other.contains(element));
  if (others.some(other => painted(other) && meet(other.getBoundingClientRect(), box))) return false;
  return [...others, ...ancestors(element)].every(other => [...other.childNodes].every(node => {
    if (node.nodeType !== 3 || !node.data.trim()) return true;
    range.selectNodeContents(node);
    return ![...range.getClientRects()].some(line => meet(line, box));
  }));
}

function ancestors(element) {
  const found = [];
  for (let up = element.parentElement; up; up = up.parentElement) found.push(up);
  return found;
}
