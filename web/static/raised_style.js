// What stands up on the map: the ground in relief, buildings by their storeys, what may be built on the chosen plot.

const COLOURS = ["#0c4f45", "#2c7a63", "#63a17f", "#a4c69b", "#dfe3b8", "#f3e2a0"];
export const STOREY = 3; // metres for each storey of a building whose height nobody measured: an assumption that the panel tells
export const RELIEF = "relief"; // heights that raise the ground
export const SHADE = "relief-shade"; // the same heights for shaded hills, which MapLibre wants of a source of their own

export function raisedBuildings(settings) {
  const envelope = {
    id: "envelope-raised", type: "fill-extrusion", source: "envelope",
    paint: {
      "fill-extrusion-color": ["coalesce", ["get", "colour"], COLOURS[0]], "fill-extrusion-opacity": 0.7,
      "fill-extrusion-base": ["get", "bottom"], "fill-extrusion-height": ["get", "top"],
    },
  };
  const building = settings.layers.find((layer) => layer.role === "building");
  if (!building) return [envelope];
  return [{
    id: "buildings-raised", type: "fill-extrusion", source: building.id, "source-layer": building.id, minzoom: 14,
    filter: ["==", ["geometry-type"], "Polygon"], layout: { visibility: "none" },
    paint: {
      "fill-extrusion-color": building.fill, "fill-extrusion-opacity": 0.85,
      "fill-extrusion-height": ["*", STOREY, ["max", 1, ["to-number", ["get", "storeys"], 1]]],
    },
  }, envelope];
}

// Steps of an envelope as bodies: each stands on the one below and has a colour of its own.
export function stepsOf(envelope, storey) {
  const highest = Math.max(0, ...envelope.features.map((each) => each.properties.bottom)) + storey;
  const features = envelope.features.map((each, index) => ({
    ...each,
    properties: { ...each.properties, top: each.properties.top ?? highest, colour: COLOURS[Math.min(index, COLOURS.length - 1)] },
  }));
  return { ...envelope, features };
}

export function heightsSource(address) {
  return { type: "raster-dem", url: address, tileSize: 256 };
}
