// What lies under a tap: the shapes that are drawn there, and the values of the grids that are shown.
const REACH = 4; // pixels around a tap in which a line or a point is meant too

export function attachIdentify(map, settings, { style, isShown }) {
  const { words } = settings;
  const titles = new Map(settings.layers.map((layer) => [layer.id, layer.title]));
  const parts = style.layers.filter((part) => titles.has(part.source) && ["fill", "line", "circle"].includes(part.type));

  // The shapes under a place, each once, the uppermost first.
  function shapesAt(lngLat) {
    const { x, y } = map.project(lngLat);
    const box = [[x - REACH, y - REACH], [x + REACH, y + REACH]];
    const asked = parts.filter((part) => isShown(part.source)).map((part) => part.id);
    const found = new Map();
    for (const { source, properties } of map.queryRenderedFeatures(box, { layers: asked })) {
      const name = properties[settings.label] ?? properties.label ?? properties.ref ?? "";
      found.set(`${source} ${name}`, { title: titles.get(source), name: String(name) });
    }
    return [...found.values()];
  }

  async function valueOf(theme, [lon, lat]) {
    const query = new URLSearchParams({ at: `${lon.toFixed(7)},${lat.toFixed(7)}`, ...settings.moment });
    const answer = await fetch(`/api/${settings.code}/raster/${theme.id}?${query}`);
    if (!answer.ok) return { title: theme.title, name: words.no_value };
    const { value, unit, class_title: named } = await answer.json();
    if (named) return { title: theme.title, name: settings.language === "ml" ? named.ml : named.en };
    if (value === null) return { title: theme.title, name: words.no_value };
    return { title: theme.title, name: `${settings.numbers.format(value)} ${words[`unit_${unit}`] ?? ""}` };
  }

  // A list for the answer: filled at once with shapes, with values as they come.
  function at(lngLat) {
    const shapes = shapesAt(lngLat);
    const themes = settings.rasters.filter((theme) => theme.is_asked && isShown(theme.id));
    if (!shapes.length && !themes.length) return null;
    const part = document.createElement("section");
    part.className = "under-tap";
    const head = document.createElement("h3");
    head.textContent = words.under_tap;
    const list = document.createElement("dl");
    list.append(...shapes.flatMap(pair));
    part.append(head, list);
    for (const theme of themes) {
      valueOf(theme, lngLat).then((found) => list.append(...pair(found)), () => {});
    }
    return part;
  }

  return { at };
}

function pair({ title, name }) {
  return [["dt", title], ["dd", name || "–"]].map(([tag, text]) => {
    const cell = document.createElement(tag);
    cell.textContent = text;
    return cell;
  });
}
