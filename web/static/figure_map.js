// The frame of a map that stands in a figure in place of its sketch: fetched when it comes near, with buttons that change between both.
const VENDOR = "/vendor/maplibre-gl/dist/maplibre-gl";
const EARLY = "400px"; // how far below the window the map is already fetched

export async function fetched(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

export function bounded(features, bounds) {
  for (const { geometry } of features) {
    const depth = { MultiPolygon: 2, MultiPoint: 0 }[geometry.type] ?? 1;
    geometry.coordinates.flat(depth).forEach((corner) => bounds.extend(corner));
  }
  return bounds;
}

// Which of both is seen: "map" or "sketch".
export function show(section, view) {
  const figure = section.closest("figure"), isMap = view === "map";
  section.hidden = !isMap;
  figure.querySelector("[data-sketch]").toggleAttribute("hidden", isMap);
  for (const button of figure.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", String(button.dataset.view === view));
}

function sheet() {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: `${VENDOR}.css` });
  return new Promise((done) => { link.onload = link.onerror = done; document.head.append(link); });
}

// The library and the style of the section's map; before its sheet is there, the map's canvas would widen a narrow page.
export async function prepared(section) {
  const [library, style] = await Promise.all([import(`${VENDOR}.mjs`), fetched(section.dataset.style)]);
  await sheet();
  return { library, style };
}

export function mapIn(section, { Map: GroundMap, NavigationControl, ScaleControl }, options) {
  const words = section.dataset;
  const map = new GroundMap({
    attributionControl: false, cooperativeGestures: true, ...options,
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
  return map;
}

// The buttons that change between map and sketch; `choose` is told what was chosen.
export function changing(section, map, choose) {
  const views = section.closest("figure").querySelector("[data-views]");
  views.hidden = false;
  views.addEventListener("click", (event) => {
    const button = event.target.closest("[data-view]");
    if (!button) return;
    choose(button.dataset.view);
    map.resize();
  });
}

// Begin once the figure comes near; without WebGL or tiles the sketch stays.
export function whenNear(section, begin, choose) {
  const figure = section.closest("figure");
  const watch = new IntersectionObserver((seen) => {
    if (!seen.some((each) => each.isIntersecting)) return;
    watch.disconnect();
    begin().catch((error) => {
      console.warn(error);
      figure.querySelector("[data-views]").hidden = true;
      choose("sketch");
    });
  }, { rootMargin: EARLY });
  watch.observe(figure);
}
