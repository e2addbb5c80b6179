// The page of a visit on a telephone: it keeps itself, what is told and every photograph, shows how far the plot is, and sends
// when there is a line.  Without this module the form sends everything at once.
import { metresTo } from "./visit_distance.js";
import * as kept from "./visit_entries.js";
import { NoLine, Refusal, send } from "./visit_send.js";

const told = JSON.parse(document.getElementById("visit-told").textContent);
const { words } = told;
const form = document.getElementById("visit");
const $ = (id) => document.getElementById(id);
const FRESH = 60_000;
const PAUSES = [2, 3, 5, 10, 20, 30, 60];
const CACHE = "visits-1";
const OLD = 7 * 24 * 3600 * 1000;
let entry = null;
let fix = null;
let writing = Promise.resolve();
let tries = 0;
let next = 0;

const canKeep = window.isSecureContext && "indexedDB" in window && "crypto" in window && crypto.subtle;
if (canKeep) begin().catch(cannotKeep);

async function begin() {
  await kept.entries(); // a browser that keeps nothing says so here, and the plain form stays
  $("offline").hidden = $("here").hidden = false;
  form.elements.photo.multiple = false;
  form.elements.photo.setAttribute("capture", "environment");
  form.addEventListener("input", changed);
  form.addEventListener("submit", finish);
  $("photo").addEventListener("change", taken);
  $("send-now").addEventListener("click", () => sendAll());
  $("forget").addEventListener("click", forget);
  $("locate").addEventListener("click", watch);
  window.addEventListener("online", () => {
    tries = 0;
    sendAll();
  });
  window.addEventListener("offline", () => showLine());
  await restore();
  await show();
  keepPage().catch(() => ($("kept").textContent = words.page_not_kept));
  navigator.permissions?.query({ name: "geolocation" }).then((answer) => answer.state === "granted" && watch(), () => {});
  navigator.storage?.persist?.();
  await sendAll();
}

function cannotKeep() {
  $("offline").hidden = $("here").hidden = true;
}

// The page and all that it loaded go into a cache of their own; a worker for this page alone opens them without a line.
async function keepPage() {
  await navigator.serviceWorker.register("/static/visit_worker.js", { scope: location.pathname });
  const cache = await caches.open(CACHE);
  const loaded = performance.getEntriesByType("resource").map((each) => new URL(each.name));
  const own = loaded.filter((each) => each.origin === location.origin && each.pathname.startsWith("/static/"));
  const addresses = new Set(own.map((each) => each.href));
  if (navigator.onLine) {
    await cache.addAll([...addresses]);
    const page = await fetch(location.href);
    if (page.ok && !page.redirected) await cache.put(location.href, page);
  }
  const found = await cache.match(location.href, { ignoreVary: true });
  $("kept").textContent = found ? words.page_kept : words.page_not_kept;
}

async function mine() {
  const all = await kept.entries();
  return all.filter((each) => each.person === told.person && each.town === told.town);
}

async function restore() {
  const open = (await mine()).filter((each) => each.state === "open" && each.number === told.number && each.stage === told.stage);
  entry = open.sort((a, b) => a.begun.localeCompare(b.begun)).at(-1) ?? null;
  if (!entry) return;
  for (const [point, seen] of Object.entries(entry.drafted)) {
    const field = form.elements[point];
    if (field) field.value = seen;
  }
  demand();
}

function fresh() {
  return {
    id: crypto.randomUUID(), person: told.person, town: told.town, number: told.number, stage: told.stage,
    edition: told.edition, begun: new Date().toISOString(), ended: null, state: "open", drafted: {}, answers: {}, words: "",
    fix: null, photos: [],
  };
}

// Every word is on the telephone's disk before the next one is written.
function changed() {
  demand();
  entry ??= fresh();
  const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !["visit", "begun", "stage"].includes(name));
  entry.drafted = Object.fromEntries(fields);
  return write(() => kept.keep(entry));
}

function write(work) {
  writing = writing.then(work).catch(() => ($("said").textContent = words.not_kept));
  return writing;
}

