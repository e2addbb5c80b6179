// The style of the map, built from the catalogue's colours: one tile source per layer, plots below and above them.
import { raisedBuildings } from "./raised_style.js";

export const EMPTY = { type: "FeatureCollection", features: [] };
export const CHOSEN = "parcels-chosen";
export const CLOSE = 18; // zoom at which a single plot fills a phone
export const ABOVE_RASTERS = "above-rasters"; // everything that has values on a grid lies under this one
const ABOVE_BASE = "above-base";
const PLOTS_FROM = 12; // zoom from which plots are drawn, at first dissolved into blocks
const LAYERS_FROM = 8; // zoom from which layers are drawn
const NUMBERS_FROM = 17; // zoom from which their numbers are written
const DEEPEST = 16; // deepest zoom of tiles, drawn larger from there on: 15 cm on the ground, and few plots are cut and named twice
const FONT = ["Noto Sans Malayalam", "Noto Sans", "sans-serif"];
const ORDER = ["zone", "admin", "terrain", "water", "restriction", "building", "road"];
const HALO = { "text-halo-color": "#fffdf8", "text-halo-width": 1.6 };
export const OVER_PICTURES = 0.35, OVER_GROUND = 0.9; // how much of what lies under a plot its own ground hides
const INK = "#b3470a"; // of what a person draws or chooses
const SEEN = { fill: ["fill-opacity"], line: ["line-opacity"], circle: ["circle-opacity", "circle-stroke-opacity"], symbol: ["text-opacity"], raster: ["raster-opacity"], hillshade: ["hillshade-exaggeration"] };

export function point(position) {
  return { type: "Feature", properties: {}, geometry: { type: "Point", coordinates: position } };
}

export function polygon(ring) {
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [[...ring, ring[0]]] } };
}

// `opacities` holds, by layer, the part of its usual strength at which it is drawn; a layer that is not in it has all of it.
export function styleOf(settings, shown, opacities = {}) {
  const layers = [...settings.layers].sort((a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role));
  const vector = ["parcels", ...layers.map((layer) => layer.id)];
  const parts = [
    { id: "ground", type: "background", paint: { "background-color": "#ece8dc" } },
    anchor(ABOVE_BASE),
    {
      id: "parcels-fill", type: "fill", source: "parcels", "source-layer": "parcels", metadata: { name: "parcels" },
      paint: { "fill-color": "#fffdf8", "fill-opacity": settings.base && shown.includes("base") ? OVER_PICTURES : OVER_GROUND },
    },
    anchor(ABOVE_RASTERS),
    ...layers.flatMap(groundOf),
    ...plotLines(),
    ...layers.filter((layer) => layer.role !== "building").map((layer) => namesOf(layer, settings)),
    {
      id: "parcels-number", type: "symbol", source: "parcels", "source-layer": "parcels", minzoom: NUMBERS_FROM, metadata: { name: "parcels" },
      layout: { "text-field": ["get", "number"], "text-font": FONT, "text-size": 12.5, "text-padding": 1 },
      paint: { "text-color": "#2b2f22", ...HALO },
    },
    ...ownShapes(),
    ...raisedBuildings(settings),
  ];
  return {
    version: 8,
    sources: {
      ...Object.fromEntries(vector.map((name) => [name, tiles(settings, name)])),
      ...Object.fromEntries(["area", "drawing", "me", "paper", "envelope"].map((name) => [name, { type: "geojson", data: EMPTY }])),
    },
    layers: parts.map((part) => drawn(part, shown, opacities)),
  };
}

// Something that draws nothing, under which other things can be slipped in later.
function anchor(id) {
  return { id, type: "background", layout: { visibility: "none" }, metadata: { name: id } };
}

function drawn(part, shown, opacities) {
  const name = part.metadata?.name;
  if (!name) return part;
  const whole = { ...part, metadata: { name, usual: part.paint } };
  return {
    ...whole,
    layout: { ...part.layout, visibility: shown.includes(name) ? "visible" : "none" },
    paint: { ...part.paint, ...paintAt(whole, opacities[name] ?? 1) },
  };
}

// The paint of a part at some of its usual strength.
export function paintAt(part, share) {
  const { usual } = part.metadata;
  return Object.fromEntries((SEEN[part.type] ?? []).map((property) => [property, (usual?.[property] ?? 1) * share]));
}

// Each layer's address carries its own version: an edit of one leaves the tiles of the others where they are kept.
export function tileAddress(settings, name) {
  const query = new URLSearchParams({ layers: name, v: settings.versions[name], ...settings.moment });
  return `${location.origin}${settings.tiles}?${query}`;
}

