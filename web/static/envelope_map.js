// The envelope of a plot standing on the map in three dimensions; without it the drawings and tables say the same.
import { Map as GroundMap, NavigationControl, LngLatBounds } from "/vendor/maplibre-gl/dist/maplibre-gl.mjs";

const section = document.querySelector(".build-map");
const PITCH = 55, TURN = -20;
const COLOURS = ["#0c4f45", "#2c7a63", "#63a17f", "#a4c69b", "#dfe3b8", "#f3e2a0"];

async function json(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

function cornersOf(geometry) {
  return geometry.coordinates.flat(geometry.type === "MultiPolygon" ? 2 : 1);
}

async function begin() {
  const [envelope, extract] = await Promise.all([json(section.dataset.envelope), json(section.dataset.plot)]);
  const plot = extract.features[0];
  if (!envelope.features.length || !plot) return;
  const storey = Number(section.dataset.storey);
  const highest = Math.max(...envelope.features.map((each) => each.properties.bottom)) + storey;
  envelope.features.forEach((each, i) => {
    each.properties.top ??= highest;
    each.properties.colour = COLOURS[Math.min(i, COLOURS.length - 1)];
  });
  section.hidden = false;
  const bounds = new LngLatBounds();
  cornersOf(plot.geometry).forEach((corner) => bounds.extend(corner));
  const map = new GroundMap({
    container: "build-map",
    style: {
      version: 8,
      sources: { plot: { type: "geojson", data: plot }, envelope: { type: "geojson", data: envelope } },
      layers: [
        { id: "ground", type: "background", paint: { "background-color": "#ece8dc" } },
        { id: "plot", type: "fill", source: "plot", paint: { "fill-color": "#fffdf8", "fill-outline-color": "#5f5a48" } },
        { id: "envelope", type: "fill-extrusion", source: "envelope", paint: {
          "fill-extrusion-color": ["get", "colour"], "fill-extrusion-opacity": 0.75,
          "fill-extrusion-base": ["get", "bottom"], "fill-extrusion-height": ["get", "top"],
        } },
      ],
    },
    bounds, fitBoundsOptions: { padding: 40 }, pitch: PITCH, bearing: TURN, attributionControl: false, cooperativeGestures: true,
  });
  map.addControl(new NavigationControl({ visualizePitch: true }), "top-right");
  section.groundMap = map; // the view can be read from the page, as the browser tests do
  map.once("idle", () => { section.dataset.state = "idle"; });
}

if (section) begin();
