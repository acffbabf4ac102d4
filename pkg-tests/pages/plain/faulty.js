/** What a test does to a Worker's machine: sets its clock, closes, loses or holds the database as a browser may. */
const told = new BroadcastChannel("faults");
const [{ open }, { transaction: begin }, { now }] = [IDBFactory.prototype, IDBDatabase.prototype, Date];
/** Connections that are open, and transactions that run. */
const [databases, running] = [new Set(), new Set()];
let offset = 0;
let closing = false;
let holding = false;
let letGo = () => {};
/** By name: what is thrown by connections that are lost, by their requests, or by whatever opens another. */
const lost = { connections: new Set() };

function refuse(name) {
  if (name) throw new DOMException("Connection to Indexed Database server lost", name);
}

Date.now = () => now() + offset;

IDBFactory.prototype.open = function (...given) {
  refuse(lost.opening);
  const request = open.apply(this, given);
  request.addEventListener("success", () => databases.add(request.result));
  return request;
};

IDBDatabase.prototype.transaction = function (stores, mode, ...options) {
  if (lost.connections.has(this)) refuse(lost.beginning);
  const transaction = begin.call(this, stores, mode, ...options);
  running.add(transaction);
  for (const end of ["complete", "abort"]) transaction.addEventListener(end, () => running.delete(transaction));
  // In the middle: some of its requests have succeeded, and others wait.
  if (closing && mode === "readwrite") transaction.objectStore("rows").count().addEventListener("success", close);
  if (holding && mode === "readwrite") transaction.addEventListener("complete", hold);
  return transaction;
};

for (const method of ["get", "getAll"]) {
  const { [method]: ask } = IDBObjectStore.prototype;
  IDBObjectStore.prototype[method] = function (...given) {
    if (lost.connections.has(this.transaction.db)) refuse(lost.asking);
    return ask.apply(this, given);
  };
}

/** The change is done, and the Worker does not hear of it yet. */
function hold(event) {
  holding = false;
  event.stopImmediatePropagation();
  letGo = () => this.oncomplete(event);
  told.postMessage("held");
}

/** As the standard has it (IndexedDB §5.2, forced): what runs is aborted, and the connection is told. */
function close() {
  closing = false;
  for (const transaction of running) transaction.abort();
  for (const database of databases) {
    database.close();
    database.dispatchEvent(new Event("close"));
  }
  databases.clear();
  told.postMessage("closed");
}

const faults = {
  clock: (milliseconds) => (offset = milliseconds),
  close,
  lose: (how) => Object.assign(lost, { opening: undefined, ...how, connections: new Set(databases) }),
  closeInNextChange: () => (closing = true),
  holdNextChange: () => (holding = true),
  letGo: () => letGo(),
};

told.addEventListener("message", ({ data: { fault, value } }) => {
  // One that derives a key, or has no vault, is not meant.
  if (!faults[fault] || databases.size === 0) return;
  faults[fault](value);
  told.postMessage(`done: ${fault}`);
});
