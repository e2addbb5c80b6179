// The drawing of a checked plan over the map of its plot; choosing a finding brings its line near.  Without it the sketch says the same.
import { Map as GroundMap, NavigationControl, ScaleControl, LngLatBounds } from "/vendor/maplibre-gl/dist/maplibre-gl.mjs";
import { styleOf } from "./map_style.js";

const section = document.querySelector("[data-check-map]");
const figure = section.closest("figure");
const sketch = figure.querySelector("[data-sketch]");
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const BELOW = ["parcels", "road", "building", "water_body", "watercourse"];
const DEEPEST = 23; // a millimetre on the drawing is a pixel on the screen
const PLAN = "#0c4f45", FAIL = "#a12717", UNKNOWN = "#6b3fa0", PASS = "#1c6438", CHOSEN = "#b3470a";
const FONT = ["Noto Sans", "sans-serif"];
const FAILED = ["fail-fill", "fail-line", "fail-point", "unknown-line", "unknown-point"];

const kind = (...names) => ["in", ["get", "kind"], ["literal", names]];
const of = (outcome) => ["all", kind("place"), ["==", ["get", "outcome"], outcome]];
const numbered = (number) => ["all", kind("place"), ["==", ["get", "number"], number]];
const isPoint = ["==", ["geometry-type"], "Point"], isLine = ["==", ["geometry-type"], "LineString"];
const isChosen = { "chosen-line": (number) => numbered(number), "chosen-point": (number) => ["all", isPoint, numbered(number)],
  "chosen-number": (number) => ["all", ["!", isLine], numbered(number)], "chosen-line-number": (number) => ["all", isLine, numbered(number)] };
const STRENGTH = 0.55; // of restrictions below the plan, so that its lines stand out
const line = (id, filter, colour, width, more = {}) =>
  ({ id, type: "line", source: "plan", filter, layout: { "line-cap": "round" }, paint: { "line-color": colour, "line-width": width, ...more } });
const dot = (id, filter, colour, radius) =>
  ({ id, type: "circle", source: "plan", filter: ["all", isPoint, filter], paint: { "circle-color": colour, "circle-radius": radius, "circle-stroke-color": "#fff", "circle-stroke-width": 1.5 } });
const fill = (id, filter, colour, opacity) =>
  ({ id, type: "fill", source: "plan", filter, paint: { "fill-color": colour, "fill-opacity": opacity } });
const written = (id, filter, colour, placement) => ({
  id, type: "symbol", source: "plan", filter,
  layout: { "text-field": ["to-string", ["get", "number"]], "text-font": FONT, "text-size": 17, "symbol-placement": placement, "text-rotation-alignment": "viewport", "text-allow-overlap": id.startsWith("chosen"), "text-ignore-placement": id.startsWith("chosen") },
  paint: { "text-color": colour, "text-halo-color": "#fff", "text-halo-width": 2.5 },
});

function layersOfPlan() {
  return [
    fill("plan-yard", kind("yard"), "#e9d9a8", 0.35),
    fill("plan-level-fill", kind("level"), PLAN, 0.16),
    line("plan-parcel", kind("parcel"), PASS, 2.5, { "line-dasharray": [3, 2] }),
    line("plan-plot", kind("plot"), "#1b2422", 1.6),
    line("plan-front", kind("front"), "#1b2422", 5),
    line("plan-basement", kind("basement"), PLAN, 1.6, { "line-dasharray": [2, 2] }),
    line("plan-level", kind("level"), PLAN, 1.8),
    line("plan-thing", kind("thing"), "#6d6856", 1),
    dot("plan-entrance", kind("entrance"), PLAN, 5),
    line("unknown-line", of("unknown"), UNKNOWN, 2.2, { "line-dasharray": [0.5, 2.2] }),
    dot("unknown-point", of("unknown"), UNKNOWN, 4),
    fill("fail-fill", ["all", of("fail"), ["==", ["geometry-type"], "Polygon"]], FAIL, 0.1),
    line("fail-line", of("fail"), FAIL, 3.6),
    dot("fail-point", of("fail"), FAIL, 6),
    line("chosen-line", numbered(0), CHOSEN, 7),
    dot("chosen-point", numbered(0), CHOSEN, 9),
    written("fail-number", ["all", ["!", isLine], of("fail")], FAIL, "point"),
    written("fail-line-number", ["all", isLine, of("fail")], FAIL, "line-center"),
    written("chosen-number", numbered(0), "#8f3807", "point"),
    written("chosen-line-number", numbered(0), "#8f3807", "line-center"),
  ];
}

