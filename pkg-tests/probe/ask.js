/** What a Worker finds; it ends with the answer. @returns {Promise<boolean>} */
export function ask(worker, name) {
  const answer = new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = reject;
    worker.postMessage(name);
  });
  return answer.finally(() => worker.terminate());
}

/** Whether it can be done: not at all, or not within some seconds, is no. */
export async function inTime(probe) {
  const tooLate = new Promise((resolve) => setTimeout(resolve, 10_000, false));
  const tried = (async () => probe())().catch(() => false);
  return (await Promise.race([tried, tooLate])) === true;
}
