// The map page: plots and layers drawn by MapLibre, questions answered beside it, everything kept in the address.
import { Map as GroundMap, NavigationControl, ScaleControl } from "/vendor/maplibre-gl/dist/maplibre-gl.mjs";
import { afterPaint } from "./after_paint.js";
import { attachAgain } from "./map_again.js";
import { attachSuggestions } from "./suggest.js";
import { attachAnswer } from "./answer.js";
import { cornersText, isOnEarth, ringOf } from "./corners.js";
import { attachDate } from "./map_date.js";
import { attachDraw } from "./draw.js";
import { attachIdentify } from "./identify.js";
import { attachLayers } from "./layers.js";
import { attachMeasure } from "./measure.js";
import { attachPanels } from "./panels.js";
import { attachPrint } from "./print_map.js";
import { attachRaised } from "./raised.js";
import { position } from "./locate.js";
import { shareAddress } from "./share.js";
import { opacityText, viewState } from "./view_state.js";
import { CLOSE, CHOSEN, EMPTY, point, polygon, styleOf, tileAddress } from "./map_style.js";

const SPECK = 16; // zoom below which a single plot is too small to see
const settings = JSON.parse(document.getElementById("map-settings").textContent);
settings.numbers = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 });
const { words } = settings;
const frame = document.querySelector(".map-frame");
const state = viewState();
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

let saying = 0;
function say(text) {
  const said = document.getElementById("said");
  said.textContent = text;
  clearTimeout(saying);
  if (text) saying = setTimeout(() => { said.textContent = ""; }, 6000);
}

function begin() {
  document.getElementById("needs-script").hidden = true;
  frame.hidden = false;
  const shown = state.layers ?? ["parcels", ...settings.layers.filter((layer) => layer.shown).map((layer) => layer.id)];
  const style = styleOf(settings, shown, state.opacities);
  const map = new GroundMap({
    container: "map",
    style,
    ...(state.view ?? { bounds: settings.bounds ?? [-180, -60, 180, 70], fitBoundsOptions: { padding: 24 } }),
    maxZoom: 21,
    maxPitch: 75,
    attributionControl: false,
    dragRotate: true,
    locale: {
      "Map.Title": words.map_title, "NavigationControl.ZoomIn": words.zoom_in,
      "NavigationControl.ZoomOut": words.zoom_out, "NavigationControl.ResetBearing": words.north,
    },
  });
  map.addControl(new NavigationControl({ visualizePitch: true }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-right");
  map.getCanvas().setAttribute("aria-describedby", "map-description");
  attachAgain(map);
  map.on("moveend", () => state.keepView(map));
  frame.groundMap = map; // the view can be read from the page, as the browser tests do
  frame.dataset.state = "loading";
  map.on("movestart", () => { frame.dataset.state = "moving"; });
  map.on("idle", () => { frame.dataset.state = "idle"; });
  map.once("load", () => connect(map, style, shown));
}

function connect(map, style, shown) {
  let isFirst = state.view === null; // a link to a plot opens there at once
  let question = null;
  const panels = attachPanels((tool) => state.keep({ tool }));
  const raised = attachRaised(map, settings, { raised: state.raised, before: (name) => renew(map, name), isPlaced: state.view !== null, calm, say, kept: (names) => state.keep({ raised: names }) });
  const answer = attachAnswer({
    settings,
    opened: (open) => { frame.classList.toggle("has-answer", open); document.getElementById("map-hint").hidden = true; },
    chosen: ({ number, area, centre }) => {
      state.keepChoice({ number, area });
      map.setFilter(CHOSEN, ["==", ["get", "number"], number ?? ""]);
      map.getSource("area").setData(area ? polygon(ringOf(area)) : EMPTY);
      raised.chosen(number);
      if (!centre) return;
      reveal(map, centre, calm || isFirst);
      isFirst = false;
    },
  });
  const ask = (asked, beside = null) => {
    question = asked;
    answer.ask(asked, beside);
  };
  const draw = attachDraw(map, panels, { frame, words, say, finished: (ring) => ask({ area: cornersText(ring) }) });
  const measure = attachMeasure(map, panels, { frame, settings, kept: (text) => state.keep({ measure: text }) });
  const layers = attachLayers(map, panels, settings, {
    style, shown, opacities: state.opacities, before: (name) => renew(map, name),
    changed: (now) => (now.shown ? state.keepLayers(now.shown) : state.keepOpacities(now.opacities)),
  });
  const identify = attachIdentify(map, settings, { style, isShown: layers.isShown });
  const print = attachPrint(map, panels, settings, {
    shown: () => [...document.querySelectorAll("input[name=layer]:checked")].map((box) => box.value),
    opacities: () => opacityText(state.opacities), kept: (text) => state.keep({ print: text }),
  });
  if (settings.days.length > 1) attachDate(panels, settings, { chosen: (day) => redate(map, day, { layers, raised, again: () => question && !document.getElementById("answer").hidden && answer.ask(question) }) });

  function askAt(lngLat, at) {
    const features = map.queryRenderedFeatures(at, { layers: ["parcels-fill"] });
    const numbers = new Set(features.map((feature) => feature.properties.number).filter(Boolean)); // a block has none
    const place = [lngLat.lng, lngLat.lat];
    ask(numbers.size === 1 ? { number: [...numbers][0] } : { at: place }, () => identify.at(place));
  }
  const isBusy = () => draw.isActive() || measure.isActive();
  map.on("click", (event) => { if (!event.defaultPrevented && !isBusy()) askAt(event.lngLat, event.point); });
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.defaultPrevented) return;
    const centre = map.getCenter();
    askAt(centre, map.project(centre));
  });
  map.on("mousemove", "parcels-fill", () => { if (!isBusy()) map.getCanvas().style.cursor = "pointer"; });
  map.on("mouseleave", "parcels-fill", () => { map.getCanvas().style.cursor = ""; });

  const go = (centre, zoom) => map[calm ? "jumpTo" : "flyTo"]({ center: centre, zoom });
  attachSuggestions(document.querySelector("input[data-suggest]"), (found) => {
    const centre = [found.lon, found.lat];
    go(centre, found.number ? CLOSE : 17);
    if (found.number) ask({ number: found.number });
    else if (found.kind === "coordinates") ask({ at: centre });
  });
  document.getElementById("locate-button").addEventListener("click", () => locate(map, go, ask));
  document.getElementById("share-button").addEventListener("click", async () => {
    state.write();
    say(await shareAddress(location.href, { copied: words.copied, failed: words.copy_failed }));
  });
  restore(map, { panels, measure, print, ask });
}

