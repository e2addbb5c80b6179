// The layer panel: switches that are the legend too, and how strongly each layer is drawn.
// In: the map and what is shown.  Out: tells what is shown now, and how strongly.
import { OVER_GROUND, OVER_PICTURES, paintAt, pictureOf } from "./map_style.js";
import { attachLegends } from "./legends.js";
import { afterPaint } from "./after_paint.js";

export function attachLayers(map, panels, settings, { style, shown, opacities, before, changed }) {
  const panel = document.getElementById("layers");
  const boxes = [...panel.querySelectorAll("input[name=layer]:not(:disabled)")];
  const ranges = new Map([...panel.querySelectorAll("input[name=opacity]")].map((range) => [range.dataset.layer, range]));
  const parts = Map.groupBy ? Map.groupBy(style.layers, nameOf) : grouped(style.layers);
  const pictures = new Set([...settings.rasters.map((each) => each.id), ...(settings.base ? ["base"] : [])]);
  const legends = attachLegends(settings);

  for (const box of boxes) {
    box.checked = shown.includes(box.value);
    if (box.checked) unfold(box.value, true);
    box.addEventListener("change", () => turn(box.value, box.checked));
  }
  for (const [name, range] of ranges) {
    range.value = Math.round((opacities[name] ?? 1) * 100);
    range.addEventListener("input", () => fade(name, range.value / 100));
    range.addEventListener("change", () => changed({ opacities }));
  }
  for (const name of shown) if (pictures.has(name)) addPicture(name);

  function turn(name, isOn) {
    if (isOn && pictures.has(name) && !map.getSource(name)) addPicture(name);
    if (isOn) before(name);
    if (name === "base") map.setPaintProperty("parcels-fill", "fill-opacity", isOn ? OVER_PICTURES : OVER_GROUND);
    for (const part of parts.get(name) ?? []) map.setLayoutProperty(part.id, "visibility", isOn ? "visible" : "none");
    unfold(name, isOn);
    changed({ shown: boxes.filter((box) => box.checked).map((box) => box.value) });
  }

  function addPicture(name) {
    const { source, part, below } = pictureOf(settings, name, opacities);
    map.addSource(name, source);
    map.addLayer(part, below);
    parts.set(name, [part]);
  }

  function fade(name, share) {
    opacities[name] = share;
    for (const part of parts.get(name) ?? []) {
      for (const [property, value] of Object.entries(paintAt(part, share))) map.setPaintProperty(part.id, property, value);
    }
  }

  function unfold(name, isOn) {
    const fold = ranges.get(name)?.closest(".opacity");
    if (fold) fold.hidden = !isOn;
    if (isOn) legends.show(name);
    else legends.hide(name);
  }

  // Another date: pictures are asked for again, their address tells the date.
  function redated() {
    for (const name of pictures) {
      if (name === "base" || !map.getSource(name)) continue;
      map.getSource(name).setUrl(pictureOf(settings, name, opacities).source.url);
    }
  }

  panels.add("layers", { opened: ({ hasFocus }) => { if (hasFocus) afterPaint(() => boxes[0]?.focus({ preventScroll: true })); } });
  return { redated, isShown: (name) => boxes.some((box) => box.value === name && box.checked) };
}

const nameOf = (part) => part.metadata?.name;

function grouped(parts) { // for browsers before 2024
  const groups = new Map();
  for (const part of parts) groups.set(nameOf(part), [...(groups.get(nameOf(part)) ?? []), part]);
  return groups;
}
