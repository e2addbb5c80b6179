// The plots of a study on the map of their place, coloured by effect; without it the drawing and the table say the same.
const section = document.querySelector("[data-reform-map]");
const figure = section?.closest("figure");
const VENDOR = "/vendor/maplibre-gl/dist/maplibre-gl";
const EARLY = "400px"; // how far below the window the map is already fetched
const COLOURS = {
  gains: "#1c7c54", becomes_buildable: "#0b4f6c", loses: "#d98324", becomes_unbuildable: "#a12717",
  same: "#b9b4a6", cannot_be_told: "#6b3fa0",
};

function show(view) {
  const isMap = view === "map";
  section.hidden = !isMap;
  figure.querySelector("[data-sketch]").toggleAttribute("hidden", isMap);
  for (const button of figure.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", String(button.dataset.view === view));
}

async function fetched(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

function bounded(plots, bounds) {
  for (const { geometry } of plots.features) {
    geometry.coordinates.flat(geometry.type === "MultiPolygon" ? 2 : 1).forEach((corner) => bounds.extend(corner));
  }
  return bounds;
}

function sheet() {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: `${VENDOR}.css` });
  return new Promise((done) => { link.onload = link.onerror = done; document.head.append(link); });
}

async function begin() {
  const plots = await fetched(section.dataset.plots);
  if (!plots.features.length) return;
  const [{ Map: GroundMap, NavigationControl, ScaleControl, LngLatBounds }, style] = await Promise.all([import(`${VENDOR}.mjs`), fetched(section.dataset.style)]);
  await sheet(); // before its sheet is there, the map's canvas would widen a narrow page
  style.sources.reform = { type: "geojson", data: plots };
  const colour = ["match", ["get", "effect"], ...Object.entries(COLOURS).flat(), COLOURS.same];
  style.layers.push(
    { id: "reform-fill", type: "fill", source: "reform", paint: { "fill-color": colour, "fill-opacity": 0.6 } },
    { id: "reform-line", type: "line", source: "reform", paint: { "line-color": colour, "line-width": 1 } },
  );
  show("map");
  const words = section.dataset;
  const map = new GroundMap({
    container: "reform-map", style, bounds: bounded(plots, new LngLatBounds()), fitBoundsOptions: { padding: 24 },
    attributionControl: false, cooperativeGestures: true,
    locale: {
      "Map.Title": words.title, "NavigationControl.ZoomIn": words.in, "NavigationControl.ZoomOut": words.out,
      "NavigationControl.ResetBearing": words.north, "CooperativeGesturesHandler.WindowsHelpText": words.scroll,
      "CooperativeGesturesHandler.MacHelpText": words.scroll, "CooperativeGesturesHandler.MobileHelpText": words.fingers,
    },
  });
  map.addControl(new NavigationControl({ visualizePitch: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  section.groundMap = map; // the view can be read from the page, as the browser tests do
  map.on("idle", () => { section.dataset.state = "idle"; });
  const views = figure.querySelector("[data-views]");
  views.hidden = false;
  views.addEventListener("click", (event) => {
    const button = event.target.closest("[data-view]");
    if (!button) return;
    show(button.dataset.view);
    map.resize();
  });
}

if (section) {
  const watch = new IntersectionObserver((seen) => {
    if (!seen.some((each) => each.isIntersecting)) return;
    watch.disconnect();
    begin().catch((error) => { // no WebGL, no tiles: the drawing stays
      console.warn(error);
      figure.querySelector("[data-views]").hidden = true;
      show("sketch");
    });
  }, { rootMargin: EARLY });
  watch.observe(figure);
}
