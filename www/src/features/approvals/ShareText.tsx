import { copyText } from "../../app/copy";
import { Button } from "../../ui/Button";
import { saveAs } from "../../ui/save";

interface Props {
  id: string;
  /** What it is, after "Copy the". */
  noun: string;
  text: string;
  /** The name of the file. */
  file: string;
  kind?: "main" | "quiet";
}

/** Gives a text to somebody: by the clipboard, or as a file. */
export function ShareText({ id, noun, text, file, kind = "quiet" }: Props) {
  return (
    <>
      <Button id={`copy-${id}`} kind={kind} act={() => copyText(text, `The ${noun} is copied.`)}>
        Copy the {noun}
      </Button>
      <Button id={`save-${id}`} act={() => saveAs(new Blob([text], { type: "text/plain" }), file)}>
        Save as a file
      </Button>
    </>
  );
}
