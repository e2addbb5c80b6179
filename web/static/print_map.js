// Print the map: its sheet is shown on the ground at the scale chosen, and the server draws it from the record.
import { EMPTY, polygon } from "./map_style.js";
import { distance } from "./ground_measure.js";
import { afterPaint } from "./after_paint.js";

export function attachPrint(map, panels, settings, { shown, opacities, kept }) {
  const form = document.getElementById("print-form");
  const [scale, paper] = [form.elements.scale, form.elements.paper];
  let isOpen = false;

  // Half of the sheet's width and height in degrees, around the middle of the map.
  function halves() {
    const [wide, high] = settings.papers[paper.value].map((mm) => mm / 1000 * Number(scale.value));
    const { lng, lat } = map.getCenter();
    const perDegree = [distance([lng, lat], [lng + 0.01, lat]) * 100, distance([lng, lat - 0.005], [lng, lat + 0.005]) * 100];
    return [wide / perDegree[0] / 2, high / perDegree[1] / 2];
  }

  function show() {
    if (!isOpen) return;
    const { lng, lat } = map.getCenter();
    const [x, y] = halves();
    map.getSource("paper").setData(polygon([[lng - x, lat - y], [lng + x, lat - y], [lng + x, lat + y], [lng - x, lat + y]]));
  }

  function fit() {
    kept(`${paper.value},${scale.value}`);
    const { lng, lat } = map.getCenter();
    const [x, y] = halves();
    map.setPadding(roomAround()); // the middle of the map is then the middle of what the panel leaves free
    map.fitBounds([[lng - x, lat - y], [lng + x, lat + y]], { padding: 8, animate: false, bearing: 0, pitch: 0 });
    show();
  }

  function roomAround() { // of the panel that lies over the map, on a phone its lower part
    const [whole, panel] = [map.getContainer().getBoundingClientRect(), form.closest(".panel").getBoundingClientRect()];
    const isBelow = panel.width > whole.width - 40;
    return { top: isBelow ? 112 : 64, right: 0, left: isBelow ? 0 : panel.right - whole.left, bottom: isBelow ? panel.height : 0 };
  }

  function fill() { // what is on the screen goes with the question
    const middle = map.getCenter();
    const values = { lat: middle.lat.toFixed(7), lon: middle.lng.toFixed(7), layers: shown().join(","), opacity: opacities(), on: settings.moment.on, known: settings.moment.known };
    for (const [name, value] of Object.entries(values)) {
      form.elements[name].value = value ?? "";
      form.elements[name].disabled = !value;
    }
  }

  panels.add("print", {
    opened: ({ hasFocus }) => {
      isOpen = true;
      afterPaint(() => {
        if (!isOpen) return;
        fit();
        if (hasFocus) scale.focus();
      });
    },
    closed: () => {
      isOpen = false;
      map.getSource("paper").setData(EMPTY);
      afterPaint(() => { if (!isOpen) map.setPadding({ top: 0, right: 0, bottom: 0, left: 0 }); });
      kept(null);
    },
  });
  map.on("move", show);
  for (const control of [scale, paper]) control.addEventListener("change", fit);
  form.addEventListener("submit", fill);
  return {
    restore(text) {
      const [sheet, denominator] = text.split(",");
      if (settings.papers[sheet]) paper.value = sheet;
      if ([...scale.options].some((option) => option.value === denominator)) scale.value = denominator;
    },
  };
}
