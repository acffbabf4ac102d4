/** Pictures that are encrypted before they are stored, and shown from their ciphertext. */
import { useEffect, useState, type FormEvent } from "react";
import { isStrongroomError, passphrase, type TrackedObject, type Vault } from "strongroom";
import { useObjectUrl, useVault, type VaultState } from "strongroom/react";
import { get, put } from "./store.js";

export function App() {
  const state = useVault("react", { surviveReload: { for: "PT5M" } });
  return (
    <main>
      <h1>Pictures</h1>
      {state.status === "opening" && <p>Opening …</p>}
      {state.error && <p role="alert">{state.error.message}</p>}
      {state.status === "unlocked" && state.vault ? (
        <Pictures vault={state.vault} lock={state.lock} />
      ) : (
        state.status !== "opening" && <Unlock state={state} />
      )}
    </main>
  );
}

/** The passphrase opens the vault, or makes it at the first visit. */
function Unlock({ state: { status, unlock } }: { state: VaultState }) {
  const [told, setTold] = useState("");
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const typed = String(new FormData(event.currentTarget).get("passphrase"));
    setTold("Unlocking …");
    try {
      await unlock(passphrase(typed));
    } catch (error) {
      const wrong = isStrongroomError(error) && error.code === "ERR_WRONG_FACTOR";
      setTold(wrong ? "That is not the passphrase of this vault." : String(error));
    }
  };
  return (
    <form onSubmit={submit}>
      <label>
        Passphrase <input name="passphrase" type="password" autoComplete="current-password" required />
      </label>
      <button>{status === "none" ? "Make a vault" : "Unlock"}</button>
      <p role="status">{told}</p>
    </form>
  );
}

function Pictures({ vault, lock }: { vault: Vault; lock: () => Promise<void> }) {
  const pictures = usePictures(vault);
  const add = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    const path = `/${crypto.randomUUID()}.srm`;
    await vault.keys.ensure({ alias: "pictures" });
    const object = await vault.encrypt(file, { key: "pictures", context: { path } });
    await put(path, await object.blob());
    await object.track({ location: path });
  };
  return (
    <>
      <form>
        <label>
          Add a picture <input type="file" accept="image/*" onChange={(event) => void add(event.target.files?.[0])} />
        </label>
        <button type="button" onClick={() => void lock()}>
          Lock
        </button>
      </form>
      <ul>
        {pictures.map(({ id, location = "" }) => (
          <Picture key={id} vault={vault} path={location} />
        ))}
      </ul>
    </>
  );
}

/** The inventory, read again when it changes in this tab or in another. */
function usePictures(vault: Vault): readonly TrackedObject[] {
  const [pictures, setPictures] = useState<readonly TrackedObject[]>([]);
  useEffect(() => {
    const controller = new AbortController();
    const read = (): void => {
      // Ends with an error where the vault is locked meanwhile, which the page shows by itself.
      vault.objects.list({ signal: controller.signal }).then(setPictures, () => {});
    };
    read();
    vault.addEventListener("change", read, { signal: controller.signal });
    return () => controller.abort();
  }, [vault]);
  return pictures;
}

function Picture({ vault, path }: { vault: Vault; path: string }) {
  const { url, error } = useObjectUrl(path, async (signal) =>
    vault.decrypt(await get(path), { context: { path }, tracked: path, signal }),
  );
  return <li>{error ? error.message : <img src={url} alt="" />}</li>;
}
