import { useState } from "preact/hooks";
import { notifyError } from "../../app/notice";
import { FileField, LongField } from "../../ui/fields";

interface Props {
  id: string;
  name: string;
  label: string;
  hint?: string;
}

/** More than any request or approval has, in bytes. */
const LARGEST = 256 * 1024;

/** A text that is pasted, or taken from a file. */
export function PasteField({ id, name, label, hint }: Props) {
  const [file, setFile] = useState(0);
  const take = async () => {
    const [chosen] = (document.getElementById(`${id}-file`) as HTMLInputElement).files ?? [];
    const field = document.getElementById(id) as HTMLTextAreaElement;
    if (!chosen) return;
    field.value = chosen.size > LARGEST ? "" : await chosen.text();
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
