import { useEffect, useRef, useState } from "preact/hooks";
import type { FileStore, StoredFile } from "strongroom/files";
import { explainFile, isAbort } from "../../app/explain";
import type { FactorRuleName } from "../../app/factor-request";
import text from "../../ui/text.module.css";
import styles from "./Preview.module.css";
import { noPreview, openPreview, type PreviewContent } from "./preview-content";

interface Props {
  store: FileStore;
  file: StoredFile;
}

/** The decrypted file itself, where the page can show it safely. */
export function Preview({ store, file }: Props) {
  const [content, setContent] = useState<PreviewContent>();
  /** Whoever presented nothing is asked again where they open the preview again. */
  const declined = useRef(new Set<FactorRuleName>());
  useEffect(() => {
    const stop = new AbortController();
    let close = () => {};
    const show = async () => {
      const opened = await openPreview(store, file, stop.signal, declined.current);
      if ("close" in opened) ({ close } = opened);
      if (stop.signal.aborted) close();
      else setContent(opened);
    };
    show().catch((error: unknown) => {
      if (!isAbort(error)) setContent(noPreview(explainFile(error)));
    });
    return () => {
      stop.abort();
      close();
    };
  }, [store, file]);
  const refuse = () => setContent(noPreview("The browser cannot play this file. Download it."));
  return content ? <Content content={content} refuse={refuse} /> : <p class={text.hint}>Decrypting…</p>;
}

function Content({ content, refuse }: { content: PreviewContent; refuse: () => void }) {
  switch (content.kind) {
    case "image":
      return (
        <img
          class={`${styles.preview} ${styles.image}`}
          data-testid="preview-image"
          src={content.url}
          alt="The decrypted file"
        />
      );
    case "player": {
      const { element: Player, url } = content;
      return <Player class={styles.preview} data-testid="preview-player" src={url} controls onError={refuse} />;
    }
    case "document":
      return (
        // Browsers show no PDF in a frame with `sandbox`; the answer itself has a policy of that name.
        // oxlint-disable-next-line react/iframe-missing-sandbox
        <iframe
          class={`${styles.preview} ${styles.document}`}
          data-testid="preview-document"
          title="The decrypted file"
          src={content.url}
        />
      );
    case "text":
      return (
        <pre class={`${styles.preview} ${styles.text}`} data-testid="preview-text" tabIndex={0}>
          {content.text}
        </pre>
      );
    case "none":
      return (
        <p class={text.hint} data-testid="preview-none">
          {content.text}
        </p>
      );
  }
}
