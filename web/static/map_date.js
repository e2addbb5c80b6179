// The date of the map: a slider over the days of the record, and a field for any day.  In: days.  Out: tells the day chosen, null for today.
import { afterPaint } from "./after_paint.js";
const DAY = 86_400_000;
const WAIT = 250; // milliseconds of rest before the map is drawn anew

export function attachDate(panels, settings, { chosen }) {
  const { words } = settings;
  const [slider, field] = [document.getElementById("day-slider"), document.getElementById("day")];
  const chip = document.getElementById("map-day"), chipText = document.getElementById("map-day-text");
  const [first, last] = [settings.days[0] ?? settings.today, settings.today].map(dayNumber);
  const turns = settings.days.map(dayNumber).filter((day) => day <= last);
  let timer = 0;
  slider.min = String(first);
  slider.max = String(last);
  field.min = settings.days[0] ?? "";
  field.max = settings.today;

  function show(day) { // as ISO text, null for today
    const text = day ?? settings.today;
    slider.value = String(dayNumber(text));
    slider.setAttribute("aria-valuetext", written(text));
    field.value = text;
    document.getElementById("day-said").textContent = written(text);
    const isPast = day !== null || Boolean(settings.moment.known);
    chip.hidden = !isPast;
    chipText.textContent = words.as_of.replace("{day}", written(text));
  }

  const written = (text) => new Date(`${text}T00:00:00Z`).toLocaleDateString(settings.locale, { dateStyle: "long", timeZone: "UTC" });

  function choose(text) {
    const day = text >= settings.today ? null : text;
    show(day);
    clearTimeout(timer);
    timer = setTimeout(() => chosen(day), WAIT);
  }

  // To the day before or after on which something of the record changed.
  function step(direction) {
    const now = Number(slider.value);
    const next = direction > 0 ? turns.find((day) => day > now) ?? last : turns.findLast((day) => day < now) ?? first;
    choose(dayText(next));
  }

  slider.addEventListener("input", () => choose(dayText(Number(slider.value))));
  field.addEventListener("change", () => { if (field.value && field.checkValidity()) choose(field.value); });
  document.getElementById("day-before").addEventListener("click", () => step(-1));
  document.getElementById("day-after").addEventListener("click", () => step(1));
  for (const id of ["day-now", "map-day-now"]) document.getElementById(id).addEventListener("click", () => choose(settings.today));
  panels.add("date", { opened: ({ hasFocus }) => { if (hasFocus) afterPaint(() => slider.focus()); } });
  document.querySelector(".banner-moment")?.remove(); // the map says the same beside itself, and keeps up
  show(settings.moment.on ?? null);
}

const dayNumber = (text) => Math.round(Date.parse(`${text}T00:00:00Z`) / DAY);
const dayText = (number) => new Date(number * DAY).toISOString().slice(0, 10);
