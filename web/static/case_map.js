// The plots of a case on the map of their place; without it the drawing says the same.
import { bounded, changing, mapIn, prepared, show, whenNear } from "./figure_map.js";

const section = document.querySelector("[data-case-map]");
const NEAREST = 19; // a small plot is shown with what lies around it
const OWN = "#b3470a";
const seen = (view) => show(section, view);

async function begin() {
  const plots = JSON.parse(section.querySelector("[data-plots]").textContent);
  const { library, style } = await prepared(section);
  style.sources.case = { type: "geojson", data: plots };
  style.layers.push(
    { id: "case-fill", type: "fill", source: "case", paint: { "fill-color": OWN, "fill-opacity": 0.2 } },
    { id: "case-line", type: "line", source: "case", layout: { "line-join": "round" }, paint: { "line-color": OWN, "line-width": 4 } },
  );
  seen("map");
  const bounds = bounded(plots.features, new library.LngLatBounds());
  const fit = { bounds, fitBoundsOptions: { padding: 48, maxZoom: NEAREST } };
  changing(section, mapIn(section, library, { container: "case-map", style, ...fit }), seen);
}

if (section) whenNear(section, begin, seen);
