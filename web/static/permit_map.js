// The drawing of a permit over the map of its plot, and a tape on whichever of sketch and map is seen.  Without the map the sketch says the same.
import { mapTape, tapeLayers } from "./map_tape.js";
import { sketchTape } from "./sketch_tape.js";
import { attachTape } from "./tape.js";

const section = document.querySelector("[data-permit-map]");
const figure = section?.closest("figure");
const VENDOR = "/vendor/maplibre-gl/dist/maplibre-gl";
const PLAN = "#0c4f45", FAIL = "#a12717", UNKNOWN = "#6b3fa0", CHOSEN = "#b3470a";
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const DEEPEST = 23; // a millimetre on the drawing is a pixel on the screen
const WHOLE = ["parcel", "plot", "level"]; // the plot and what stands on it; a street that decided may lie far around
const EARLY = "400px"; // how far below the window the map is already fetched
const tape = figure?.querySelector("[data-tapes]") ? attachTape(figure.querySelector("[data-tapes]")) : null;

const kind = (...names) => ["in", ["get", "kind"], ["literal", names]];
const of = (outcome) => ["all", kind("place"), ["==", ["get", "outcome"], outcome]];
const numbered = (number) => ["all", kind("place"), ["==", ["get", "number"], number]];
const line = (id, filter, colour, width, dashes) => ({
  id, type: "line", source: "plan", filter,
  paint: { "line-color": colour, "line-width": width, ...(dashes ? { "line-dasharray": dashes } : {}) },
});

function show(view) {
  const isMap = view === "map";
  section.hidden = !isMap;
  figure.querySelector("[data-sketch]").hidden = isMap;
  tape?.show(view);
  for (const button of figure.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", String(button.dataset.view === view));
}

function layersOfPlan() {
  return [
    { id: "plan-level-fill", type: "fill", source: "plan", filter: kind("level"), paint: { "fill-color": PLAN, "fill-opacity": 0.16 } },
    line("plan-parcel", kind("parcel"), "#1c6438", 2.5, [3, 2]),
    line("plan-plot", kind("plot"), "#1b2422", 1.6),
    line("plan-level", kind("level"), PLAN, 1.8),
    line("plan-thing", kind("thing", "basement"), "#6d6856", 1),
    line("unknown-line", of("unknown"), UNKNOWN, 2.2, [0.5, 2.2]),
    line("fail-line", of("fail"), FAIL, 3.6),
    line("chosen-line", numbered(0), CHOSEN, 7),
  ];
}

function bounded(features, bounds) {
  for (const { geometry } of features) {
    const depth = { MultiPolygon: 2, MultiPoint: 0 }[geometry.type] ?? 1;
    geometry.coordinates.flat(depth).forEach((corner) => bounds.extend(corner));
  }
  return bounds;
}

// Choosing a finding brings its line near, as it does on the sketch.
function connect(map, plan, whole, Bounds) {
  const near = (bounds) => map.fitBounds(bounds, { padding: 48, maxZoom: 22, animate: !calm });
  const choose = () => {
    const number = Number(/^#place-(\d+)$/.exec(location.hash)?.[1] ?? 0);
    const chosen = plan.features.filter((each) => each.properties.number === number);
    map.setFilter("chosen-line", numbered(number));
    if (chosen.length) near(bounded(chosen, new Bounds()));
  };
  window.addEventListener("hashchange", () => { if (!location.hash.startsWith("#finding-")) choose(); });
  figure.querySelector("[data-whole]").addEventListener("click", () => near(whole));
  choose();
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
  style.sources.tape = { type: "geojson", data: { type: "FeatureCollection", features: [] } };
  style.layers.push(...layersOfPlan(), ...tapeLayers("tape"));
  const isMeasured = tape?.isOn() ?? false; // whoever measures on the sketch stays there
  if (!isMeasured) show("map");
  const whole = bounded(plan.features.filter((each) => WHOLE.includes(each.properties.kind)), new LngLatBounds());
  const words = section.dataset;
  const map = new GroundMap({
    container: "permit-map", style, maxZoom: DEEPEST, attributionControl: false, cooperativeGestures: true,
    bounds: whole, fitBoundsOptions: { padding: 36, maxZoom: DEEPEST },
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
  map.once("load", () => {
    tape?.join("map", mapTape(map, { source: "tape", plan }));
    connect(map, plan, whole, LngLatBounds);
  });
  const views = figure.querySelector("[data-views]");
  let isFitted = !isMeasured; // a map that was made unseen had no room to fit its plan into
  views.hidden = false;
  views.addEventListener("click", (event) => {
    const button = event.target.closest("[data-view]");
    if (!button) return;
    show(button.dataset.view);
    map.resize();
    if (!isFitted && button.dataset.view === "map") map.fitBounds(whole, { padding: 36, animate: false });
    isFitted ||= button.dataset.view === "map";
  });
}

function failed(error) {
  console.warn(error);
  figure.querySelector("[data-views]").hidden = true;
  show("sketch");
}

const sketch = figure?.querySelector("svg.plan");
if (tape && sketch) {
  const made = sketchTape(sketch);
  if (made) tape.join("sketch", made);
}
if (section) {
  const near = new IntersectionObserver((entries) => {
    if (!entries.some((each) => each.isIntersecting)) return;
    near.disconnect();
    begin().catch(failed);
  }, { rootMargin: EARLY });
  near.observe(figure);
}
