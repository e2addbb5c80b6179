// Measure on the map: a length or an area over tapped corners, in ground metres, with how far off it may be.
import { attachCorners, cornersText, isOnEarth, ringOf } from "./corners.js";
import { areaError, areaOf, distance, lengthError, lengthOf } from "./ground_measure.js";
import { afterPaint } from "./after_paint.js";

const FINGER = 4; // pixels that a tap may be off to any side
const CENT = 40.46856422; // square metres

export function attachMeasure(map, panels, { frame, settings, kept }) {
  const panel = document.getElementById("measure"), { words } = settings;
  const kinds = [...panel.querySelectorAll("input[name=measured]")];
  const undo = document.getElementById("measure-undo");
  const [told, detail] = [document.getElementById("measured"), document.getElementById("measured-detail")];
  let off = 0, before = 0; // metres that a corner may be off, by the zoom of the coarsest tap
  const isArea = () => kinds.find((kind) => kind.checked).value === "area";
  const corners = attachCorners(map, { frame, changed, closed: () => {}, left: () => panels.back(), isArea });

  function changed(ring) {
    if (ring.length > before) off = Math.max(off, FINGER * groundPerPixel());
    if (!ring.length) off = 0;
    before = ring.length;
    undo.disabled = !ring.length;
    tell(ring);
    if (corners?.isActive() || ring.length) kept(ring.length ? `${isArea() ? "area" : "line"},${off.toFixed(2)}~${cornersText(ring)}` : null);
  }

  function groundPerPixel() {
    const middle = map.project(map.getCenter());
    const [a, b] = [map.unproject([middle.x - 50, middle.y]), map.unproject([middle.x + 50, middle.y])];
    return distance([a.lng, a.lat], [b.lng, b.lat]) / 100;
  }

  function tell(ring) {
    const isEnough = ring.length > (isArea() ? 2 : 1);
    told.textContent = isEnough ? (isArea() ? areaText(ring) : lengthText(ring)) : "";
    detail.textContent = isEnough ? words.measure_off.replace("{off}", metres(off, off)) : words.measure_begin;
  }

  function lengthText(line) {
    const error = lengthError(line, off);
    return words.measured_length.replace("{length}", metres(lengthOf(line), error)).replace("{off}", metres(error, error));
  }

  function areaText(ring) {
    const [area, error] = [areaOf(ring), areaError(ring, off)];
    return words.measured_area
      .replace("{area}", inSquare(area, error)).replace("{off}", inSquare(error, error))
      .replace("{cents}", rounded(area / CENT, error / CENT)).replace("{around}", metres(lengthOf([...ring, ring[0]]), lengthError(ring, off)));
  }

  const metres = (length, error) => (length >= 10_000 ? `${rounded(length / 1000, error / 1000)} ${words.unit_km}` : `${rounded(length, error)} ${words.unit_metre}`);
  const inSquare = (area, error) => `${rounded(area, error)} ${words.unit_m2}`;

  // No more figures than the error allows: two of its own.
  function rounded(value, error) {
    const figures = Math.min(Math.max(1 - Math.floor(Math.log10(Math.max(error, 1e-9))), -6), 3);
    const step = 10 ** -figures;
    const places = Math.max(figures, 0);
    return (Math.round(value / step) * step).toLocaleString("en-GB", { minimumFractionDigits: places, maximumFractionDigits: places });
  }

  function restore(text) {
    const [head, ...rest] = text.split("~");
    const [kind, exact] = head.split(",");
    const ring = ringOf(rest.join("~"));
    if (!isOnEarth(ring)) return [];
    kinds.forEach((each) => { each.checked = each.value === (kind === "line" ? "line" : "area"); });
    off = Number.parseFloat(exact) || 0;
    before = ring.length;
    return ring;
  }

  let waiting = null;
  panels.add("measure", {
    opened: ({ hasFocus }) => {
      corners.start(waiting ?? []);
      waiting = null;
      if (hasFocus) afterPaint(() => map.getCanvas().focus());
    },
    closed: () => {
      corners.stop();
      kept(null);
    },
  });
  kinds.forEach((kind) => kind.addEventListener("change", corners.redraw));
  undo.addEventListener("click", () => corners.undo());
  document.getElementById("measure-again").addEventListener("click", () => { corners.start([]); afterPaint(() => map.getCanvas().focus()); });
  return { isActive: corners.isActive, restore: (text) => { waiting = restore(text); } };
}
