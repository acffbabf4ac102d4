import { useState } from "preact/hooks";
import { notifyError, warn } from "../../app/notice";
import { FileField, LongField } from "../../ui/fields";

interface Props {
  id: string;
  name: string;
  label: string;
  hint?: string;
  /** Whether several texts are wanted: a file is added to what stands there. */
  several?: boolean;
}

/** More than any request or approval has, in bytes. */
const LARGEST = 256 * 1024;

/** A text that is pasted, or taken from a file. */
export function PasteField({ id, name, label, hint, several = false }: Props) {
  const [file, setFile] = useState(0);
  const take = async () => {
    const [chosen] = (document.getElementById(`${id}-file`) as HTMLInputElement).files ?? [];
    const field = document.getElementById(id) as HTMLTextAreaElement;
    if (!chosen) return;
    if (chosen.size > LARGEST) return warn("This file is too large for a request or an approval. Choose another one.");
    const before = several ? field.value.trim() : "";
    field.value = `${before}${before && "\n"}${(await chosen.text()).trim()}`;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    // The text stands in the field now, and can be added to: the next file is another one.
    setFile((number) => number + 1);
    field.focus();
  };
  return (
    <>
      <LongField id={id} name={name} label={label} {...(hint !== undefined && { hint })} />
      <FileField key={file} id={`${id}-file`} name={`${name}-file`} label="Or choose the file" optional onChange={() => void take().catch(notifyError)} />
    </>
  );
}
