// The plots of a case on the map of their place; without it the drawing says the same.
const section = document.querySelector("[data-case-map]");
const figure = section?.closest("figure");
const VENDOR = "/vendor/maplibre-gl/dist/maplibre-gl";
const EARLY = "400px"; // how far below the window the map is already fetched
const NEAREST = 19; // a small plot is shown with what lies around it
const OWN = "#b3470a";

function show(view) {
  const isMap = view === "map";
  section.hidden = !isMap;
  figure.querySelector("[data-sketch]").toggleAttribute("hidden", isMap);
  for (const button of figure.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", String(button.dataset.view === view));
}

function bounded(plots, bounds) {
  for (const { geometry } of plots.features) {
    geometry.coordinates.flat(geometry.type === "MultiPolygon" ? 2 : 1).forEach((corner) => bounds.extend(corner));
  }
  return bounds;
}

async function styled(plots) {
  const answer = await fetch(section.dataset.style);
  if (!answer.ok) throw new Error(`${section.dataset.style}: ${answer.status}`);
  const style = await answer.json();
  style.sources.case = { type: "geojson", data: plots };
  style.layers.push(
    { id: "case-fill", type: "fill", source: "case", paint: { "fill-color": OWN, "fill-opacity": 0.2 } },
    { id: "case-line", type: "line", source: "case", layout: { "line-join": "round" }, paint: { "line-color": OWN, "line-width": 4 } },
  );
  return style;
}

async function begin() {
  const { Map: GroundMap, NavigationControl, ScaleControl, LngLatBounds } = await import(`${VENDOR}.mjs`);
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: `${VENDOR}.css` }));
  const plots = JSON.parse(section.querySelector("[data-plots]").textContent);
  const style = await styled(plots);
  const words = section.dataset;
  show("map");
  const map = new GroundMap({
    container: "case-map", style, bounds: bounded(plots, new LngLatBounds()), fitBoundsOptions: { padding: 48, maxZoom: NEAREST },
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
