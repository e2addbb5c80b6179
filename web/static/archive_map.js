// Draws one file of tiles by itself: no service and no line is needed once the page is there.
import { addProtocol, Map as GroundMap, NavigationControl, ScaleControl, setWorkerUrl } from "/vendor/maplibre-gl/dist/maplibre-gl.mjs";
import { NotAnArchive, Replaced, addressSource, fileSource, opened } from "./pmtiles.js";
import { viewState } from "./view_state.js";

const $ = (id) => document.getElementById(id);
const words = JSON.parse($("archive-words").textContent);
const CACHE = "archives-1";
const VENDOR = "/vendor/maplibre-gl/dist/maplibre-gl";
const INK = "#0c4f45";
const FONT = ["Noto Sans Malayalam", "Noto Sans", "sans-serif"];
const asked = new URLSearchParams(location.search).get("file");
const state = viewState(); // kept for a file of the address: one of the device is chosen anew each time
let map = null, archive = null;

addProtocol("archive", async ({ url }) => {
  const [z, x, y] = url.split("/").slice(-3).map(Number);
  try {
    return { data: await archive.tile(z, x, y) };
  } catch (error) {
    if (error instanceof Replaced) again();
    throw error;
  }
});

// The layers as the archive itself says that they are drawn; of another's archive plain lines and points in one colour.
function layersOf({ told }) {
  const own = told.bhumika?.layers;
  if (own) return own.map((each) => (each.source ? { ...each, source: "archive" } : each));
  return (told.vector_layers ?? []).flatMap(({ id }) => [
    { id: `${id}-line`, type: "line", source: "archive", "source-layer": id, paint: { "line-color": INK } },
    { id: `${id}-point`, type: "circle", source: "archive", "source-layer": id, filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": INK, "circle-radius": 4 } },
  ]).map((each) => ({ ...each, metadata: { "bhumika:layer": each["source-layer"], title: each["source-layer"], title_ml: each["source-layer"] } }));
}

function styleOf(found) {
  const { minzoom, maxzoom, bounds } = found;
  const ground = { id: "ground", type: "background", paint: { "background-color": "#ece8dc" } };
  const layers = layersOf(found).filter((each) => each.id !== "ground");
  for (const each of layers) if (each.layout?.["text-font"]) each.layout["text-font"] = FONT;
  const tiles = [`archive://tiles/${Date.now()}/{z}/{x}/{y}`]; // another archive has other tiles
  return { version: 8, sources: { archive: { type: "vector", tiles, minzoom, maxzoom, bounds } }, layers: [ground, ...layers] };
}

function show(found, { view, isKept }) {
  archive = found;
  $("archive-frame").hidden = false;
  const style = styleOf(found);
  map?.remove();
  map = new GroundMap({
    container: "archive-map", style, ...(view ?? { bounds: found.bounds, fitBoundsOptions: { padding: 24 } }), maxZoom: 22, attributionControl: false,
    locale: { "Map.Title": words.title, "NavigationControl.ZoomIn": words.zoom_in, "NavigationControl.ZoomOut": words.zoom_out, "NavigationControl.ResetBearing": words.north },
  });
  map.addControl(new NavigationControl({ visualizePitch: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  if (isKept) map.on("moveend", () => state.keepView(map));
  map.on("idle", () => { $("archive-map").dataset.state = "idle"; });
  $("archive-frame").groundMap = map; // the view can be read from the page, as the browser tests do
  tell(found, style.layers);
}

function tell({ told }, layers) {
  const parts = grouped(layers);
  parts.delete(undefined);
  $("archive-layers").replaceChildren(...[...parts].map(([name, some]) => {
    const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: true, name });
    box.addEventListener("change", () => some.forEach(({ id }) => map.setLayoutProperty(id, "visibility", box.checked ? "visible" : "none")));
    const label = document.createElement("label");
    label.append(box, ` ${some[0].metadata[words.title_key]}`);
    const item = document.createElement("li");
    item.append(label);
    return item;
  }));
  const day = told.bhumika ? words.as_of.replace("{on}", told.bhumika.on).replace("{known}", `${told.bhumika.known.slice(0, 16).replace("T", " ")} UTC`) : "";
  $("archive-told").textContent = [told.name, told.description, day].filter(Boolean).join(" · ");
  const credit = document.createElement("template");
  credit.innerHTML = told.attribution ?? "";
  $("archive-credit").textContent = credit.content.textContent;
}

// The layers by what they draw.
function grouped(layers) {
  const found = new Map();
  for (const each of layers) {
    const name = each.metadata?.["bhumika:layer"];
    found.set(name, [...(found.get(name) ?? []), each]);
  }
  return found;
}

// A browser asks for the program of a worker past the page's own worker, which alone has it without a line; so the page hands it over.
async function handOver() {
  const address = new URL(`${VENDOR}-worker.mjs`, location.href);
  const program = await (await fetch(address)).text();
  const whole = program.replace(/(from\s*|import\s*)(["'])\.\//g, (_, how, quote) => `${how}${quote}${new URL("./", address)}`);
  setWorkerUrl(URL.createObjectURL(new Blob([whole], { type: "text/javascript" })));
}

async function open(source, seen = { view: null, isKept: false }) {
  $("archive-said").textContent = words.reading;
  try {
    const found = await opened(source);
    await handedOver;
    show(found, seen);
    $("archive-said").textContent = words.opened.replace("{name}", source.name);
  } catch (error) {
    const isOther = error instanceof NotAnArchive || error instanceof SyntaxError || error instanceof TypeError;
    $("archive-said").textContent = (isOther ? words.not_one : words.not_read).replace("{name}", source.name);
    console.warn(error);
  }
}

// The file of the address, where the map stood.
const atAddress = (view) => open(addressSource(new URL(asked, location.href).href), { view, isKept: true });
let isAgain = false;
async function again() {
  if (isAgain) return;
  isAgain = true;
  await atAddress({ zoom: map.getZoom(), center: map.getCenter() });
  isAgain = false;
}

// The page and all that it loads are kept, and a worker for this page alone opens them without a line.
async function keepPage() {
  await navigator.serviceWorker.register("/static/archive_worker.js", { scope: location.pathname });
  const cache = await caches.open(CACHE);
  const loaded = performance.getEntriesByType("resource").map((each) => new URL(each.name));
  const own = loaded.filter((each) => each.origin === location.origin && /^\/(static|vendor)\//.test(each.pathname));
  if (navigator.onLine) {
    const parts = ["worker", "shared"].map((part) => new URL(`${VENDOR}-${part}.mjs`, location.href));
    await cache.addAll([...new Set([...own, ...parts].map((each) => each.href))]);
    await cache.add(location.pathname);
  }
  $("archive-kept").textContent = (await cache.match(location.pathname, { ignoreVary: true })) ? words.kept : "";
  $("archive-kept").dataset.state = "kept";
}

$("needs-script").hidden = true;
const handedOver = handOver();
$("archive-file").addEventListener("change", ({ target }) => { if (target.files[0]) open(fileSource(target.files[0])); });
if (asked) atAddress(state.view);
keepPage().catch((error) => console.warn(error));
