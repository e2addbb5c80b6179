// Plan checks: tell that the work goes on, and bring the line of a finding near.  Without this the links still lead to the line.

const form = document.querySelector(".check-form");
form?.addEventListener("submit", () => {
  form.querySelector(".said").textContent = form.dataset.waiting;
  form.querySelector("button[type=submit]").setAttribute("aria-disabled", "true");
});
window.addEventListener("pageshow", () => form?.querySelector("button[type=submit]").removeAttribute("aria-disabled"));

const plan = document.querySelector("svg.plan");
const whole = plan?.getAttribute("viewBox");
const tools = document.querySelector("[data-tools]");
const back = tools?.querySelector("[data-back]");
const ROOM = 0.35; // of the drawing's width and height that stays in sight around a small place

function extentOf(place) {
  const boxes = [...place.querySelectorAll("path")].map((path) => path.getBBox());
  const left = Math.min(...boxes.map((box) => box.x)), top = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width)), bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function bringNear(place) {
  if (!plan.checkVisibility()) return; // the map is shown in its stead
  const box = extentOf(place);
  const [, , width, height] = whole.split(" ").map(Number);
  const share = Math.max(box.width / width, box.height / height, ROOM);
  const seen = Math.min(share * 1.3, 1);
  const wide = width * seen, high = height * seen;
  const x = Math.min(Math.max(box.x + box.width / 2 - wide / 2, 0), width - wide);
  const y = Math.min(Math.max(box.y + box.height / 2 - high / 2, 0), height - high);
  plan.setAttribute("viewBox", `${x} ${y} ${wide} ${high}`);
}

function showTools(number) {
  back.textContent = back.dataset.words.replace("{number}", number);
  back.href = `#finding-${number}`;
  tools.hidden = false;
}

function chosen() {
  return /^#place-\d+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
}

function follow() {
  const place = chosen();
  if (!place) return;
  bringNear(place);
  showTools(place.id.slice("place-".length));
  plan.closest("figure").scrollIntoView({ block: "nearest" });
  back.focus({ preventScroll: true }); // whoever came by keyboard goes back by Enter
}

function openAround() { // what lies folded is unfolded before it is led to
  const led = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  if (!led || location.hash.startsWith("#place-")) return;
  const folded = [led.closest("details:not([open])"), led.querySelector(":scope > details.point:not([open])")].filter(Boolean);
  for (const each of folded) each.open = true;
  if (folded.length) led.scrollIntoView();
}

if (plan && tools) {
  tools.querySelector("[data-whole]").addEventListener("click", () => {
    plan.setAttribute("viewBox", whole);
    tools.hidden = true;
  });
  window.addEventListener("hashchange", follow);
  window.addEventListener("sketch-shown", () => { if (chosen()) bringNear(chosen()); });
  follow();
}
window.addEventListener("hashchange", openAround);
openAround();
