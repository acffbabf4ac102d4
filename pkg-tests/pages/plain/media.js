/** Steps for objects that the page's elements read, beside those of ranges.js. */
import { localUrl, revokeLocalUrl } from "./strongroom/dist/media.js";
import { opened } from "./ranges.js";
import { vaults } from "./story.js";

const video = document.createElement("video");
video.muted = true;
document.body.append(video);

const failures = [];

/** Rejects with what the element says. */
function until(event) {
  return new Promise((resolve, reject) => {
    video.addEventListener(event, resolve, { once: true });
    video.addEventListener("error", () => reject(new Error(`${video.error?.code}: ${video.error?.message}`)), { once: true });
  });
}

/** Resolves once the video shows what stands there. */
async function frameAt(seconds) {
  for (let shown; shown === undefined || Math.abs(shown - seconds) >= 0.5; ) {
    shown = await new Promise((resolve) => video.requestVideoFrameCallback((_, { mediaTime }) => resolve(mediaTime)));
  }
}

/** The mean colour of what the video shows now. */
function colour() {
  const [width, height] = [video.videoWidth, video.videoHeight];
  const canvas = new OffscreenCanvas(width, height).getContext("2d");
  canvas.drawImage(video, 0, 0);
  const { data } = canvas.getImageData(0, 0, width, height);
  const sums = [0, 0, 0];
  data.forEach((value, at) => (sums[at % 4] += value));
  return sums.slice(0, 3).map((sum) => Math.round(sum / (width * height)));
}

Object.assign(window.story, {
  async register() {
    await navigator.serviceWorker.register("service-worker.js", { type: "module" });
  },
  /** Encrypts a file of the page's server, and stores it elsewhere. */
  async storeFile(name, path, address, type) {
    const file = new File([await (await fetch(path)).blob()], name, { type });
    const object = await vaults.get("acme").encrypt(file, { key: "photos", context: { app: "ranges", object: name } });
    await fetch(address, { method: "PUT", body: await object.blob() });
    return file.size;
  },
  localUrl: (name, options) => localUrl(opened.get(name), { ...options, onError: ({ code }) => failures.push(code) }),
  revoke: (url) => revokeLocalUrl(url),
  failures: () => failures.splice(0),
  async ask(url, headers = {}, method = "GET") {
    const response = await fetch(url, { headers, method });
    const names = ["content-range", "accept-ranges", "content-length", "content-type", "cache-control", "content-security-policy", "x-content-type-options"];
    const bytes = new Uint8Array(await response.arrayBuffer());
    const [status, told] = [response.status, names.map((name) => response.headers.get(name))];
    return { status, headers: Object.fromEntries(names.map((name, at) => [name, told[at]])), length: bytes.length, bytes: Array.from(bytes.slice(0, 8)) };
  },
  /** Changes one byte of what is stored. */
  async damage(address, at) {
    const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
    bytes[at] ^= 1;
    await fetch(address, { method: "PUT", body: bytes });
  },
  /** Writes an object to a file of the page's own, which stands for one that a person chose; what is in that then. */
  async saveTo(name, file) {
    const folder = await navigator.storage.getDirectory();
    const handle = await folder.getFileHandle(file, { create: true });
    const ended = await opened.get(name).saveTo(handle).then(() => "saved", ({ code }) => code);
    const saved = await handle.getFile();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await saved.arrayBuffer()));
    return { ended, size: saved.size, sha256: Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("") };
  },
  /** A link, for a person to follow: without one who does, Chromium saves a single file. */
  link(href) {
    document.querySelector("#link")?.remove();
    document.body.prepend(Object.assign(document.createElement("a"), { id: "link", href, textContent: "save" }));
  },
  /** Begins to count the bytes that an address gives. */
  async beginCount(url) {
    const response = await fetch(url);
    const reader = response.body.getReader();
    window.counted = { announced: Number(response.headers.get("content-length")), length: 0 };
    const count = async () => {
      for (let part; (part = await reader.read()), !part.done; ) window.counted.length += part.value.length;
    };
    window.counting = count().catch(() => {});
  },
  counted: () => window.counting.then(() => window.counted),
  async show(url) {
    const ready = until("loadeddata");
    video.src = url;
    await ready;
    return { duration: video.duration, width: video.videoWidth };
  },
  async play() {
    const from = video.currentTime;
    await video.play();
    while (video.currentTime < from + 0.3) await new Promise((resolve) => setTimeout(resolve, 50));
    video.pause();
    return colour();
  },
  async seek(seconds) {
    // The frame may come a moment after the event.
    const shown = frameAt(seconds);
    const sought = until("seeked");
    video.currentTime = seconds;
    await Promise.all([sought, shown]);
    return { at: video.currentTime, colour: colour() };
  },
  /** Whether an element shows it. */
  image: (url) =>
    new Promise((resolve) => {
      const image = new Image();
      image.addEventListener("load", () => resolve([image.naturalWidth, image.naturalHeight]));
      image.addEventListener("error", () => resolve("failed"));
      image.src = url;
    }),
});