function bounded(features) {
  const bounds = new LngLatBounds();
  for (const { geometry } of features) {
    const depth = geometry.type === "MultiPolygon" ? 2 : geometry.type === "MultiPoint" ? 0 : 1;
    geometry.coordinates.flat(depth).forEach((corner) => bounds.extend(corner));
  }
  return bounds;
}

function whole(plan) { // the plot and what stands on it; a street or a coast that decided may lie far around
  return bounded(plan.features.filter((each) => ["parcel", "plot", "level"].includes(each.properties.kind)));
}

function show(view) {
  const isMap = view === "map";
  section.hidden = !isMap;
  sketch.hidden = isMap;
  for (const button of figure.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", String(button.dataset.view === view));
  if (!isMap) window.dispatchEvent(new Event("sketch-shown"));
}

function drawn(plan, settings) {
  const boxes = [...section.querySelectorAll("input[name=layer]")];
  const shown = [...BELOW, ...boxes.filter((box) => box.checked).map((box) => box.value)];
  const style = styleOf(settings, shown, Object.fromEntries(boxes.map((box) => [box.value, STRENGTH])));
  style.sources.plan = { type: "geojson", data: plan };
  style.layers.push(...layersOfPlan());
  const map = new GroundMap({
    container: "check-map", style, maxZoom: DEEPEST, attributionControl: false, cooperativeGestures: true,
    bounds: whole(plan), fitBoundsOptions: { padding: 36, maxZoom: DEEPEST },
    locale: {
      "Map.Title": section.dataset.title, "NavigationControl.ZoomIn": settings.words.zoom_in,
      "NavigationControl.ZoomOut": settings.words.zoom_out, "NavigationControl.ResetBearing": settings.words.north,
      "CooperativeGesturesHandler.WindowsHelpText": section.dataset.scroll, "CooperativeGesturesHandler.MacHelpText": section.dataset.scroll,
      "CooperativeGesturesHandler.MobileHelpText": section.dataset.fingers,
    },
  });
  map.addControl(new NavigationControl({ visualizePitch: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  section.groundMap = map; // the view can be read from the page, as the browser tests do
  map.on("movestart", () => { section.dataset.state = "moving"; });
  map.on("idle", () => { section.dataset.state = "idle"; });
  return map;
}

function connect(map, plan) {
  const near = (bounds) => map.fitBounds(bounds, { padding: 60, maxZoom: 22, animate: !calm });
  const choose = () => {
    const number = Number(/^#place-(\d+)$/.exec(location.hash)?.[1] ?? 0);
    const features = plan.features.filter((each) => each.properties.number === number);
    section.dataset.chosen = features.length ? String(number) : "";
    for (const [id, filter] of Object.entries(isChosen)) map.setFilter(id, filter(number));
    if (features.length) near(bounded(features));
  };
  window.addEventListener("hashchange", () => { if (!location.hash.startsWith("#finding-")) choose(); });
  figure.querySelector("[data-whole]").addEventListener("click", () => near(whole(plan)));
  map.on("click", (event) => { // a line leads to its finding, a broken rule before an open question
    const [first] = FAILED.map((id) => map.queryRenderedFeatures(event.point, { layers: [id] })[0]).filter(Boolean);
    if (first) location.hash = `finding-${first.properties.number}`;
  });
  for (const id of FAILED) {
    map.on("mouseenter", id, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", id, () => { map.getCanvas().style.cursor = ""; });
  }
  for (const box of section.querySelectorAll("input[name=layer]")) {
    box.addEventListener("change", () => {
      for (const layer of map.getStyle().layers) {
        if (layer.metadata?.name === box.value) map.setLayoutProperty(layer.id, "visibility", box.checked ? "visible" : "none");
      }
    });
  }
  choose();
}

async function begin() {
  const answer = await fetch(section.dataset.ground);
  if (!answer.ok) throw new Error(`${section.dataset.ground}: ${answer.status}`);
  const plan = await answer.json();
  show("map");
  const map = drawn(plan, JSON.parse(document.getElementById("map-settings").textContent));
  const views = figure.querySelector("[data-views]");
  views.hidden = false;
  views.addEventListener("click", (event) => {
    const button = event.target.closest("[data-view]");
    if (!button) return;
    show(button.dataset.view);
    map.resize();
  });
  map.once("load", () => connect(map, plan));
}

begin().catch((error) => {
  console.warn(error);
  figure.querySelector("[data-views]").hidden = true;
  show("sketch");
});
