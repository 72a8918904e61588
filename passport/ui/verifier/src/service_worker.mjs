// Keeps the page that checks, and its parts, for use without network. Nothing else is ever kept.
//
// The server puts `FILES` (addresses with their versions) and `VERSION` before this program, so that
// the browser sees a new program whenever one of them changes.

/* global FILES, VERSION */

const PAGE = "/verify";
const PREFIX = "verifier-";
const KEPT = `${PREFIX}${VERSION}`;

const fresh = (address) => new Request(address, { cache: "no-cache", credentials: "omit" });

self.addEventListener("install", (event) => {
  // The page is asked for without session: what is kept is what everybody sees.
  event.waitUntil(caches.open(KEPT)
    .then((cache) => cache.addAll([PAGE, ...FILES].map(fresh)))
    .then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names
      .filter((name) => name.startsWith(PREFIX) && name !== KEPT)
      .map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) {
    return;
  }
  if (request.mode === "navigate" && url.pathname === PAGE) {
    event.respondWith(fetch(request).catch(() => caches.match(PAGE, { cacheName: KEPT })));
  } else if (FILES.includes(url.pathname + url.search)) {
    event.respondWith(caches.match(url.pathname + url.search, { cacheName: KEPT }).then((kept) => kept ?? fetch(request)));
  }
});
