/** Serves the app's own files from the cache, so that it starts without a network. It never touches the API. */

export {}; // a module: its own names

declare const self: ServiceWorkerGlobalScope;
declare const SHELL: { version: string; files: [path: string, integrity: string][] }; // put in by the build

const CACHE = `shell-${SHELL.version}`;

/** Every file must be the one that was built: what a Wi-Fi login page answers instead never enters the cache. */
async function precache(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(SHELL.files.map(([path, integrity]) => new Request(path, { integrity, cache: "reload" })));
}

async function dropOthers(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener("install", (event) => event.waitUntil(precache().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(dropOthers()));
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  const path = event.request.mode === "navigate" ? "/" : url.pathname;
  if (!SHELL.files.some(([file]) => file === path)) return;
  event.respondWith(caches.match(path, { cacheName: CACHE }).then((found) => found ?? fetch(event.request)));
});
