import { useEffect, useState } from "preact/hooks";
import { explain, isAbort } from "../errors";
import { vault, type Metadata } from "../state";
import type { StoredObject } from "../store";
import { openObject } from "../files";

/** Larger files are not fetched only to be looked at, in bytes. */
const LARGEST = 16 * 1024 * 1024;

/** Characters of a text that are shown. */
const EXCERPT = 4000;

type Shown =
  | { kind: "image"; url: string }
  | { kind: "text"; text: string }
  | { kind: "none"; text: string };

/** The decrypted file itself, where the page can show it harmlessly. */
export function Preview({ object, metadata }: { object: StoredObject; metadata: Metadata }) {
  const [shown, setShown] = useState<Shown>();
  useEffect(() => {
    const stop = new AbortController();
    let url = "";
    const show = async () => {
      const next = await preview(object, metadata, stop.signal);
      if (next.kind === "image") url = next.url;
      if (stop.signal.aborted) URL.revokeObjectURL(url);
      else setShown(next);
    };
    show().catch((error: unknown) => {
      if (!isAbort(error)) setShown({ kind: "none", text: explain(error) });
    });
    return () => {
      stop.abort();
      if (url) URL.revokeObjectURL(url);
    };
  }, [object, metadata]);

  if (!shown) return <p class="hint">Decrypting…</p>;
  if (shown.kind === "image") {
    return <img class="preview" data-testid="preview-image" src={shown.url} alt="The decrypted file" />;
  }
  if (shown.kind === "text") {
    return (
      <pre class="preview" data-testid="preview-text" tabIndex={0}>
        {shown.text}
      </pre>
    );
  }
  return (
    <p class="hint" data-testid="preview-none">
      {shown.text}
    </p>
  );
}

async function preview(
  object: StoredObject,
  { type = "", size }: Metadata,
  signal: AbortSignal,
): Promise<Shown> {
  const open = vault.value;
  const text = /^text\/|^application\/(json|xml)|^image\/svg/.test(type);
  if (!open || !(text || type.startsWith("image/"))) {
    return { kind: "none", text: "There is no preview for this type. Download it to look at it." };
  }
  if ((size ?? object.size) > LARGEST) {
    return { kind: "none", text: "This file is too large to preview. Download it to look at it." };
  }
  const plain = await openObject(open, object, { signal, ask: (problem) => Promise.reject(problem) });
  if (text) return { kind: "text", text: (await plain.text()).slice(0, EXCERPT) };
  // The package gives a type only to what is harmless in this origin; the rest is no image.
  const blob = await plain.blob();
  if (blob.type.startsWith("image/")) return { kind: "image", url: URL.createObjectURL(blob) };
  return { kind: "none", text: "This kind of image is not shown in the page. Download it." };
}
