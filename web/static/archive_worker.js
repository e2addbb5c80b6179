// Opens the page that draws a file of tiles without a line.  Only for that page and the files that it needs does it stand between
// browser and service: what is fresh wins, what was kept comes where nothing is.
const KEPT = "archives-1";
const PATIENCE = 5000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin || request.headers.has("range")) return;
  const isPage = request.mode === "navigate" && address.pathname === "/archive";
  if (isPage || /^\/(static|vendor)\//.test(address.pathname)) event.respondWith(freshOrKept(request, isPage));
});

async function freshOrKept(request, isPage) {
  const kept = await caches.open(KEPT);
  const known = () => kept.match(request, { ignoreVary: true, ignoreSearch: isPage });
  const patience = new AbortController();
  const wait = setTimeout(() => patience.abort(), PATIENCE);
  try {
    const answer = await fetch(request, { signal: patience.signal });
    if (answer.ok && !answer.redirected) await kept.put(request, answer.clone());
    return answer.status >= 500 ? ((await known()) ?? answer) : answer;
  } catch {
    return (await known()) ?? Response.error();
  } finally {
    clearTimeout(wait);
  }
}
