import { useEffect, useState } from "preact/hooks";
import { formatDate, formatSize } from "../format";
import { readBeginning, type Beginning } from "../objects";
import { compared, opened, tellError, type Metadata } from "../state";
import type { StoredObject } from "../store";
import { Dialog } from "./Dialog";
import { Preview } from "./Preview";
import { StoredBytes } from "./StoredBytes";

/** One object from both sides: the file as its owner sees it, the bytes as the provider has them. */
export function Compare() {
  const object = compared.value;
  if (!object) return null;
  return (
    <Dialog
      id="comparison"
      title="What the provider sees"
      wide
      close={() => (compared.value = undefined)}
    >
      <Sides key={object.key} object={object} />
    </Dialog>
  );
}

function Sides({ object }: { object: StoredObject }) {
  const [beginning, setBeginning] = useState<Beginning>();
  useEffect(() => {
    readBeginning(object).then(setBeginning, tellError);
  }, [object]);
  const known = opened.value.get(object.key);
  return (
    <div class="compare">
      <section class="yours" aria-labelledby="compare-you">
        <h3 id="compare-you">You see</h3>
        {known?.kind === "open" ? (
          <>
            <Facts metadata={known.metadata} />
            <Preview object={object} metadata={known.metadata} />
          </>
        ) : (
          <p class="hint">{known?.reason ?? "Unlock the vault to see the file."}</p>
        )}
      </section>
      <section class="theirs" aria-labelledby="compare-provider" data-testid="provider-side">
        <h3 id="compare-provider">The provider sees</h3>
        <dl class="facts">
          <Fact name="Name" value={object.key} />
          <Fact name="Size" value={formatSize(object.size)} />
          <Fact name="Stored" value={formatDate(object.modified)} />
        </dl>
        {beginning ? (
          <StoredBytes beginning={beginning} size={object.size} />
        ) : (
          <p class="hint">Reading the stored bytes…</p>
        )}
      </section>
    </div>
  );
}

function Facts({ metadata: { name, type, size, modified } }: { metadata: Metadata }) {
  return (
    <dl class="facts" data-testid="file-facts">
      <Fact name="Name" value={name ?? ""} />
      <Fact name="Type" value={type || "unknown"} />
      <Fact name="Size" value={size === undefined ? "" : formatSize(size)} />
      <Fact name="Changed" value={formatDate(modified)} />
    </dl>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  if (!value) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
