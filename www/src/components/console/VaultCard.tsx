import { useState } from "preact/hooks";
import { backupsOf } from "../../backups";
import { rotateVaultKey } from "../../doing";
import { formatDate } from "../../format";
import { vault, type Vault } from "../../state";
import { backupVault } from "../../vault";
import { Button } from "../Button";
import { Dialog } from "../Dialog";
import { Consequences } from "./Consequences";

/** What wraps all of the keys, and where copies of them are. */
export function VaultCard() {
  const open = vault.value;
  return open ? <Card open={open} /> : null;
}

function Card({ open }: { open: Vault }) {
  const [rotating, setRotating] = useState(false);
  const [last, setLast] = useState(() => backupsOf(open).at(-1));
  const save = async () => {
    await backupVault();
    setLast(backupsOf(open).at(-1));
  };
  return (
    <section class="vault-card" aria-labelledby="vault-card-title">
      <div>
        <h3 id="vault-card-title">The vault itself</h3>
        <p class="hint">
          One vault key wraps all of these keys; your passphrase opens it.{" "}
          {last ? `A backup was saved from here on ${formatDate(last)}.` : "No backup was saved from here yet."}
        </p>
      </div>
      <div class="row-actions">
        <Button id="rotate-vault-key" act={() => setRotating(true)}>
          Rotate the vault key
        </Button>
        <Button id="console-backup" act={save}>
          Save a backup
        </Button>
      </div>
      {rotating && <Rotation name={open.name} backups={backupsOf(open).length} close={() => setRotating(false)} />}
    </section>
  );
}

function Rotation({ name, backups, close }: { name: string; backups: number; close: () => void }) {
  const go = async () => {
    await rotateVaultKey();
    close();
  };
  return (
    <Dialog id="vault-key-dialog" title={`Rotate the vault key of “${name}”?`} close={close}>
      <Consequences
        list={[
          { kind: "happens", text: "A new vault key is made, and wraps every key of the vault, in one step." },
          { kind: "stops", text: "Other tabs with this vault are locked: they hold the old one." },
          { kind: "stays", text: "Your passphrase, the keys and all files stay as they are." },
          {
            kind: "copies",
            text:
              backups > 0
                ? "Backups from before still open with the passphrase, and hold the keys as they were then."
                : "A backup from before would still open with the passphrase, and hold the keys as they were then.",
          },
        ]}
      />
      <Button id="vault-key-yes" kind="main" act={go}>
        Rotate the vault key
      </Button>
    </Dialog>
  );
}
