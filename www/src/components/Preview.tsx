import { useEffect, useState } from "preact/hooks";
import { explain, isAbort } from "../errors";
import { vault, type Metadata } from "../state";
import type { StoredObject } from "../store";
import { openObject } from "../files";
import { showInPlace } from "../in-place";
import type { Patience } from "../patience";

/** Larger files are not fetched only to be looked at, in bytes. */
const LARGEST = 16 * 1024 * 1024;

/** Characters of a text that are shown. */
const EXCERPT = 4000;

type Shown =
  | { kind: "image"; url: string; close: () => void }
  | { kind: "film"; element: "video" | "audio"; url: string; close: () => void }
  | { kind: "document"; url: string; close: () => void }
  | { kind: "text"; text: string }
  | { kind: "none"; text: string };

/** The decrypted file itself, where the page can show it harmlessly. */
export function Preview({ object, metadata }: { object: StoredObject; metadata: Metadata }) {
  const [shown, setShown] = useState<Shown>();
  useEffect(() => {
    const stop = new AbortController();
    let close = () => {};
    const show = async () => {
      const next = await preview(object, metadata, stop.signal);
      if ("close" in next) ({ close } = next);
      if (stop.signal.aborted) close();
      else setShown(next);
    };
    show().catch((error: unknown) => {
      if (!isAbort(error)) setShown({ kind: "none", text: explain(error) });
    });
    return () => {
      stop.abort();
      close();
    };
  }, [object, metadata]);

  if (!shown) return <p class="hint">Decrypting…</p>;
  if (shown.kind === "image") {
    return <img class="preview" data-testid="preview-image" src={shown.url} alt="The decrypted file" />;
  }
  if (shown.kind === "film") {
    const refuse = () => setShown({ kind: "none", text: "The browser cannot play this. Download it." });
    const { element: Player, url } = shown;
    return <Player class="preview" data-testid="preview-player" src={url} controls onError={refuse} />;
  }
  if (shown.kind === "document") {
    // Browsers show no PDF in a frame with `sandbox`; the answer itself has a policy of that name.
    // oxlint-disable-next-line react/iframe-missing-sandbox
    return <iframe class="preview" data-testid="preview-document" title="The decrypted file" src={shown.url} />;
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
  const [, kind] = /^(image|video|audio)\//.exec(type) ?? [];
  const document = type === "application/pdf" && navigator.pdfViewerEnabled;
  if (!open || !(text || kind || document)) {
    return { kind: "none", text: "There is no preview for this type. Download it to look at it." };
  }
  const patience: Patience = { signal, ask: (problem) => Promise.reject(problem) };
  if (kind === "video" || kind === "audio") {
    return { kind: "film", element: kind, ...(await showInPlace(open, object, patience)) };
  }
  if (document) return { kind: "document", ...(await showInPlace(open, object, patience)) };
  if ((size ?? object.size) > LARGEST) {
    return { kind: "none", text: "This file is too large to preview. Download it to look at it." };
  }
  const plain = await openObject(open, object, patience);
  if (text) return { kind: "text", text: (await plain.text()).slice(0, EXCERPT) };
  // The package gives a type only to what is harmless in this origin; the rest is no image.
  const blob = await plain.blob();
  if (!blob.type.startsWith("image/")) {
    return { kind: "none", text: "This kind of image is not shown in the page. Download it." };
  }
  const url = URL.createObjectURL(blob);
  return { kind: "image", url, close: () => URL.revokeObjectURL(url) };
}
