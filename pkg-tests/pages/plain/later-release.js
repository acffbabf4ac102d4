/** A later release: one whose schema has another version. */
const { open } = IDBFactory.prototype;

IDBFactory.prototype.open = function openLater(name, version) {
  const opening = open.call(this, name, version + 1);
  opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore("later"));
  return opening;
};