// Where something is not as planned, words are needed.
function demand() {
  for (const point of form.querySelectorAll("[data-point]")) {
    const name = point.dataset.point;
    form.elements[`words-${name}`].required = form.elements[`said-${name}`].value === "no";
  }
}

async function taken() {
  const [file] = $("photo").files;
  if (!file) return;
  $("said").textContent = words.keeping;
  entry ??= fresh();
  const visit = entry;
  const now = new Date().toISOString();
  const bytes = await file.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  $("photo").value = "";
  $("said").textContent = "";
  if (visit.photos.some((each) => each.sha256 === sha256)) return;
  const title = `${told.title} ${visit.photos.length + 1}`;
  const photo = { sha256, name: file.name || "photo.jpg", title, caption: "", taken: now, fix: await position() };
  visit.photos = [...visit.photos, photo];
  await write(() => kept.keepPhoto(visit, { visit: visit.id, sha256, bytes, upload: null }));
  await show();
}

async function finish(event) {
  event.preventDefault();
  const fields = new FormData(form);
  const answers = {};
  for (const point of form.querySelectorAll("[data-point]")) {
    const name = point.dataset.point;
    const length = (fields.get(`measure-${name}`) ?? "").trim().replace(",", ".");
    const field = form.elements[`measure-${name}`];
    field?.setCustomValidity(length === "" || Number.isFinite(Number(length)) ? "" : words.not_a_length);
    if (field && !field.reportValidity()) return;
    answers[name] = { said: fields.get(`said-${name}`), measure: length === "" ? null : Number(length), words: fields.get(`words-${name}`).trim() };
  }
  await changed();
  const place = await position();
  Object.assign(entry, { answers, words: fields.get("words").trim(), fix: place, ended: new Date().toISOString(), state: "ready" });
  await write(() => kept.keep(entry));
  entry = null;
  form.reset();
  demand();
  $("said").textContent = words.finished;
  await sendAll();
}

// One tab sends at a time; the service would not mind two, but the telephone's line would.  Who comes while another is at it looks again
// later: a line may come back just as the other gives up.
function sendAll() {
  const work = async (lock) => {
    if (lock) await sendInTurn();
    else tryAgain();
    await show();
  };
  return navigator.locks ? navigator.locks.request("visits", { ifAvailable: true }, work) : work(true);
}

async function sendInTurn() {
  const ready = (await mine()).filter((each) => each.state === "ready");
  for (const each of ready.sort((a, b) => a.ended.localeCompare(b.ended))) {
    try {
      await send(each, { words, refused: told.refused, progress: (has) => progress(each, has) });
    } catch (error) {
      if (error instanceof NoLine) {
        each.trouble = words.waits;
        await kept.keep({ ...each });
        tryAgain();
        return;
      }
      if (!(error instanceof Refusal)) throw error;
      each.trouble = error.message;
      await kept.keep({ ...each });
    }
  }
}

// A line that has just come back, or a service that was away, tells nobody: it is tried again, less and less often.
function tryAgain() {
  clearTimeout(next);
  if (!navigator.onLine) return;
  next = setTimeout(() => sendAll(), PAUSES[Math.min(tries, PAUSES.length - 1)] * 1000);
  tries += 1;
}

async function progress(each, has) {
  tries = 0;
  const arrived = has.photos.filter((photo) => photo.arrived).length;
  each.trouble = fill(words.part_sent, { arrived, all: has.photos.length });
  await kept.keep({ ...each });
  await show();
}

async function show() {
  showLine();
  showPhotos();
  const all = await mine();
  const others = (await kept.entries()).filter((each) => each.person !== told.person && each.state !== "sent").length;
  const lines = all.filter((each) => each.state !== "open").sort((a, b) => b.ended.localeCompare(a.ended)).map(line);
  if (others) lines.push(item(fill(words.of_others, { count: others })));
  $("waiting").replaceChildren(...lines);
  $("send-now").hidden = !all.some((each) => each.state === "ready");
  for (const each of all) if (each.state === "sent" && Date.now() - Date.parse(each.sent) > OLD) await kept.drop(each);
}

