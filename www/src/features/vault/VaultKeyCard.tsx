import { useState } from "preact/hooks";
import type { Vault } from "strongroom";
import type { Session } from "../../app/session";
import { Button, ButtonGroup } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { formatDate } from "../../ui/format";
import text from "../../ui/text.module.css";
import { ConsequenceList } from "../keys/actions/ConsequenceList";
import { backupsOf } from "./backups";
import { MergeBackup } from "./MergeBackup";
import { backupVault, rotateVaultKey } from "./model";
import styles from "./VaultKeyCard.module.css";

/** The key that wraps all others, and the last copy of it. */
export function VaultKeyCard({ session }: { session: Session }) {
  const { vault } = session;
  const [rotating, setRotating] = useState(false);
  const [merging, setMerging] = useState(false);
  const [last, setLast] = useState(() => backupsOf(vault).at(-1));
  const save = async () => {
    await backupVault(vault);
    setLast(backupsOf(vault).at(-1));
  };
  return (
    <section class={styles.card} aria-labelledby="vault-card-title">
      <div class={styles.text}>
        <h3 id="vault-card-title">Vault key</h3>
        <p class={text.hint}>
          One vault key wraps all of these keys; what opens the vault opens it.{" "}
          {last ? `The last backup was saved here on ${formatDate(last)}.` : "No backup was saved here yet."}
        </p>
      </div>
      <ButtonGroup>
        <Button id="rotate-vault-key" act={() => setRotating(true)}>
          Rotate the vault key
        </Button>
        <Button id="console-backup" act={save}>
          Save a backup
        </Button>
        <Button id="merge" act={() => setMerging(true)}>
          Merge a backup
        </Button>
      </ButtonGroup>
      {merging && <MergeBackup session={session} close={() => setMerging(false)} />}
      {rotating && <Rotation vault={vault} close={() => setRotating(false)} />}
    </section>
  );
}

function Rotation({ vault, close }: { vault: Vault; close: () => void }) {
  const rotate = async () => {
    await rotateVaultKey(vault);
    close();
  };
  const hasBackups = backupsOf(vault).length > 0;
  return (
    <Dialog id="vault-key-dialog" title={`Rotate the vault key of “${vault.name}”?`} close={close}>
      <ConsequenceList
        list={[
          { kind: "happens", text: "A new vault key is created and wraps every key of the vault, in one step." },
          { kind: "stops", text: "Other tabs with this vault are locked: they hold the old vault key." },
          { kind: "stays", text: "What opens the vault, the keys and all files stay as they are." },
          {
            kind: "copies",
            text: hasBackups
              ? "Older backups open with what opened the vault then, and contain the keys of that time."
              : "An older backup would open with what opened the vault then, and contain the keys of that time.",
          },
        ]}
      />
      <Button id="vault-key-yes" kind="main" act={rotate}>
        Rotate the vault key
      </Button>
    </Dialog>
  );
}
