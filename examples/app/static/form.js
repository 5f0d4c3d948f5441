// Own error texts in place of the browser's bubbles, and a spinner while "sending".
const form = document.getElementById("order");
const seats = document.getElementById("seats");
const alertIcon = '<svg class="icon" aria-hidden="true"><use href="#i-alert"/></svg>';
const spinnerTime = 1500;

form.noValidate = true;
for (const field of form.elements) {
  const hint = document.getElementById(field.getAttribute("aria-describedby"));
  if (hint) {
    field.dataset.hint = hint.innerHTML;
    field.dataset.look = hint.className;
  }
}

function show(field) {
  const hint = document.getElementById(field.getAttribute("aria-describedby"));
  if (!hint || !hint.dataset.error) return;
  const wrong = !field.validity.valid;
  field.toggleAttribute("aria-invalid", wrong);
  if (wrong) field.setAttribute("aria-invalid", "true");
  hint.className = wrong ? "hint error" : field.dataset.look;
  hint.innerHTML = wrong ? alertIcon + hint.dataset.error : field.dataset.hint;
}

function sending(on) {
  document.getElementById("spinner").hidden = !on;
  document.getElementById("submit").disabled = on;
  document.getElementById("submit-label").textContent = on ? "One moment" : "Start free trial";
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  for (const field of form.elements) show(field);
  const first = [...form.elements].find((field) => field.willValidate && !field.validity.valid);
  if (first) {
    first.focus();
    return;
  }
  sending(true);
  setTimeout(() => {
    sending(false);
    document.getElementById("done").textContent = "Welcome aboard. Your trial runs until 1 May.";
  }, spinnerTime);
});

form.addEventListener("change", (event) => show(event.target));
seats.addEventListener("input", () => {
  document.getElementById("seats-shown").textContent = seats.value;
  seats.style.setProperty("--fill", ((seats.value - 1) / 4) * 100 + "%");
});
