import { useEffect, useRef } from "preact/hooks";
import { fillFrame } from "../../ui/print-document";
import styles from "./ReportView.module.css";

/** An empty frame has the page's address, to which its links would lead. */
function followWithin(event: MouseEvent): void {
  const link = (event.target as Element).closest("a");
  if (!link) return;
  event.preventDefault();
  link.ownerDocument.getElementById(link.hash.slice(1))?.scrollIntoView();
}

/** The report as it is saved, in a frame of its own: black on white, whatever the page's scheme. */
export function ReportSheet({ source }: { source: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    const inside = frame.current && fillFrame(frame.current, source);
    inside?.document.addEventListener("click", followWithin);
  }, [source]);
  // oxlint-disable-next-line react/iframe-missing-sandbox -- the page fills it, which a sandbox would forbid; no script is in it, and the page's policy admits none.
  return <iframe ref={frame} class={styles.sheet} title="The report" data-testid="report-sheet" />;
}
