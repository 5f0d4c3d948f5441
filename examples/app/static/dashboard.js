// The clock moves each second; everything else is drawn once from fixed numbers.
const clock = document.getElementById("clock");
const two = (number) => String(number).padStart(2, "0");

function tick() {
  const now = new Date();
  clock.textContent = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(":");
}

function drawBars(canvas) {
  const values = canvas.dataset.values.split(" ").map(Number);
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = window.devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  const step = width / values.length;
  const top = Math.max(...values);
  values.forEach((value, index) => {
    const size = Math.round((value / top) * height);
    pen.fillStyle = index === values.length - 1 ? "#0c5a4c" : "#b7d6c9";
    pen.beginPath();
    pen.roundRect(Math.round(index * step) + 3, height - size, Math.round(step) - 6, size, [4, 4, 0, 0]);
    pen.fill();
  });
}

tick();
setInterval(tick, 1000);
const canvas = document.getElementById("weeks-chart");
drawBars(canvas);
window.addEventListener("resize", () => drawBars(canvas));
