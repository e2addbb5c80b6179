// What a person sees, kept in the address, so that a shared link restores it: place on the map, layers, choice.

const DEGREES = 6;

export function viewState() {
  const query = new URLSearchParams(location.search);
  const [zoom, lat, lon] = ["z", "lat", "lon"].map((name) => Number.parseFloat(query.get(name)));
  const isPlaced = [zoom, lat, lon].every(Number.isFinite) && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;

  function keep(changes) {
    const now = new URLSearchParams(location.search);
    now.delete("lang"); // the reader's own, kept in a cookie
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === undefined) now.delete(name);
      else now.set(name, value);
    }
    const text = now.toString().replaceAll("%2C", ",").replaceAll("%7E", "~").replaceAll("%2F", "/");
    history.replaceState(null, "", text ? `?${text}` : location.pathname);
    keepSwitch(text);
  }

  return {
    view: isPlaced ? { zoom, center: [lon, lat] } : null,
    number: query.get("number"),
    area: query.get("area"),
    layers: query.has("layers") ? query.get("layers").split(",").filter(Boolean) : null,
    keepView(map) {
      const centre = map.getCenter();
      keep({ z: map.getZoom().toFixed(2), lat: centre.lat.toFixed(DEGREES), lon: centre.lng.toFixed(DEGREES) });
    },
    keepChoice: ({ number, area }) => keep({ number, area }),
    keepLayers: (shown) => keep({ layers: shown.join(",") }),
  };
}

// The language switch leads to the same view in the other language.
function keepSwitch(text) {
  const link = document.querySelector("a.switch");
  if (link) link.href = `${location.pathname}?${text ? `${text}&` : ""}lang=${link.lang}`;
}
