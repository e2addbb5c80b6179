// What a plot can carry, standing on the map in three dimensions; without it drawings, numbers and tables say the same.
import { styleOf } from "./map_style.js";

const section = document.querySelector("[data-envelope-map]");
const part = section?.closest("[data-envelope-part]") ?? section?.parentElement;
const VENDOR = "/vendor/maplibre-gl/dist/maplibre-gl";
const PITCH = 55, TURN = -20;
const EARLY = "400px"; // how far below the window the map is already fetched
const COLOURS = ["#0c4f45", "#2c7a63", "#63a17f", "#a4c69b", "#dfe3b8", "#f3e2a0"];
const BELOW = ["parcels", "road"];

const read = (name) => JSON.parse(section.querySelector(`[data-${name}]`).textContent);

function cornersOf(geometry) {
  return geometry.coordinates.flat(geometry.type === "MultiPolygon" ? 2 : 1);
}

function raised({ envelope, storey }) {
  const highest = Math.max(...envelope.features.map((each) => each.properties.bottom)) + storey;
  const below = new Map(); // bands under this one on the same plot
  envelope.features.forEach((each) => {
    const { number } = each.properties, i = below.get(number) ?? 0;
    below.set(number, i + 1);
    each.properties.top ??= highest;
    each.properties.colour = COLOURS[Math.min(i, COLOURS.length - 1)];
  });
  return envelope;
}

function dress() { // the stylesheet of the map, where the page does not have it yet
  if (document.querySelector(`link[href^="${VENDOR}.css"]`)) return;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: `${VENDOR}.css` }));
}

async function begin() {
  const { Map: GroundMap, NavigationControl, LngLatBounds } = await import(`${VENDOR}.mjs`);
  dress();
  const found = read("raised"), settings = read("settings");
  const style = styleOf(settings, BELOW, {});
  Object.assign(style.sources, {
    plot: { type: "geojson", data: { type: "Feature", properties: {}, geometry: found.plot } },
    carried: { type: "geojson", data: raised(found) },
  });
  style.layers.push(
    { id: "plot-line", type: "line", source: "plot", paint: { "line-color": "#b3470a", "line-width": 4 } },
    { id: "carried", type: "fill-extrusion", source: "carried", paint: {
      "fill-extrusion-color": ["get", "colour"], "fill-extrusion-opacity": 0.75,
      "fill-extrusion-base": ["get", "bottom"], "fill-extrusion-height": ["get", "top"],
    } },
  );
  section.hidden = false;
  const bounds = new LngLatBounds();
  cornersOf(found.plot).forEach((corner) => bounds.extend(corner));
  const { scroll, fingers, title } = section.dataset;
  const map = new GroundMap({
    container: "build-map", style, bounds, fitBoundsOptions: { padding: 40 }, pitch: PITCH, bearing: TURN,
    attributionControl: false, cooperativeGestures: true,
    locale: {
      "Map.Title": title, "NavigationControl.ZoomIn": settings.words.zoom_in, "NavigationControl.ZoomOut": settings.words.zoom_out,
      "NavigationControl.ResetBearing": settings.words.north, "CooperativeGesturesHandler.WindowsHelpText": scroll,
      "CooperativeGesturesHandler.MacHelpText": scroll, "CooperativeGesturesHandler.MobileHelpText": fingers,
    },
  });
  map.addControl(new NavigationControl({ visualizePitch: true }), "top-right");
  section.groundMap = map; // the view can be read from the page, as the browser tests do
  map.once("idle", () => { section.dataset.state = "idle"; });
}

function fail(error) {
  console.warn(error);
  section.hidden = true;
}

if (section) {
  const watch = new IntersectionObserver((seen) => {
    if (!seen.some((each) => each.isIntersecting)) return;
    watch.disconnect();
    begin().catch(fail);
  }, { rootMargin: EARLY });
  watch.observe(part);
}
