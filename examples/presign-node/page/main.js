/** Encrypts files, uploads the ciphertext by presigned requests, and downloads them again. */
import { Strongroom, isStrongroomError, passphrase } from "strongroom";
import { downloadFromS3, uploadToS3 } from "strongroom/s3";

const [unlock, upload, status, files] = ["#unlock", "#upload", "[role=status]", "#files"].map((at) =>
  document.querySelector(at),
);
let vault;

unlock.addEventListener("submit", (event) => {
  event.preventDefault();
  void told("Unlocking …", async () => {
    vault = await Strongroom.openOrCreate({ name: "presign", factor: passphrase(unlock.elements.passphrase.value) });
    unlock.reset();
    await vault.keys.ensure({ alias: "files" });
    [unlock.hidden, upload.hidden] = [true, false];
    await list();
    return "Unlocked.";
  });
});

upload.addEventListener("submit", (event) => {
  event.preventDefault();
  const [file] = upload.elements.file.files;
  const bar = upload.querySelector("progress");
  void told("Uploading …", async () => {
    const key = `${crypto.randomUUID()}.srm`;
    const object = await vault.encrypt(file, { key: "files", context: { object: key } });
    bar.hidden = false;
    const onProgress = ({ done, total = 1 }) => (bar.value = done / total);
    await uploadToS3(object, presigner(key), { onProgress });
    // The inventory is part of the vault: the list below, and what still needs a key.
    await object.track({ location: key });
    upload.reset();
    bar.hidden = true;
    await list();
    return `Uploaded ${object.size} bytes of ciphertext.`;
  });
});

/** Downloads an object, and saves what it holds. */
async function save(key) {
  // `tracked` accepts only the object that this vault uploaded under that name.
  const plain = await vault.decrypt(await downloadFromS3(presigner(key)), { context: { object: key }, tracked: key });
  const file = await plain.file();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return `Opened ${file.name}.`;
}

async function list() {
  const entries = await vault.objects.list();
  files.replaceChildren(
    ...entries.map(({ location }) => {
      const [item, button] = [document.createElement("li"), document.createElement("button")];
      button.textContent = "Download and decrypt";
      button.addEventListener("click", () => void told("Downloading …", () => save(location)));
      item.append(location, button);
      return item;
    }),
  );
}

/** What signs the requests for one object. */
function presigner(key) {
  const sign = async (action, given = {}) => {
    const response = await fetch("/presign", { method: "POST", body: JSON.stringify({ action, key, ...given }) });
    if (response.ok) return response.json();
    throw Object.assign(new Error(`not signed: ${response.status}`), { status: response.status });
  };
  return {
    put: (size) => sign("PutObject", { size }),
    create: () => sign("CreateMultipartUpload"),
    part: (upload, number) => sign("UploadPart", { upload, number }),
    complete: (upload) => sign("CompleteMultipartUpload", { upload }),
    abort: (upload) => sign("AbortMultipartUpload", { upload }),
    list: (upload, after) => sign("ListParts", { upload, after }),
    get: () => sign("GetObject"),
  };
}

/** Shows what is being done, and how it ended. */
async function told(before, work) {
  status.textContent = before;
  try {
    status.textContent = await work();
  } catch (error) {
    const wrong = isStrongroomError(error) && error.code === "ERR_WRONG_FACTOR";
    status.textContent = wrong ? "That is not the passphrase of this vault." : error.message;
  }
}
