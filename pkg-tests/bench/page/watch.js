/**
 * Notes what the package's Worker asks of IndexedDB, and when its event loop stood still; tells it to whoever asks on the channel. All times are milliseconds since 1970.
 */
const now = () => performance.timeOrigin + performance.now();

/** Milliseconds. Shorter pauses are nobody's. */
const PAUSE = 8;

let events = [];
let asked = false;

for (const name of ["get", "getAll", "getAllKeys"]) {
  const original = IDBObjectStore.prototype[name];
  IDBObjectStore.prototype[name] = function (query, ...more) {
    const request = original.call(this, query, ...more);
    const key = Array.isArray(query) ? query : query?.lower;
    const event = { what: name, of: key?.[1] ?? this.name, from: now() };
    events.push(event);
    asked = true;
    request.addEventListener("success", () => {
      event.to = now();
      const { result } = request;
      event.rows = result?.bytes ? 1 : result?.length;
    });
    return request;
  };
}

const begin = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = function (stores, mode, ...more) {
  const transaction = begin.call(this, stores, mode, ...more);
  if (mode === "readwrite") {
    const event = { what: "transaction", from: now() };
    events.push(event);
    transaction.addEventListener("complete", () => (event.to = now()));
  }
  return transaction;
};

/** A turn of the event loop is a message to oneself: timers are rounded up. */
const loop = new MessageChannel();
let last = now();
loop.port1.addEventListener("message", () => {
  const at = now();
  if (at - last > PAUSE) events.push({ what: "pause", from: last, to: at });
  last = at;
  setTimeout(() => {
    last = now();
    loop.port2.postMessage(0);
  }, 2);
});
loop.port1.start();
loop.port2.postMessage(0);

const channel = new BroadcastChannel("watch");
channel.addEventListener("message", ({ data }) => {
  if (data === "tell" && asked) channel.postMessage(events);
});
