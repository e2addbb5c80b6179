// The drawing of a permit over the map of its plot, with a tape: points on the map, the length along them and the area between them.
// Without it the sketch says the same.
import { areaOf, lengthOf } from "./ground_measure.js";

const section = document.querySelector("[data-permit-map]");
const figure = section?.closest("figure");
const VENDOR = "/vendor/maplibre-gl/dist/maplibre-gl";
const PLAN = "#0c4f45", FAIL = "#a12717", UNKNOWN = "#6b3fa0", TAPE = "#b3470a";
const DEEPEST = 23; // a millimetre on the drawing is a pixel on the screen
const EARLY = "400px"; // how far below the window the map is already fetched
const taped = [];

const kind = (...names) => ["in", ["get", "kind"], ["literal", names]];
const of = (outcome) => ["all", kind("place"), ["==", ["get", "outcome"], outcome]];
const line = (id, source, filter, colour, width, dashes) => ({
  id, type: "line", source, ...(filter ? { filter } : {}),
  paint: { "line-color": colour, "line-width": width, ...(dashes ? { "line-dasharray": dashes } : {}) },
});

function show(view) {
  const isMap = view === "map";
  section.hidden = !isMap;
  figure.querySelector("[data-sketch]").hidden = isMap;
  for (const button of figure.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", String(button.dataset.view === view));
}

function layersOfPlan() {
  return [
    { id: "plan-level-fill", type: "fill", source: "plan", filter: kind("level"), paint: { "fill-color": PLAN, "fill-opacity": 0.16 } },
    line("plan-parcel", "plan", kind("parcel"), "#1c6438", 2.5, [3, 2]),
    line("plan-plot", "plan", kind("plot"), "#1b2422", 1.6),
    line("plan-level", "plan", kind("level"), PLAN, 1.8),
    line("plan-thing", "plan", kind("thing", "basement"), "#6d6856", 1),
    line("unknown-line", "plan", of("unknown"), UNKNOWN, 2.2, [0.5, 2.2]),
    line("fail-line", "plan", of("fail"), FAIL, 3.6),
    line("tape-line", "tape", null, TAPE, 3),
    { id: "tape-point", type: "circle", source: "tape", paint: { "circle-color": TAPE, "circle-radius": 5, "circle-stroke-color": "#fff", "circle-stroke-width": 1.5 } },
  ];
}

function tape() {
  const points = taped.map((at) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: at } }));
  const along = taped.length > 1 ? [{ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: taped } }] : [];
  return { type: "FeatureCollection", features: [...points, ...along] };
}

function told() {
  const words = section.dataset, metres = (value) => value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 2 });
  if (taped.length < 2) return words.begin;
  const length = words.length.replace("{metres}", metres(lengthOf(taped)));
  return taped.length < 3 ? length : `${length} ${words.area.replace("{metres}", metres(areaOf(taped)))}`;
}

function measuring(map) {
  const tool = figure.querySelector("[data-tape]"), said = figure.querySelector("[data-taped]");
  const again = () => { map.getSource("tape").setData(tape()); said.textContent = told(); };
  tool.hidden = false;
  tool.addEventListener("click", () => {
    const isOn = tool.getAttribute("aria-pressed") !== "true";
    tool.setAttribute("aria-pressed", String(isOn));
    taped.length = 0;
    map.getCanvas().style.cursor = isOn ? "crosshair" : "";
    again();
    if (!isOn) said.textContent = "";
  });
  map.on("click", ({ lngLat }) => {
    if (tool.getAttribute("aria-pressed") !== "true") return;
    taped.push([lngLat.lng, lngLat.lat]);
    again();
  });
}

function bounded(plan, bounds) {
  const near = plan.features.filter((each) => ["parcel", "plot", "level"].includes(each.properties.kind));
  for (const { geometry } of near) {
    geometry.coordinates.flat(geometry.type === "MultiPolygon" ? 2 : 1).forEach((corner) => bounds.extend(corner));
  }
  return bounds;
}

async function fetched(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

function sheet() {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: `${VENDOR}.css` });
  return new Promise((done) => { link.onload = link.onerror = done; document.head.append(link); });
}

async function begin() {
  const plan = await fetched(section.dataset.ground);
  if (!plan.features.length) return;
  const [{ Map: GroundMap, NavigationControl, ScaleControl, LngLatBounds }, style] = await Promise.all([import(`${VENDOR}.mjs`), fetched(section.dataset.style)]);
  await sheet(); // before its sheet is there, the map's canvas would widen a narrow page
  style.sources.plan = { type: "geojson", data: plan };
  style.sources.tape = { type: "geojson", data: tape() };
  style.layers.push(...layersOfPlan());
  show("map");
  const words = section.dataset;
  const map = new GroundMap({
    container: "permit-map", style, maxZoom: DEEPEST, attributionControl: false, cooperativeGestures: true,
    bounds: bounded(plan, new LngLatBounds()), fitBoundsOptions: { padding: 36, maxZoom: DEEPEST },
    locale: {
      "Map.Title": words.title, "NavigationControl.ZoomIn": words.in, "NavigationControl.ZoomOut": words.out,
      "NavigationControl.ResetBearing": words.north, "CooperativeGesturesHandler.WindowsHelpText": words.scroll,
      "CooperativeGesturesHandler.MacHelpText": words.scroll, "CooperativeGesturesHandler.MobileHelpText": words.fingers,
    },
  });
  map.addControl(new NavigationControl({ visualizePitch: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  section.groundMap = map; // the view can be read from the page, as the browser tests do
  map.on("idle", () => { section.dataset.state = "idle"; });
  map.once("load", () => measuring(map));
  const views = figure.querySelector("[data-views]");
  views.hidden = false;
  views.addEventListener("click", (event) => {
    const button = event.target.closest("[data-view]");
    if (!button) return;
    show(button.dataset.view);
    map.resize();
  });
}

function failed(error) {
  console.warn(error);
  figure.querySelector("[data-views]").hidden = true;
  show("sketch");
}

if (section) {
  const near = new IntersectionObserver((entries) => {
    if (!entries.some((each) => each.isIntersecting)) return;
    near.disconnect();
    begin().catch(failed);
  }, { rootMargin: EARLY });
  near.observe(figure);
}