function line(each) {
  const at = new Date(each.ended).toLocaleString(document.documentElement.lang);
  const state = each.state === "sent" ? words.sent : (each.trouble ?? words.waits);
  const shown = item(`${each.number}, ${at}: ${state}`);
  shown.dataset.state = each.state;
  for (const photo of each.state === "sent" ? each.has.photos : []) {
    if (!["on_plot", "within_accuracy"].includes(photo.verdict)) shown.append(document.createElement("br"), verdict(photo));
  }
  if (each.state === "ready" && each.number === told.number) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "link-button", textContent: words.reopen });
    button.addEventListener("click", () => reopen(each));
    shown.append(" ", button);
  }
  return shown;
}

function verdict(photo) {
  return fill(words[`photo_${photo.verdict}`], { metres: Math.round(photo.distance ?? 0) });
}

// Taken back for mending under a new name: the service may have the old one already, and keeps it.
async function reopen(each) {
  const again = { ...each, id: crypto.randomUUID(), state: "open", ended: null, trouble: undefined };
  for (const photo of each.photos) {
    const held = await kept.file(each.id, photo.sha256);
    if (held) await kept.keepFile({ ...held, visit: again.id, upload: null });
  }
  await kept.keep(again);
  await kept.drop(each);
  form.reset();
  await restore();
  await show();
}

function showPhotos() {
  const list = (entry?.photos ?? []).map((photo, place) => {
    const shown = item(`${place + 1}. ${photo.fix ? standing(photo.fix) : words.photo_no_position}`);
    const button = Object.assign(document.createElement("button"), { type: "button", className: "link-button", textContent: words.remove });
    button.setAttribute("aria-label", `${words.remove}: ${photo.title}`);
    button.addEventListener("click", async () => {
      entry.photos = entry.photos.filter((each) => each !== photo);
      await write(() => kept.dropPhoto(entry, photo.sha256));
      await show();
    });
    shown.append(" ", button);
    return shown;
  });
  $("photos").replaceChildren(...list);
}

function showLine() {
  $("line").textContent = navigator.onLine ? words.on_line : words.off_line;
}

function item(text) {
  return Object.assign(document.createElement("li"), { textContent: text });
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function watch() {
  if (!navigator.geolocation || watch.is) return;
  watch.is = true;
  $("where").textContent = words.locating;
  navigator.geolocation.watchPosition(located, () => { if (!fix) $("where").textContent = words.no_position; watch.is = fix !== null; },
    { enableHighAccuracy: true, maximumAge: 10_000, timeout: 30_000 });
}

function located({ coords, timestamp }) {
  fix = { longitude: coords.longitude, latitude: coords.latitude, accuracy: coords.accuracy, at: timestamp };
  $("where").textContent = standing(fix);
  $("where").dataset.metres = metresTo(told.boundary, fix.longitude, fix.latitude).toFixed(2);
}

function standing(place) {
  const away = metresTo(told.boundary, place.longitude, place.latitude);
  const accuracy = Math.round(place.accuracy);
  const metres = away < 10 ? away.toFixed(1) : Math.round(away);
  return fill(away === 0 ? words.on_plot : words.away, { metres, accuracy });
}

// The newest fix, if it is of this minute; else one is asked for, and none is an answer too.
async function position() {
  if (fix && Date.now() - fix.at < FRESH) return fix;
  if (!navigator.geolocation || !watch.is) return null;
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition((found) => { located(found); resolve(fix); }, () => resolve(null),
      { enableHighAccuracy: true, maximumAge: 10_000, timeout: 10_000 });
  });
}

async function forget() {
  if ((await mine()).some((each) => each.state !== "sent")) {
    $("kept").textContent = words.not_forgotten;
    return;
  }
  for (const each of await mine()) await kept.drop(each);
  await caches.delete(CACHE);
  const worker = await navigator.serviceWorker.getRegistration(location.pathname);
  await worker?.unregister();
  $("kept").textContent = words.forgotten;
  await show();
}
