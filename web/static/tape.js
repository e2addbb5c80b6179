// The tape of a drawing: points set by tap or by Enter, their length and the area between them, and how far off they may be.
// In: the bar with its buttons and words.  Out: `join` takes up a surface (the map, the sketch), `show` says which of them is seen.

const LEAST = 0.01; // metres: nothing is told finer

export function attachTape(bar) {
  const [tool, undo, again, said] = ["tape", "undo", "again", "taped"].map((name) => bar.querySelector(`[data-${name}]`));
  const words = bar.dataset, surfaces = {};
  let points = [], shown = null, isOn = false;
  const surface = () => surfaces[shown];
  const figures = (value) => value.toLocaleString(document.documentElement.lang, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

  function told() {
    if (!isOn) return "";
    if (!points.length) return words.begin;
    if (points.length < 2) return `${words[points[0].on]} ${words.next}`;
    const { length, lengthOff, area, areaOff } = surface().measured(points);
    const fill = (text, value, off) => text.replace("{metres}", figures(value)).replace("{off}", figures(Math.max(off, LEAST)));
    const along = fill(words.length, length, lengthOff);
    return points.length < 3 ? along : `${along} ${fill(words.area, area, areaOff)}`;
  }

  function changed() {
    surface()?.draw(points);
    said.textContent = told();
    undo.hidden = again.hidden = !isOn;
    undo.disabled = again.disabled = !points.length;
    tool.setAttribute("aria-pressed", String(isOn));
  }

  function turn(on) {
    points = [];
    surface()?.draw(points);
    isOn = on;
    for (const [name, each] of Object.entries(surfaces)) each.turn(isOn && name === shown);
    changed();
  }

  const add = (point) => { points = [...points, point]; changed(); };
  const back = () => { points = points.slice(0, -1); changed(); };
  const hands = { add, back, leave: () => { turn(false); tool.focus(); }, isOn: () => isOn, last: () => points.at(-1) ?? null };
  tool.addEventListener("click", () => turn(!isOn));
  undo.addEventListener("click", back);
  again.addEventListener("click", () => turn(true));

  return {
    // A surface knows `turn(on)`, `draw(points)` and `measured(points)`; it adds points through the hands that it is given.
    join(name, made) {
      surfaces[name] = made(hands);
      shown ??= name;
      bar.hidden = !surfaces[shown];
    },
    isOn: () => isOn,
    show(name) {
      if (isOn) turn(false);
      shown = name;
      bar.hidden = !surfaces[name];
    },
  };
}
