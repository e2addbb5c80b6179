// The tape on the sketch of a drawing: points in the units of its SVG, whose scale it tells, caught on the lines that are drawn.
import { caught, onLine } from "./tape_catch.js";
import { planeAreaError, planeLengthError } from "./ground_measure.js";

const CAUGHT_ON = ".parcel, .drawn-plot, .level, .basement, .thing, .road, .neighbour";
const EXACT = 0.05; // drawing units: a path is written to the tenth
const FINGER = 2; // pixels that a free point may be off
const STEP = 12, FINE = 1; // drawing units that an arrow key moves the cross, and with shift
const SVG = "http://www.w3.org/2000/svg";

// The lines of a path that the sketch writes: M x,y L x,y … Z.
function linesOf(path) {
  return path.getAttribute("d").split("M").filter(Boolean).flatMap((run) => {
    const corners = run.replace("Z", "").split("L").map((pair) => pair.trim().split(",").map(Number));
    if (corners.some((each) => each.length !== 2 || !each.every(Number.isFinite))) return []; // a dot is an arc
    const round = run.includes("Z") ? [...corners, corners[0]] : corners;
    return round.slice(1).map((corner, index) => [...round[index], ...corner]);
  });
}

export function sketchTape(svg) {
  const scale = Number(svg.dataset.scale);
  if (!scale) return null;
  const lines = [...svg.querySelectorAll(CAUGHT_ON)].flatMap(linesOf);
  const drawn = svg.appendChild(document.createElementNS(SVG, "g"));
  drawn.setAttribute("class", "tape");
  const made = (name, attributes) => {
    const part = document.createElementNS(SVG, name);
    Object.entries(attributes).forEach(([key, value]) => part.setAttribute(key, value));
    return part;
  };
  let cross = null;

  return (hands) => {
    const toScreen = ([x, y]) => { const at = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM()); return [at.x, at.y]; };
    const toDrawing = ([x, y]) => { const at = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM().inverse()); return [at.x, at.y]; };
    const pixel = () => 1 / svg.getScreenCTM().a; // drawing units

    function set(at) {
      const onScreen = lines.map(([ax, ay, bx, by]) => [...toScreen([ax, ay]), ...toScreen([bx, by])]);
      const before = hands.last();
      const hit = caught(at, onScreen, before && toScreen(before.at));
      if (hit) hands.add({ at: onLine(lines[hit.index], hit.share), on: hit.on, off: EXACT / scale });
      else hands.add({ at: toDrawing(at), on: "free", off: FINGER * pixel() / scale });
    }

    svg.addEventListener("click", (event) => {
      if (!hands.isOn() || !svg.contains(event.target)) return;
      event.preventDefault(); // a number on the drawing leads nowhere while it is measured
      set([event.clientX, event.clientY]);
    }, true);
    svg.addEventListener("keydown", (event) => {
      if (!hands.isOn()) return;
      const step = event.shiftKey ? FINE : STEP;
      const move = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
      if (move) showCross([cross[0] + move[0], cross[1] + move[1]]);
      else if (event.key === "Enter") set(toScreen(cross));
      else if (event.key === "Backspace") hands.back();
      else if (event.key === "Escape") hands.leave();
      else return;
      event.preventDefault();
    });
    svg.addEventListener("blur", () => drawn.querySelector(".tape-cross")?.remove());
    svg.addEventListener("focus", () => { if (hands.isOn()) showCross(cross ?? middle()); });

    function middle() {
      const { x, y, width, height } = svg.viewBox.baseVal;
      return [x + width / 2, y + height / 2];
    }

    function showCross(at) {
      const { x, y, width, height } = svg.viewBox.baseVal;
      cross = [Math.min(Math.max(at[0], x), x + width), Math.min(Math.max(at[1], y), y + height)];
      drawn.querySelector(".tape-cross")?.remove();
      const arm = 14 * pixel();
      drawn.append(made("path", { class: "tape-cross", d: `M${cross[0] - arm},${cross[1]}h${2 * arm}M${cross[0]},${cross[1] - arm}v${2 * arm}` }));
    }

    function turn(isOn) {
      svg.classList.toggle("is-taping", isOn);
      svg.toggleAttribute("tabindex", false);
      if (isOn) svg.setAttribute("tabindex", "0");
      if (!isOn) drawn.querySelector(".tape-cross")?.remove();
    }

    function draw(points) {
      for (const each of drawn.querySelectorAll(":not(.tape-cross)")) each.remove();
      const corners = points.map((point) => point.at.join(",")).join(" ");
      if (points.length > 2) drawn.append(made("polygon", { class: "tape-area", points: corners }));
      if (points.length > 1) drawn.append(made("polyline", { class: "tape-line", points: corners }));
      for (const { at } of points) drawn.append(made("circle", { class: "tape-point", cx: at[0], cy: at[1], r: 6 * pixel() }));
    }

    function measured(points) {
      const places = points.map(({ at }) => at.map((each) => each / scale));
      const off = Math.max(0, ...points.map((point) => point.off));
      const length = places.slice(1).reduce((sum, place, index) => sum + Math.hypot(place[0] - places[index][0], place[1] - places[index][1]), 0);
      const twice = places.reduce((sum, [x, y], index) => { const [x2, y2] = places[(index + 1) % places.length]; return sum + x * y2 - x2 * y; }, 0);
      return { length, lengthOff: planeLengthError(places, off), area: Math.abs(twice) / 2, areaOff: planeAreaError(places, off) };
    }

    return { turn, draw, measured };
  };
}
