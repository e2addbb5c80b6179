// The style of the map, built from the catalogue's colours: one tile source per layer, plots below and above them.

export const EMPTY = { type: "FeatureCollection", features: [] };
export const CHOSEN = "parcels-chosen";
export const CLOSE = 18; // zoom at which a single plot fills a phone
const PLOTS_FROM = 14; // zoom from which plots are drawn
const LAYERS_FROM = 8; // zoom from which layers are drawn
const NUMBERS_FROM = 17; // zoom from which their numbers are written
const DEEPEST = 16; // deepest zoom of tiles, drawn larger from there on: 15 cm on the ground, and few plots are cut and named twice
const FONT = ["Noto Sans Malayalam", "Noto Sans", "sans-serif"];
const ORDER = ["zone", "admin", "terrain", "water", "restriction", "building", "road"];
const HALO = { "text-halo-color": "#fffdf8", "text-halo-width": 1.6 };

export function point(position) {
  return { type: "Feature", properties: {}, geometry: { type: "Point", coordinates: position } };
}

export function polygon(ring) {
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [[...ring, ring[0]]] } };
}

export function styleOf(settings, shown) {
  const layers = [...settings.layers].sort((a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role));
  return {
    version: 8,
    sources: {
      parcels: tiles(settings, "parcels", PLOTS_FROM),
      ...Object.fromEntries(layers.map((layer) => [layer.id, tiles(settings, layer.id, LAYERS_FROM)])),
      area: { type: "geojson", data: EMPTY },
      drawing: { type: "geojson", data: EMPTY },
      me: { type: "geojson", data: EMPTY },
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": "#ece8dc" } },
      visible(shown, "parcels", {
        id: "parcels-fill", type: "fill", source: "parcels", "source-layer": "parcels",
        paint: { "fill-color": "#fffdf8", "fill-opacity": 0.9 },
      }),
      ...layers.flatMap((layer) => groundOf(layer, shown)),
      ...plotLines(shown),
      ...layers.filter((layer) => layer.role !== "building").map((layer) => namesOf(layer, settings, shown)),
      visible(shown, "parcels", {
        id: "parcels-number", type: "symbol", source: "parcels", "source-layer": "parcels", minzoom: NUMBERS_FROM,
        layout: { "text-field": ["get", "number"], "text-font": FONT, "text-size": 12.5, "text-padding": 1 },
        paint: { "text-color": "#2b2f22", ...HALO },
      }),
      ...ownShapes(),
    ],
  };
}

function tiles(settings, name, minzoom) {
  const query = new URLSearchParams({ layers: name, v: settings.version, ...settings.moment });
  return { type: "vector", tiles: [`${location.origin}${settings.tiles}?${query}`], minzoom, maxzoom: DEEPEST };
}

function visible(shown, name, layer) {
  const layout = { ...layer.layout, visibility: shown.includes(name) ? "visible" : "none" };
  return { ...layer, layout, metadata: { name } };
}

function groundOf(layer, shown) {
  const of = { source: layer.id, "source-layer": layer.id };
  const is = (kind) => ["==", ["geometry-type"], kind];
  const lines = layer.symbol === "line" ? 2.5 : 1.2;
  return [
    { id: `${layer.id}-fill`, type: "fill", filter: is("Polygon"), paint: { "fill-color": layer.fill, "fill-opacity": layer.role === "road" ? 0.85 : 0.4 } },
    { id: `${layer.id}-line`, type: "line", filter: ["!", is("Point")], paint: { "line-color": layer.line, "line-width": lines } },
    { id: `${layer.id}-point`, type: "circle", filter: is("Point"), paint: { "circle-color": layer.fill, "circle-radius": 6, "circle-stroke-color": layer.line, "circle-stroke-width": 2 } },
  ].map((part) => visible(shown, layer.id, { ...part, ...of }));
}

function namesOf(layer, settings, shown) {
  return visible(shown, layer.id, {
    id: `${layer.id}-name`, type: "symbol", source: layer.id, "source-layer": layer.id, minzoom: 14,
    layout: {
      "text-field": ["coalesce", ["get", settings.label], ["get", "label"], ""], "text-font": FONT, "text-size": 12,
      "symbol-placement": layer.symbol === "line" ? "line" : "point", "text-max-width": 9,
    },
    paint: { "text-color": layer.line, ...HALO },
  });
}

function plotLines(shown) {
  const of = { source: "parcels", "source-layer": "parcels", type: "line" };
  return [
    visible(shown, "parcels", {
      ...of, id: "parcels-line",
      paint: { "line-color": "#5f5a48", "line-width": ["interpolate", ["linear"], ["zoom"], 14, 0.4, 16, 0.9, 19, 1.8] },
    }),
    { ...of, id: CHOSEN, filter: ["==", ["get", "number"], ""], paint: { "line-color": "#b3470a", "line-width": 4.5 } },
  ];
}

function ownShapes() {
  return [
    { id: "area-fill", type: "fill", source: "area", paint: { "fill-color": "#b3470a", "fill-opacity": 0.12 } },
    { id: "area-line", type: "line", source: "area", paint: { "line-color": "#b3470a", "line-width": 3 } },
    { id: "drawing-fill", type: "fill", source: "drawing", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": "#b3470a", "fill-opacity": 0.15 } },
    { id: "drawing-line", type: "line", source: "drawing", paint: { "line-color": "#b3470a", "line-width": 3, "line-dasharray": [2, 1] } },
    { id: "drawing-corner", type: "circle", source: "drawing", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 7, "circle-color": "#fff", "circle-stroke-color": "#b3470a", "circle-stroke-width": 3 } },
    { id: "me", type: "circle", source: "me", paint: { "circle-radius": 8, "circle-color": "#1a63b8", "circle-stroke-color": "#fff", "circle-stroke-width": 3 } },
  ];
}
