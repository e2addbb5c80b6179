// Draw an area: tap the corners, or move the map under the cross and press Enter.  Out: a ring of positions.
import { EMPTY } from "./map_style.js";

const NEAR = 22; // pixels around the first corner that close the ring
const MOST = 200; // corners that an address can carry

export function ringOf(text) {
  return text.split("~").map((corner) => corner.split(",").map(Number));
}

export function cornersText(ring) {
  return ring.map((corner) => corner.map((degrees) => degrees.toFixed(7)).join(",")).join("~");
}

export function attachDraw(map, { frame, words, say, finished }) {
  const button = document.getElementById("draw-button");
  const bar = document.getElementById("draw-bar");
  let ring = [], active = false;

  function set(isActive) {
    active = isActive;
    ring = [];
    bar.hidden = !active;
    button.setAttribute("aria-pressed", String(active));
    frame.classList.toggle("is-drawing", active);
    map.doubleClickZoom[active ? "disable" : "enable"]();
    if (active) map.getCanvas().focus();
    show();
  }

  function show() {
    document.getElementById("draw-count").textContent = words.corners.replace("{count}", ring.length);
    document.getElementById("draw-undo").disabled = ring.length === 0;
    map.getSource("drawing").setData(ring.length ? features() : EMPTY);
  }

  function features() {
    const shape = (type, coordinates) => ({ type: "Feature", properties: {}, geometry: { type, coordinates } });
    const parts = ring.map((corner) => shape("Point", corner));
    if (ring.length > 2) parts.push(shape("Polygon", [[...ring, ring[0]]]));
    else if (ring.length === 2) parts.push(shape("LineString", ring));
    return { type: "FeatureCollection", features: parts };
  }

  function add(lngLat) {
    if (ring.length > 2) {
      const first = map.project(ring[0]), here = map.project(lngLat);
      if (Math.hypot(first.x - here.x, first.y - here.y) < NEAR) return finish();
    }
    if (ring.length < MOST) ring.push([lngLat.lng, lngLat.lat]);
    show();
  }

  function finish() {
    if (ring.length < 3) return say(words.too_few);
    const drawn = ring;
    set(false);
    finished(drawn);
  }

  function undo() {
    ring.pop();
    show();
  }

  button.addEventListener("click", () => set(!active));
  document.getElementById("draw-finish").addEventListener("click", finish);
  document.getElementById("draw-undo").addEventListener("click", undo);
  document.getElementById("draw-cancel").addEventListener("click", () => { set(false); button.focus(); });
  map.on("click", (event) => {
    if (!active) return;
    event.preventDefault(); // a tap that draws asks nothing, the closing one included
    add(event.lngLat);
  });
  map.getCanvas().addEventListener("keydown", (event) => {
    if (!active) return;
    if (event.key === "Enter") { event.preventDefault(); add(map.getCenter()); }
    else if (event.key === "Backspace") undo();
    else if (event.key === "Escape") set(false);
  });
  return { isDrawing: () => active };
}
