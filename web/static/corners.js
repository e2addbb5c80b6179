// Corners on the map: tapped one by one, or set by Enter under the cross.  In: who wants them.  Out: positions in degrees.
import { EMPTY } from "./map_style.js";

const NEAR = 22; // pixels around the first corner that close the ring
const MOST = 200; // corners that an address can carry

export function ringOf(text) {
  return text.split("~").map((corner) => corner.split(",").map(Number));
}

// An address may say anything; what is no place on the earth stops the map.
export function isOnEarth(ring) {
  return ring.every((corner) => corner.length === 2 && corner.every(Number.isFinite) && Math.abs(corner[0]) <= 180 && Math.abs(corner[1]) <= 90);
}

export function cornersText(ring) {
  return ring.map((corner) => corner.map((degrees) => degrees.toFixed(7)).join(",")).join("~");
}

// `changed` hears of every corner, `closed` of a tap on the first one, `left` of Escape; `isArea` says whether corners enclose ground.
export function attachCorners(map, { frame, changed, closed, left, isArea = () => true }) {
  let ring = [], active = false;

  function set(isActive, corners = []) {
    active = isActive;
    ring = corners;
    frame.classList.toggle("is-drawing", active);
    map.doubleClickZoom[active ? "disable" : "enable"]();
    map.getCanvas().style.cursor = "";
    show();
  }

  function show() {
    map.getSource("drawing").setData(ring.length ? features() : EMPTY);
    changed(ring);
  }

  function features() {
    const shape = (type, coordinates) => ({ type: "Feature", properties: {}, geometry: { type, coordinates } });
    const parts = ring.map((corner) => shape("Point", corner));
    if (ring.length > 2 && isArea()) parts.push(shape("Polygon", [[...ring, ring[0]]]));
    else if (ring.length > 1) parts.push(shape("LineString", ring));
    return { type: "FeatureCollection", features: parts };
  }

  function add(lngLat) {
    if (ring.length > 2 && isArea()) {
      const first = map.project(ring[0]), here = map.project(lngLat);
      if (Math.hypot(first.x - here.x, first.y - here.y) < NEAR) return closed();
    }
    if (ring.length < MOST) ring = [...ring, [lngLat.lng, lngLat.lat]];
    show();
  }

  map.on("click", (event) => {
    if (!active) return;
    event.preventDefault(); // a tap that draws asks nothing, the closing one included
    add(event.lngLat);
  });
  map.getCanvas().addEventListener("keydown", (event) => {
    if (!active) return;
    if (event.key === "Enter") { event.preventDefault(); add(map.getCenter()); }
    else if (event.key === "Backspace") undo();
    else if (event.key === "Escape") left();
  });
  function undo() {
    ring = ring.slice(0, -1);
    show();
  }
  return { start: (corners) => set(true, corners), stop: () => set(false), undo, redraw: show, isActive: () => active, corners: () => ring };
}
