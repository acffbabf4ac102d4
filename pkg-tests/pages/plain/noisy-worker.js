/** Logs what its address says. */
console.warn(location.hash.slice(1));
