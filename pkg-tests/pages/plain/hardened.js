/** Makes every global of the page one that cannot be replaced, and the storage manager one that gives nothing. */
if (navigator.storage) navigator.storage.persist = () => {};

for (const name of Object.getOwnPropertyNames(window)) {
  const own = Object.getOwnPropertyDescriptor(window, name);
  if (own.configurable && own.writable) {
    Object.defineProperty(window, name, { writable: false, configurable: false });
  }
}
