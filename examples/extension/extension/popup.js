/** The extension's page: it has a passphrase and a note for as long as it is open, and no key. */
const [unlock, note, status] = ["#unlock", "#note", "[role=status]"].map((at) => document.querySelector(at));

unlock.addEventListener("submit", (event) => {
  event.preventDefault();
  void told("Unlocking …", async () => {
    await ask("unlock", unlock.elements.passphrase.value);
    unlock.reset();
    await show();
    return "Unlocked.";
  });
});

note.addEventListener("submit", (event) => {
  event.preventDefault();
  void told("Encrypting …", async () => {
    await ask("save", note.elements.text.value);
    return "Saved.";
  });
});

note.elements.lock.addEventListener("click", () =>
  void told("Locking …", async () => {
    await ask("lock");
    hide();
    return "Locked.";
  }),
);

async function show() {
  note.elements.text.value = await ask("read");
  [unlock.hidden, note.hidden] = [true, false];
}

function hide() {
  note.reset();
  [unlock.hidden, note.hidden] = [false, true];
}

/** What the background answers. */
async function ask(action, given) {
  const { value, code, message } = await chrome.runtime.sendMessage({ action, given });
  if (message) throw Object.assign(new Error(message), { code });
  return value;
}

async function told(before, act) {
  status.textContent = before;
  try {
    status.textContent = await act();
  } catch (error) {
    // The browser has ended the background since, or the page was just opened.
    if (error.code === "ERR_LOCKED") hide();
    status.textContent = error.code === "ERR_WRONG_FACTOR" ? "That is not the passphrase." : error.message;
  }
}

// The background may still hold the vault of the last time.
show().catch(hide);
