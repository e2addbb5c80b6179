// Legends of values on a grid: the server's own colours, values and unit, asked for once a picture is shown.

export function attachLegends(settings) {
  const slots = new Map([...document.querySelectorAll("[data-legend]")].map((slot) => [slot.dataset.legend, slot]));

  async function show(name) {
    const slot = slots.get(name);
    if (!slot) return;
    slot.hidden = false;
    if (slot.childElementCount) return;
    try {
      const answer = await fetch(`/api/${settings.code}/raster/${name}/legend?${new URLSearchParams(settings.moment)}`);
      if (!answer.ok) throw new Error(String(answer.status));
      slot.replaceChildren(...drawn(await answer.json()));
    } catch {
      slot.textContent = settings.words.legend_failed;
    }
  }

  function drawn(legend) {
    const inOwn = (words) => (settings.language === "ml" ? words.ml : words.en);
    const unit = settings.words[`unit_${legend.unit}`] ?? "";
    const rows = legend.stops.map(({ value, colour, title }) => row(colour, title ? inOwn(title) : `${settings.numbers.format(value)} ${unit}`));
    const list = document.createElement("ul");
    list.append(...rows);
    const notes = legend.datum.map((text) => note(text));
    return [list, ...notes];
  }

  return { show, hide: (name) => { if (slots.has(name)) slots.get(name).hidden = true; } };
}

function row(colour, text) {
  const item = document.createElement("li");
  const swatch = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  swatch.setAttribute("class", "swatch");
  for (const [name, value] of Object.entries({ width: 26, height: 18, "aria-hidden": "true" })) swatch.setAttribute(name, value);
  const box = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ width: 26, height: 18, fill: colour, stroke: "#8b8878" })) box.setAttribute(name, value);
  swatch.append(box);
  item.append(swatch, document.createTextNode(text));
  return item;
}

function note(text) { // the datum stands as its source writes it
  const line = document.createElement("p");
  line.className = "small";
  line.lang = "en";
  line.textContent = text;
  return line;
}
