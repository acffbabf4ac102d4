// The package starts its Worker from an address; this page admits that one.
trustedTypes.createPolicy("default", {
  createScriptURL: (address) => {
    if (new URL(address, location.href).href === new URL("strongroom-worker.js", location.href).href) return address;
    throw new TypeError(`not a script of this page: ${address}`);
  },
});
