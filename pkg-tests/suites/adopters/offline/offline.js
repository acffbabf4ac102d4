/** A service worker that keeps a whole build: what `files.json` lists, all of it or nothing. */
const NAME = "application";

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  // Not uploads and downloads: those are for the network.
  if (new URL(event.request.url).origin === location.origin) event.respondWith(answer(event.request));
});

async function keep() {
  const files = await (await fetch("files.json")).json();
  await (await caches.open(NAME)).addAll(files);
}

async function answer(request) {
  return (await caches.match(request, { cacheName: NAME })) ?? fetch(request);
}
