import { useComputed } from "@preact/signals";
import { useState } from "preact/hooks";
import { formatDate, formatSize } from "../format";
import { deleteObject } from "../objects";
import { compared, opened, vault, type Metadata } from "../state";
import type { StoredObject } from "../store";
import { downloadObject } from "../files";
import { Button } from "./Button";
import { Confirm } from "./Confirm";

/** One object: on the left what its owner sees, on the right what the provider has. */
export function LedgerRow({ object }: { object: StoredObject }) {
  const [deleting, setDeleting] = useState(false);
  // Computed, so that each row is drawn again for its own header only.
  const known = useComputed(() => (vault.value ? opened.value.get(object.key) : undefined)).value;
  const metadata = known?.kind === "open" ? known.metadata : undefined;
  const name = metadata?.name ?? object.key;
  return (
    <li data-testid="object" data-key={object.key} data-name={metadata?.name}>
      <div class="side yours">
        {metadata ? <File metadata={metadata} /> : <Unknown why={reason(known)} />}
        <div class="row-actions">
          {metadata && (
            <Button
              testid="download"
              kind="main"
              label={`Download ${name}`}
              act={() => downloadObject(object)}
            >
              Download
            </Button>
          )}
          <Button
            testid="compare"
            label={`Provider's view of ${name}`}
            act={() => {
              compared.value = object;
            }}
          >
            Provider's view
          </Button>
          <Button
            testid="delete-object"
            kind="danger"
            label={`Delete ${name}`}
            act={() => setDeleting(true)}
          >
            Delete
          </Button>
        </div>
      </div>
      <div class="side theirs">
        <code class="object-key">{object.key}</code>
        <p class="hint">
          {formatSize(object.size)} of ciphertext, {formatDate(object.modified)}
        </p>
      </div>
      {deleting && (
        <Confirm
          title={`Delete “${name}”?`}
          text="The object is removed from the store for everybody. This cannot be undone."
          confirm="Delete"
          act={() => deleteObject(object)}
          close={() => setDeleting(false)}
        />
      )}
    </li>
  );
}

function File({ metadata: { name, type, size } }: { metadata: Metadata }) {
  return (
    <div class="file">
      <p class="file-name" data-testid="object-name" title={name}>
        <bdi>{name ?? "Without a name"}</bdi>
      </p>
      <p class="hint">
        {[type || "unknown type", size === undefined ? "" : formatSize(size)]
          .filter(Boolean)
          .join(", ")}
      </p>
    </div>
  );
}

function Unknown({ why }: { why: string }) {
  return (
    <div class="file">
      <p class="file-name sealed" aria-hidden="true" />
      <p class="hint">{why}</p>
    </div>
  );
}

function reason(known: { kind: "open" } | { kind: "closed"; reason: string } | undefined): string {
  if (!vault.value) return "Locked: name and type are in the ciphertext.";
  return known?.kind === "closed" ? known.reason : "Opening the header…";
}
