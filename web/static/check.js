// Plan checks: tell how far the work is, and bring the line of a finding near.  Without this the links still lead to the line.

const form = document.querySelector(".check-form");
const said = form?.querySelector(".said");
const shown = form?.querySelector("[data-progress]");

form?.addEventListener("submit", (event) => {
  said.textContent = form.dataset.waiting;
  said.classList.remove("is-wrong");
  form.querySelector("button[type=submit]").setAttribute("aria-disabled", "true");
  if (!shown || !window.TextDecoderStream) return; // then the form is sent as any form is
  event.preventDefault();
  send().catch(() => form.submit());
});
window.addEventListener("pageshow", () => rest());

function rest() {
  form?.querySelector("button[type=submit]").removeAttribute("aria-disabled");
  if (shown) shown.hidden = true;
}

async function send() { // what is wrong with the question itself is told on the page of the error, so the form is sent again
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { accept: "application/x-ndjson" } });
  if (!answer.ok || !answer.headers.get("content-type")?.startsWith("application/x-ndjson")) return form.submit();
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let left = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (left + part.value).split("\n");
    left = lines.pop();
    for (const line of lines) if (line) follows(JSON.parse(line));
  }
}

let step = "";

function follows(line) {
  if (line.location) return location.assign(line.location);
  if (line.error) { refused(line); return rest(); }
  shown.hidden = false;
  shown.querySelector("progress").value = line.share;
  shown.querySelector("[data-counted]").textContent = `${Math.round(line.share * 100)} % – ${line.words}`;
  if (line.step !== step) said.textContent = line.words; // whoever listens hears each step once
  step = line.step;
}

function refused({ error, english }) { // in the page's language, and then what exactly is wrong, as on the page of an error
  said.textContent = error;
  said.classList.add("is-wrong");
  if (!english) return;
  const detail = Object.assign(document.createElement("span"), { lang: "en", className: "small under", textContent: english });
  said.append(detail);
}

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
