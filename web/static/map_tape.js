// The tape on a map: positions in degrees, caught on the lines of the plan that lies over it, by tap or by Enter under the cross.
import { areaError, areaOf, distance, lengthError, lengthOf } from "./ground_measure.js";
import { caught, onLine } from "./tape_catch.js";

const TAPE = "#b3470a";
const CAUGHT_ON = ["parcel", "plot", "level", "basement", "thing"];
const EXACT = 0.01; // metres: the plan's corners are told to the seventh decimal of a degree
const FINGER = 2; // pixels that a free point may be off

export function tapeLayers(source) {
  return [
    { id: "tape-area", type: "fill", source, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": TAPE, "fill-opacity": 0.12 } },
    { id: "tape-line", type: "line", source, filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": TAPE, "line-width": 3 } },
    { id: "tape-point", type: "circle", source, filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": TAPE, "circle-radius": 6, "circle-stroke-color": "#fff", "circle-stroke-width": 1.5 } },
  ];
}

// The lines of a plan in degrees, each with two ends.
function linesOf(plan) {
  const runs = (geometry) => ({ Polygon: () => geometry.coordinates, MultiPolygon: () => geometry.coordinates.flat(),
    LineString: () => [geometry.coordinates], MultiLineString: () => geometry.coordinates })[geometry.type]?.() ?? [];
  return plan.features
    .filter((each) => CAUGHT_ON.includes(each.properties.kind))
    .flatMap(({ geometry }) => runs(geometry))
    .flatMap((run) => run.slice(1).map((corner, index) => [...run[index], ...corner]));
}

export function mapTape(map, { source, plan }) {
  const lines = linesOf(plan), canvas = map.getCanvas();
  const toScreen = (at) => { const { x, y } = map.project(at); return [x, y]; };

  function groundPerPixel() {
    const { x, y } = map.project(map.getCenter());
    const [a, b] = [map.unproject([x - 50, y]), map.unproject([x + 50, y])];
    return distance([a.lng, a.lat], [b.lng, b.lat]) / 100;
  }

  return (hands) => {
    function set({ lng, lat }) {
      const onScreen = lines.map(([ax, ay, bx, by]) => [...toScreen([ax, ay]), ...toScreen([bx, by])]);
      const before = hands.last();
      const hit = caught(toScreen([lng, lat]), onScreen, before && toScreen(before.at));
      if (hit) hands.add({ at: onLine(lines[hit.index], hit.share), on: hit.on, off: EXACT });
      else hands.add({ at: [lng, lat], on: "free", off: FINGER * groundPerPixel() });
    }

    map.on("click", (event) => { if (hands.isOn()) set(event.lngLat); });
    canvas.addEventListener("keydown", (event) => {
      if (!hands.isOn()) return;
      if (event.key === "Enter") { event.preventDefault(); set(map.getCenter()); }
      else if (event.key === "Backspace") hands.back();
      else if (event.key === "Escape") hands.leave();
    });

    function turn(isOn) {
      map.getContainer().parentElement.classList.toggle("is-taping", isOn);
      map.doubleClickZoom[isOn ? "disable" : "enable"]();
      canvas.style.cursor = isOn ? "crosshair" : "";
    }

    function draw(points) {
      const corners = points.map((point) => point.at);
      const shape = (type, coordinates) => ({ type: "Feature", properties: {}, geometry: { type, coordinates } });
      const parts = corners.map((corner) => shape("Point", corner));
      if (corners.length > 1) parts.push(shape("LineString", corners));
      if (corners.length > 2) parts.push(shape("Polygon", [[...corners, corners[0]]]));
      map.getSource(source).setData({ type: "FeatureCollection", features: parts });
    }

    function measured(points) {
      const corners = points.map((point) => point.at);
      const off = Math.max(...points.map((point) => point.off));
      const isArea = corners.length > 2;
      return { length: lengthOf(corners), lengthOff: lengthError(corners, off), area: isArea ? areaOf(corners) : 0, areaOff: isArea ? areaError(corners, off) : 0 };
    }

    return { turn, draw, measured };
  };
}