// What the address says besides the place: a plot or an area, and the tool that was open.
function restore(map, { panels, measure, print, ask }) {
  if (state.area) {
    const ring = ringOf(state.area);
    if (!state.view && isOnEarth(ring)) map.fitBounds(boundsOf(ring), { padding: 80, animate: false });
    ask({ area: state.area });
  } else if (state.number) ask({ number: state.number });
  if (state.measure) measure.restore(state.measure);
  if (state.print) print.restore(state.print);
  if (state.tool) panels.show(state.tool, { hasFocus: false });
}

// Another date: tiles, pictures, suggestions and the answer follow it; the rest of the page keeps its state.
// Layers that nobody sees wait until they are switched on.
const stale = new Set();
function renew(map, name) {
  if (stale.delete(name)) map.getSource(name).setTiles([tileAddress(settings, name)]);
}

function redate(map, day, { layers, raised, again }) {
  if (day) settings.moment.on = day;
  else delete settings.moment.on;
  if (!day) delete settings.moment.known;
  state.keep({ on: settings.moment.on, known: settings.moment.known });
  for (const name of ["parcels", ...settings.layers.map((layer) => layer.id)]) {
    stale.add(name);
    if (layers.isShown(name)) renew(map, name);
  }
  layers.redated();
  raised.redated();
  const input = document.querySelector("input[data-suggest]");
  input.dataset.suggest = `${input.dataset.suggest.split("?")[0]}?${new URLSearchParams(settings.moment)}`;
  for (const hidden of input.form.querySelectorAll("input[type=hidden]")) hidden.remove();
  for (const [name, value] of Object.entries(settings.moment)) {
    input.form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  afterPaint(again);
}

// Bring a plot out from under the answer, closer where it would be a speck.
function reveal(map, centre, atOnce) {
  const whole = map.getContainer().getBoundingClientRect();
  const panel = document.getElementById("answer").getBoundingClientRect();
  const isBeside = panel.width < whole.width - 1;
  const left = isBeside ? panel.width : 0;
  const bottom = isBeside ? 0 : panel.height;
  const { x, y } = map.project(centre);
  const isSeen = x > left + 30 && x < whole.width - 60 && y > 60 && y < whole.height - bottom - 30;
  const isSpeck = map.getZoom() < SPECK;
  if (isSeen && !isSpeck) return;
  map.easeTo({ animate: !atOnce, center: centre, zoom: isSpeck ? CLOSE : map.getZoom(), offset: [left / 2, -bottom / 2] });
}

async function locate(map, go, ask) {
  say(words.locating);
  try {
    const here = await position();
    const [west, south, east, north] = settings.bounds ?? [-180, -90, 180, 90];
    if (here[0] < west || here[0] > east || here[1] < south || here[1] > north) return say(words.outside);
    say("");
    map.getSource("me").setData(point(here));
    go(here, CLOSE);
    ask({ at: here });
  } catch {
    say(words.not_located);
  }
}

function boundsOf(ring) {
  const [xs, ys] = [ring.map((corner) => corner[0]), ring.map((corner) => corner[1])];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

try {
  begin();
} catch (error) {
  console.warn(error);
  frame.hidden = true;
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.textContent = words.no_map;
  frame.before(notice);
}
