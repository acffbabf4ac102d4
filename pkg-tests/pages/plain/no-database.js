/** A browser without a database. Nothing that was tried lacks it; some have lacked it in private windows. */
for (let at = globalThis; at; at = Object.getPrototypeOf(at)) delete at.indexedDB;
