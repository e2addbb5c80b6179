// What a person sees, kept in the address, so that a shared link restores it: place on the map, layers, choice, date, tool.
// The address is written once for all changes of a moment: a slow phone takes 20 ms each time.
import { afterPaint } from "./after_paint.js";

const DEGREES = 6;

export function viewState() {
  const query = new URLSearchParams(location.search);
  const [zoom, lat, lon, pitch, bearing] = ["z", "lat", "lon", "pitch", "turn"].map((name) => Number.parseFloat(query.get(name)));
  const isPlaced = [zoom, lat, lon].every(Number.isFinite) && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;

  let waiting = null; // changes that the address does not tell yet

  function keep(changes) {
    if (waiting) return Object.assign(waiting, changes);
    waiting = { ...changes };
    afterPaint(write);
  }

  function write() {
    if (!waiting) return;
    const changes = waiting;
    waiting = null;
    const now = new URLSearchParams(location.search);
    now.delete("lang"); // the reader's own, kept in a cookie
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === undefined || value === "") now.delete(name);
      else now.set(name, value);
    }
    const text = now.toString().replaceAll("%2C", ",").replaceAll("%7E", "~").replaceAll("%2F", "/").replaceAll("%3A", ":");
    history.replaceState(null, "", text ? `?${text}` : location.pathname);
    keepSwitch(text);
  }

  addEventListener("pagehide", write);
  return {
    view: isPlaced ? {
      zoom, center: [lon, lat],
      pitch: Number.isFinite(pitch) ? Math.min(Math.max(pitch, 0), 80) : 0,
      bearing: Number.isFinite(bearing) ? bearing : 0,
    } : null,
    number: query.get("number"),
    area: query.get("area"),
    tool: query.get("tool"),
    measure: query.get("measure"),
    print: query.get("print"),
    layers: query.has("layers") ? listed(query.get("layers")) : null,
    raised: listed(query.get("raised") ?? ""),
    opacities: opacitiesOf(query.get("opacity") ?? ""),
    keep,
    write,
    keepView(map) {
      const centre = map.getCenter();
      keep({
        z: map.getZoom().toFixed(2), lat: centre.lat.toFixed(DEGREES), lon: centre.lng.toFixed(DEGREES),
        pitch: Math.round(map.getPitch()) || null, turn: Math.round(map.getBearing()) || null,
      });
    },
    keepChoice: ({ number, area }) => keep({ number, area }),
    keepLayers(shown) { // a map with no layer at all is a choice too
      keep({ layers: shown.join(",") || "none" });
    },
    keepOpacities: (opacities) => keep({ opacity: opacityText(opacities) }),
  };
}

function listed(text) {
  return text.split(",").filter((name) => name && name !== "none");
}

// `flood:40,zoning:60`: the per cent of its usual strength at which a layer is drawn.
function opacitiesOf(text) {
  const pairs = listed(text).map((each) => each.split(":")).map(([name, share]) => [name, Number.parseInt(share, 10) / 100]);
  return Object.fromEntries(pairs.filter(([, share]) => share >= 0 && share < 1));
}

export function opacityText(opacities) {
  return Object.entries(opacities).filter(([, share]) => share < 1).map(([name, share]) => `${name}:${Math.round(share * 100)}`).join(",");
}

// The language switch leads to the same view in the other language.
function keepSwitch(text) {
  const link = document.querySelector("a.switch");
  if (link) link.href = `${location.pathname}?${text ? `${text}&` : ""}lang=${link.lang}`;
}
