/** Uploads to stores that refuse in ways of their own, beside the steps of story.js. */
import { downloadFromS3, uploadToS3 } from "./strongroom/dist/s3.js";
import { vaults } from "./story.js";

/** What a transfer came to, how long it took, and what it told meanwhile. */
async function outcome(begin, options) {
  const retried = [];
  const onRetrying = ({ error, attempt, delay }) => retried.push([attempt, error.message, delay > 0]);
  const begun = performance.now();
  const result = await begin({ ...options, onRetrying }).then(
    () => ({}),
    ({ code, message, status }) => ({ code, message, status }),
  );
  return { ...result, retried, ms: performance.now() - begun };
}

Object.assign(window.story, {
  async uploadTo(origin, size, options = {}) {
    const object = await vaults.get("acme").encrypt(new Uint8Array(size), { key: "photos" });
    const sign = async () => ({ url: `${origin}/object` });
    const presigner = { put: sign, create: sign, part: sign, complete: sign, abort: sign };
    return outcome((given) => uploadToS3(object, presigner, given), options);
  },
  downloadFrom: (origin, options = {}) => outcome((given) => downloadFromS3(`${origin}/object`, given), options),
});
