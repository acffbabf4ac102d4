/** What a Worker finds; it ends with the answer. */
export async function ask(worker, name) {
  worker.postMessage(name);
  try {
    return await heard(worker);
  } finally {
    worker.terminate();
  }
}

/** The first message that comes. */
export function heard(target) {
  return new Promise((resolve, reject) => {
    target.addEventListener("message", ({ data }) => resolve(data));
    target.addEventListener("error", reject);
  });
}

/** Whether it can be done: not at all, or not within some seconds, is no. */
export async function inTime(probe) {
  const tooLate = new Promise((resolve) => setTimeout(resolve, 10_000, false));
  const tried = (async () => probe())().catch(() => false);
  return (await Promise.race([tried, tooLate])) === true;
}
