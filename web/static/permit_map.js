// The drawing of a permit over the map of its plot, and a tape on whichever of sketch and map is seen.  Without the map the sketch says the same.
import { bounded, changing, fetched, mapIn, prepared, show, whenNear } from "./figure_map.js";
import { mapTape, tapeLayers } from "./map_tape.js";
import { sketchTape } from "./sketch_tape.js";
import { attachTape } from "./tape.js";

const section = document.querySelector("[data-permit-map]");
const figure = section?.closest("figure");
const PLAN = "#0c4f45", FAIL = "#a12717", UNKNOWN = "#6b3fa0", CHOSEN = "#b3470a";
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const DEEPEST = 23; // a millimetre on the drawing is a pixel on the screen
const WHOLE = ["parcel", "plot", "level"]; // the plot and what stands on it; a street that decided may lie far around
const tape = figure?.querySelector("[data-tapes]") ? attachTape(figure.querySelector("[data-tapes]")) : null;

const kind = (...names) => ["in", ["get", "kind"], ["literal", names]];
const of = (outcome) => ["all", kind("place"), ["==", ["get", "outcome"], outcome]];
const numbered = (number) => ["all", kind("place"), ["==", ["get", "number"], number]];
const line = (id, filter, colour, width, dashes) => ({
  id, type: "line", source: "plan", filter,
  paint: { "line-color": colour, "line-width": width, ...(dashes ? { "line-dasharray": dashes } : {}) },
});

function seen(view) {
  show(section, view);
  tape?.show(view);
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

async function begin() {
  const plan = await fetched(section.dataset.ground);
  if (!plan.features.length) return;
  const { library, style } = await prepared(section);
  style.sources.plan = { type: "geojson", data: plan };
  style.sources.tape = { type: "geojson", data: { type: "FeatureCollection", features: [] } };
  style.layers.push(...layersOfPlan(), ...tapeLayers("tape"));
  const isMeasured = tape?.isOn() ?? false; // whoever measures on the sketch stays there
  if (!isMeasured) seen("map");
  const whole = bounded(plan.features.filter((each) => WHOLE.includes(each.properties.kind)), new library.LngLatBounds());
  const map = mapIn(section, library, {
    container: "permit-map", style, maxZoom: DEEPEST, bounds: whole, fitBoundsOptions: { padding: 36, maxZoom: DEEPEST },
  });
  map.once("load", () => {
    tape?.join("map", mapTape(map, { source: "tape", plan }));
    connect(map, plan, whole, library.LngLatBounds);
  });
  let isFitted = !isMeasured; // a map that was made unseen had no room to fit its plan into
  changing(section, map, (view) => {
    seen(view);
    if (isFitted || view !== "map") return;
    map.resize();
    map.fitBounds(whole, { padding: 36, animate: false });
    isFitted = true;
  });
}

const sketch = figure?.querySelector("svg.plan");
if (tape && sketch) {
  const made = sketchTape(sketch);
  if (made) tape.join("sketch", made);
}
if (section) whenNear(section, begin, seen);
