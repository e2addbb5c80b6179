// Opens the page of a visit without a line.  It is registered for one such page, and only for that page and the files of the
// site that the page needs does it stand between browser and service: what is fresh wins, what was kept comes where nothing is.
const KEPT = "visits-1";
const PAGE = /^\/town\/[^/]+\/cases\/[^/]+\/visit$/;
const PATIENCE = 5000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  const isPage = request.mode === "navigate" && PAGE.test(address.pathname);
  if (isPage || address.pathname.startsWith("/static/")) event.respondWith(freshOrKept(request, isPage));
});

async function freshOrKept(request, isPage) {
  const kept = await caches.open(KEPT);
  const known = async () =>
    (await kept.match(request, { ignoreVary: true })) ??
    (isPage ? kept.match(request, { ignoreVary: true, ignoreSearch: true }) : undefined);
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
