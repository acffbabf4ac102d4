import { describeHeader, describeProtected, type ObjectStart } from "../../remote/object-start";
import { formatCount } from "../../ui/format";
import text from "../../ui/text.module.css";
import styles from "./StoredBytes.module.css";

/** Bytes in a line of the dump. */
const LINE = 16;

/** Bytes shown of the header. */
const SHOWN = 96;

/** The object's first bytes as they are stored, and its header as text. */
export function StoredBytes({ start, size }: { start: ObjectStart; size: number }) {
  const { header, body } = start;
  if (!header) {
    return (
      <>
        <p class={text.problem}>No header is stored beside this object.</p>
        <Dump title="Body" bytes={body} />
      </>
    );
  }
  const clear = describeProtected(header);
  return (
    <>
      <p class={text.hint}>
        {formatCount(header.length)} bytes of header, {formatCount(size)} bytes of body. The header is a separate
        object, so that it can be replaced alone. The first bytes of each:
      </p>
      <div class={styles.dump} data-testid="stored-bytes" tabIndex={0} role="group" aria-label="Stored bytes">
        <Dump title="Header" bytes={header.subarray(0, SHOWN)} />
        <Dump title="Body" bytes={body} />
      </div>
      <details open>
        <summary>Header: the file's key as an Encrypted JWK</summary>
        <pre class={styles.json} data-testid="stored-header" tabIndex={0}>
          {describeHeader(header)}
        </pre>
      </details>
      {clear && (
        <details>
          <summary>Its protected part, decoded</summary>
          <pre class={styles.json} data-testid="stored-protected" tabIndex={0}>
            {clear}
          </pre>
        </details>
      )}
    </>
  );
}

function Dump({ title, bytes }: { title: "Header" | "Body"; bytes: Uint8Array }) {
  const lines: string[] = [];
  for (let from = 0; from < bytes.length; from += LINE) {
    lines.push(line(bytes.subarray(from, from + LINE), from));
  }
  return (
    <figure class={`${styles.part} ${title === "Body" ? styles.body : ""}`}>
      <figcaption>{title}</figcaption>
      <pre>{lines.join("\n")}</pre>
    </figure>
  );
}

/** `00000008  7b 22 70 …  {"p…` */
function line(bytes: Uint8Array, at: number): string {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0"));
  const ascii = [...bytes].map((byte) => (byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "."));
  const offset = at.toString(16).padStart(6, "0");
  return `${offset}  ${hex.join(" ").padEnd(LINE * 3 - 1)}  ${ascii.join("")}`;
}
