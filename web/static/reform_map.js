// The plots of a study on the map of their place, coloured by effect; without it the drawing and the table say the same.
import { bounded, changing, fetched, mapIn, prepared, show, whenNear } from "./figure_map.js";

const section = document.querySelector("[data-reform-map]");
const COLOURS = {
  gains: "#1c7c54", becomes_buildable: "#0b4f6c", loses: "#d98324", becomes_unbuildable: "#a12717",
  same: "#b9b4a6", cannot_be_told: "#6b3fa0",
};
const seen = (view) => show(section, view);

async function begin() {
  const plots = await fetched(section.dataset.plots);
  if (!plots.features.length) return;
  const { library, style } = await prepared(section);
  style.sources.reform = { type: "geojson", data: plots };
  const colour = ["match", ["get", "effect"], ...Object.entries(COLOURS).flat(), COLOURS.same];
  style.layers.push(
    { id: "reform-fill", type: "fill", source: "reform", paint: { "fill-color": colour, "fill-opacity": 0.6 } },
    { id: "reform-line", type: "line", source: "reform", paint: { "line-color": colour, "line-width": 1 } },
  );
  seen("map");
  const bounds = bounded(plots.features, new library.LngLatBounds());
  changing(section, mapIn(section, library, { container: "reform-map", style, bounds, fitBoundsOptions: { padding: 24 } }), seen);
}

if (section) whenNear(section, begin, seen);