function tiles(settings, name) {
  const minzoom = name === "parcels" ? PLOTS_FROM : LAYERS_FROM;
  return { type: "vector", tiles: [tileAddress(settings, name)], minzoom, maxzoom: DEEPEST };
}

function groundOf(layer) {
  const of = { source: layer.id, "source-layer": layer.id, metadata: { name: layer.id } };
  const is = (kind) => ["==", ["geometry-type"], kind];
  const lines = layer.symbol === "line" ? 2.5 : 1.2;
  return [
    { id: `${layer.id}-fill`, type: "fill", filter: is("Polygon"), paint: { "fill-color": layer.fill, "fill-opacity": layer.role === "road" ? 0.85 : 0.4 } },
    { id: `${layer.id}-line`, type: "line", filter: ["!", is("Point")], paint: { "line-color": layer.line, "line-width": lines } },
    { id: `${layer.id}-point`, type: "circle", filter: is("Point"), paint: { "circle-color": layer.fill, "circle-radius": 6, "circle-stroke-color": layer.line, "circle-stroke-width": 2 } },
  ].map((part) => ({ ...part, ...of }));
}

function namesOf(layer, settings) {
  return {
    id: `${layer.id}-name`, type: "symbol", source: layer.id, "source-layer": layer.id, minzoom: 14, metadata: { name: layer.id },
    layout: {
      "text-field": ["coalesce", ["get", settings.label], ["get", "label"], ""], "text-font": FONT, "text-size": 12,
      "symbol-placement": layer.symbol === "line" ? "line" : "point", "text-max-width": 9,
    },
    paint: { "text-color": layer.line, ...HALO },
  };
}

function plotLines() {
  const of = { source: "parcels", "source-layer": "parcels", type: "line" };
  return [
    {
      ...of, id: "parcels-line", metadata: { name: "parcels" },
      paint: { "line-color": "#5f5a48", "line-width": ["interpolate", ["linear"], ["zoom"], 14, 0.4, 16, 0.9, 19, 1.8] },
    },
    { ...of, id: CHOSEN, filter: ["==", ["get", "number"], ""], paint: { "line-color": INK, "line-width": 4.5 } },
  ];
}

function ownShapes() {
  return [
    { id: "paper-line", type: "line", source: "paper", paint: { "line-color": "#12312b", "line-width": 2.5, "line-dasharray": [3, 2] } },
    { id: "area-fill", type: "fill", source: "area", paint: { "fill-color": INK, "fill-opacity": 0.12 } },
    { id: "area-line", type: "line", source: "area", paint: { "line-color": INK, "line-width": 3 } },
    { id: "drawing-fill", type: "fill", source: "drawing", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": INK, "fill-opacity": 0.15 } },
    { id: "drawing-line", type: "line", source: "drawing", filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": INK, "line-width": 3, "line-dasharray": [2, 1] } },
    { id: "drawing-corner", type: "circle", source: "drawing", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 7, "circle-color": "#fff", "circle-stroke-color": INK, "circle-stroke-width": 3 } },
    { id: "me", type: "circle", source: "me", paint: { "circle-radius": 8, "circle-color": "#1a63b8", "circle-stroke-color": "#fff", "circle-stroke-width": 3 } },
  ];
}

// What is added only when a person wants to see it: values on a grid, shaded hills, a base map from another host.
export function pictureOf(settings, name, opacities) {
  const query = new URLSearchParams(settings.moment);
  const address = `${location.origin}/tiles/${settings.code}/raster/${name === "hillshade" ? "terrain-rgb" : name}/tilejson.json?${query}`;
  const grid = { type: "raster", url: address, tileSize: 256 };
  const part = (type, paint) => drawn({ id: `${name}-picture`, type, source: name, metadata: { name }, paint }, [name], opacities);
  if (name === "base") {
    const { tiles, deepest } = settings.base;
    return { source: { type: "raster", tiles: [tiles], tileSize: 256, maxzoom: deepest }, part: part("raster", {}), below: ABOVE_BASE };
  }
  if (name === "hillshade") return { source: { ...grid, type: "raster-dem" }, part: part("hillshade", { "hillshade-exaggeration": 0.5 }), below: ABOVE_RASTERS };
  return { source: grid, part: part("raster", { "raster-opacity": 0.8, "raster-resampling": "nearest" }), below: ABOVE_RASTERS };
}
