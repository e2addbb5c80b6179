// The map page: plots and layers drawn by MapLibre, questions answered beside it, everything kept in the address.
import { Map as GroundMap, NavigationControl, ScaleControl } from "/vendor/maplibre-gl/dist/maplibre-gl.mjs";
import { attachSuggestions } from "./suggest.js";
import { attachAnswer } from "./answer.js";
import { attachDraw, cornersText, ringOf } from "./draw.js";
import { attachLayers } from "./layers.js";
import { position } from "./locate.js";
import { shareAddress } from "./share.js";
import { viewState } from "./view_state.js";
import { CLOSE, CHOSEN, EMPTY, point, polygon, styleOf } from "./map_style.js";

const SPECK = 16; // zoom below which a single plot is too small to see
const settings = JSON.parse(document.getElementById("map-settings").textContent);
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
  const map = new GroundMap({
    container: "map",
    style: styleOf(settings, shown),
    ...(state.view ?? { bounds: settings.bounds ?? [-180, -60, 180, 70], fitBoundsOptions: { padding: 24 } }),
    maxZoom: 21,
    attributionControl: false,
    dragRotate: true,
    locale: {
      "Map.Title": words.map_title, "NavigationControl.ZoomIn": words.zoom_in,
      "NavigationControl.ZoomOut": words.zoom_out, "NavigationControl.ResetBearing": words.north,
    },
  });
  map.addControl(new NavigationControl({ visualizePitch: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-right");
  map.getCanvas().setAttribute("aria-describedby", "map-description");
  map.on("moveend", () => state.keepView(map));
  frame.groundMap = map; // the view can be read from the page, as the browser tests do
  frame.dataset.state = "loading";
  map.on("movestart", () => { frame.dataset.state = "moving"; });
  map.on("idle", () => { frame.dataset.state = "idle"; });
  map.once("load", () => connect(map, shown));
}

function connect(map, shown) {
  let isFirst = state.view === null; // a link to a plot opens there at once
  const answer = attachAnswer({
    settings,
    opened: (open) => { frame.classList.toggle("has-answer", open); document.getElementById("map-hint").hidden = true; },
    chosen: ({ number, area, centre }) => {
      state.keepChoice({ number, area });
      map.setFilter(CHOSEN, ["==", ["get", "number"], number ?? ""]);
      map.getSource("area").setData(area ? polygon(ringOf(area)) : EMPTY);
      if (!centre) return;
      reveal(map, centre, calm || isFirst);
      isFirst = false;
    },
  });
  const draw = attachDraw(map, { frame, words, say, finished: (ring) => answer.ask({ area: cornersText(ring) }) });
  attachLayers(map, settings, shown, (now) => state.keepLayers(now));

  function askAt(lngLat, at) {
    const features = at ? map.queryRenderedFeatures(at, { layers: ["parcels-fill"] }) : [];
    const numbers = new Set(features.map((feature) => feature.properties.number));
    if (numbers.size === 1) answer.ask({ number: [...numbers][0] });
    else answer.ask({ at: [lngLat.lng, lngLat.lat] });
  }
  map.on("click", (event) => { if (!event.defaultPrevented) askAt(event.lngLat, event.point); });
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.defaultPrevented) return;
    const centre = map.getCenter();
    askAt(centre, map.project(centre));
  });
  map.on("mousemove", "parcels-fill", () => { if (!draw.isDrawing()) map.getCanvas().style.cursor = "pointer"; });
  map.on("mouseleave", "parcels-fill", () => { map.getCanvas().style.cursor = ""; });

  const go = (centre, zoom) => map[calm ? "jumpTo" : "flyTo"]({ center: centre, zoom });
  attachSuggestions(document.querySelector("input[data-suggest]"), (found) => {
    const centre = [found.lon, found.lat];
    go(centre, found.number ? CLOSE : 17);
    if (found.number) answer.ask({ number: found.number });
    else if (found.kind === "coordinates") answer.ask({ at: centre });
  });
  document.getElementById("locate-button").addEventListener("click", () => locate(map, go, answer));
  document.getElementById("share-button").addEventListener("click", async () => {
    say(await shareAddress(location.href, { copied: words.copied, failed: words.copy_failed }));
  });
  if (state.area) {
    const ring = ringOf(state.area);
    if (!state.view) map.fitBounds(boundsOf(ring), { padding: 80, animate: false });
    answer.ask({ area: state.area });
  } else if (state.number) answer.ask({ number: state.number });
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

async function locate(map, go, answer) {
  say(words.locating);
  try {
    const here = await position();
    const [west, south, east, north] = settings.bounds ?? [-180, -90, 180, 90];
    if (here[0] < west || here[0] > east || here[1] < south || here[1] > north) return say(words.outside);
    say("");
    map.getSource("me").setData(point(here));
    go(here, CLOSE);
    answer.ask({ at: here });
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
