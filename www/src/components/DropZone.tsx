import { useState } from "preact/hooks";
import { chosenKey, keys, notice, objects, vault, vaultNames } from "../state";
import { uploadFiles } from "../files";

/** Takes files by dropping, or by choosing them with the input that fills it. */
export function DropZone() {
  const [over, setOver] = useState(false);
  const reading = vault.value !== undefined && keys.value === undefined;
  const ready = vault.value !== undefined && chosenKey.value !== undefined;
  const first = vault.value ? "Make a key" : `${vaultNames.value?.length ? "Unlock" : "Create"} a vault`;
  const onDrag = (event: DragEvent) => {
    event.preventDefault();
    setOver(event.type === "dragover" && ready);
  };
  const onDrop = (event: DragEvent) => {
    onDrag(event);
    if (ready) uploadFiles(event.dataTransfer?.files ?? []);
    else notice.value = { kind: "error", text: `${first}, then drop the files again.` };
  };
  const onChoose = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement;
    uploadFiles(input.files ?? []);
    input.value = "";
  };
  return (
    <label
      class={over ? "drop over" : "drop"}
      data-testid="drop-zone"
      data-ready={ready}
      onDragOver={onDrag}
      onDragLeave={onDrag}
      onDrop={onDrop}
    >
      <strong>{ready ? "Drop files, or choose them" : reading ? "Reading the keys…" : `${first} to add files`}</strong>
      <span class="hint">
        {ready
          ? `Each gets a key of its own, wrapped under “${chosenKey.value?.alias}”, before a byte leaves.`
          : objects.value?.length
            ? "Below is all that anybody without your keys can see."
            : "They are encrypted in this page before they are stored."}
      </span>
      <input
        id="file-input"
        data-testid="file-input"
        type="file"
        multiple
        disabled={!ready}
        onChange={onChoose}
      />
    </label>
  );
}
