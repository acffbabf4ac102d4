/** Steps for views of a vault: the published surface, and messages that a script posts by hand on a view's port. */
import "./keys.js";
import { vaults } from "./story.js";

/** The view that is open, the page's end of its port, and what the engine posted there. */
const open = { view: undefined, port: undefined, posted: [], ended: [] };

/** Waits until the engine has answered a call of that number. */
async function answer(call) {
  for (let tries = 0; tries < 100; tries++) {
    const answered = open.posted.find(({ reply }) => reply === call);
    if (answered) return answered;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return "no answer";
}

Object.assign(window.story, {
  /** Whoever is there before a view is made has its port. */
  async openView(name, options) {
    const { MessageChannel } = window;
    window.MessageChannel = class extends MessageChannel {
      constructor() {
        super();
        open.port = this.port1;
      }
    };
    try {
      open.view = await vaults.get(name).view(options);
    } finally {
      window.MessageChannel = MessageChannel;
    }
    open.posted = [];
    const ended = (open.ended = []);
    open.port.addEventListener("message", ({ data }) => open.posted.push(data));
    open.view.addEventListener("end", ({ detail }) => ended.push(detail.reason.code));
  },

  inView: async (method, ...given) => open.view[method](...given),

  viewKeys: async () => (await open.view.keys.list()).map(({ alias }) => alias),

  viewDecrypts: async (text) => (await open.view.decrypt(new Blob([Uint8Array.from(atob(text), (char) => char.charCodeAt(0))]))).text(),

  viewEnds: () => ({ ended: open.view.ended, told: open.ended }),

  closeView: () => open.view.close(),

  /** An object that the vault's own handle reads: its number. */
  async readByVault(name, text) {
    const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    await vaults.get(name).openObject(new Blob([bytes]));
  },

  /** Posts what a script makes up, which the engine does not answer. */
  postOnView: (messages) => messages.forEach((message) => open.port.postMessage(message)),

  /** Posts a call that a script makes up; the code that it was answered with, or its value. */
  async callOnView(method, args) {
    const call = 1_000_000 + open.posted.length + Math.floor(Math.random() * 1e6);
    open.port.postMessage({ call, method, args });
    const { error, value } = await answer(call);
    return { code: error?.code, policy: error?.policy, value };
  },

  /** Has the engine ask for an input, and says that reading it failed, by that code. */
  async failReading(code) {
    const number = 500_000;
    const fail = ({ data }) => {
      if (data.method === "read") open.port.postMessage({ reply: data.call, error: { code, message: "made up" } });
    };
    open.port.addEventListener("message", fail);
    const to = { key: "photos", keepHeader: false, reason: undefined };
    const request = { to, context: undefined, sidecar: undefined, metadata: {}, detached: false, size: undefined };
    await window.story.callOnView("encrypt", [number, { kind: "pull", source: 77, size: undefined }, request]);
    const { code: told } = await window.story.callOnView("pull", [number]);
    open.port.removeEventListener("message", fail);
    return told;
  },
});
