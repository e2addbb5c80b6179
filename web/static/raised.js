// Three dimensions: the ground in relief, buildings by their storeys, and what may be built on the chosen plot.
import { EMPTY } from "./map_style.js";
import { heightsSource, RELIEF, stepsOf, STOREY } from "./raised_style.js";

const PITCH = 55;
const DWELLING = "A1"; // the use for which an envelope is asked; the plot's page asks for any other

export function attachRaised(map, settings, { raised, before, isPlaced, calm, say, kept }) {
  const boxes = [...document.querySelectorAll("input[name=raised]:not(:disabled)")];
  const isOn = (name) => boxes.some((box) => box.value === name && box.checked);
  let number = null, asking = null;

  function ground() {
    if (isOn("ground")) {
      if (!map.getSource(RELIEF)) map.addSource(RELIEF, heightsSource(`${location.origin}/tiles/${settings.code}/raster/terrain-rgb/tilejson.json?${new URLSearchParams(settings.moment)}`));
      map.setTerrain({ source: RELIEF, exaggeration: 1 });
    } else if (map.getTerrain()) map.setTerrain(null);
  }

  function buildings() {
    if (!map.getLayer("buildings-raised")) return;
    if (isOn("buildings")) before(map.getLayer("buildings-raised").source);
    map.setLayoutProperty("buildings-raised", "visibility", isOn("buildings") ? "visible" : "none");
  }

  async function envelope() {
    asking?.abort();
    if (!isOn("envelope") || !number) return map.getSource("envelope").setData(EMPTY);
    asking = new AbortController();
    const query = new URLSearchParams({ number, occupancy: DWELLING, format: "geojson", storey: String(STOREY), ...(settings.moment.on ? { on: settings.moment.on } : {}) });
    try {
      const answer = await fetch(`/api/${settings.code}/envelope?${query}`, { signal: asking.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = await answer.json();
      map.getSource("envelope").setData(stepsOf(found, STOREY));
      if (!found.features.length) say(settings.words.no_envelope);
    } catch (error) {
      if (error.name !== "AbortError") say(settings.words.no_envelope);
    }
  }

  function tilt() {
    const wanted = boxes.some((box) => box.checked) ? PITCH : 0;
    if ((map.getPitch() > 0) !== (wanted > 0)) map.easeTo({ pitch: wanted, animate: !calm });
  }

  const draw = { ground, buildings, envelope };
  for (const box of boxes) {
    box.checked = raised.includes(box.value);
    box.addEventListener("change", () => {
      draw[box.value]();
      tilt();
      kept(boxes.filter((each) => each.checked).map((each) => each.value).join(","));
      if (box.value === "envelope" && box.checked && !number) say(settings.words.choose_plot);
    });
    if (box.checked) draw[box.value]();
  }
  if (!isPlaced && raised.length) map.setPitch(PITCH);
  return {
    chosen(plot) {
      if (plot === number) return;
      number = plot;
      envelope();
    },
    redated() {
      if (map.getSource(RELIEF)) {
        map.setTerrain(null);
        map.removeSource(RELIEF);
      }
      ground();
      buildings();
      envelope();
    },
  };
}
