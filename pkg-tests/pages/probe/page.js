/** What a page of this browser can do, tried out. What the package does in its Worker is tried in one. */
import { ask, heard, inTime } from "./ask.js";
import { inWorker } from "./in-worker.js";

const inPage = {
  "module Workers": () => ask(startWorker(), "nothing"),

  "transferring a `ReadableStream`": async () => {
    const stream = new Blob(["here"]).stream();
    const { port1, port2 } = new MessageChannel();
    port1.postMessage(stream, [stream]);
    port2.start();
    return (await new Response(await heard(port2)).text()) === "here";
  },

  // Whether it makes such a request: to send it, Chromium wants HTTP/2.
  "streaming upload": () => {
    let asked = false;
    const request = new Request("/", {
      method: "POST",
      body: new ReadableStream(),
      get duplex() {
        asked = true;
        return "half";
      },
    });
    // Who does not know streams takes the body for text, and gives it a type.
    return asked && !request.headers.has("content-type");
  },

  "`CompressionStream`": async () => {
    const packed = new Blob(["here"]).stream().pipeThrough(new CompressionStream("gzip"));
    return (await new Response(packed.pipeThrough(new DecompressionStream("gzip"))).text()) === "here";
  },

  "service workers": async () => {
    const registration = await navigator.serviceWorker.register("service-worker.js");
    await navigator.serviceWorker.ready;
    return registration.unregister();
  },

  // Asking for it may show a question that nobody answers here.
  "`navigator.storage.persist`": async () =>
    typeof navigator.storage.persist === "function" && typeof (await navigator.storage.persisted()) === "boolean",

  "`localStorage`": () => {
    localStorage.setItem("probe", "here");
    return localStorage.getItem("probe") === "here";
  },

  "`showSaveFilePicker`": () => typeof showSaveFilePicker === "function",
  WebAuthn: () => typeof PublicKeyCredential === "function",
  "WebAuthn's PRF": async () => (await PublicKeyCredential.getClientCapabilities())["extension:prf"] === true,

  "Trusted Types": () => {
    const policy = trustedTypes.createPolicy("probe", { createScriptURL: (text) => text });
    return trustedTypes.isScriptURL(policy.createScriptURL("here"));
  },

  "`Symbol.dispose`": () => typeof Symbol.dispose === "symbol",
};

const startWorker = () => new Worker("worker.js", { type: "module" });

window.story = {
  async probe() {
    const found = {};
    for (const [name, probe] of Object.entries(inPage)) found[name] = await inTime(probe);
    for (const name of Object.keys(inWorker)) found[name] = await inTime(() => ask(startWorker(), name));
    return found;
  },
};
