/** The floor: a Worker that answers at once, and does nothing. */
addEventListener("message", ({ data }) => postMessage(data));
