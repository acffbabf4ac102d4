import { describeHeader, describeProtected, PREFIX } from "../../remote/object-header";
import type { ObjectStart } from "../../remote/object-start";
import { formatCount } from "../../ui/format";
import text from "../../ui/text.module.css";
import styles from "./StoredBytes.module.css";

/** Bytes in a line of the dump. */
const LINE = 16;

/** Bytes shown of the header, and of the body after it. */
const SHOWN = { header: 96, body: 128 };

interface Part {
  name: "prefix" | "header" | "body";
  title: string;
  bytes: Uint8Array;
  /** Offset in what is stored. */
  at: number;
}

/** The object's first bytes as they are stored, and its header as text. */
export function StoredBytes({ start, size }: { start: ObjectStart; size: number }) {
  const { header, bytes } = start;
  if (!header) {
    return (
      <>
        <p class={text.problem}>This object has no strongroom header, so nobody can open it.</p>
        <Dump part={{ name: "body", title: "Bytes", bytes: bytes.subarray(0, SHOWN.body), at: 0 }} />
      </>
    );
  }
  const parts = partsOf(start, header);
  const body = size - (parts.at(-1)?.at ?? 0);
  const clear = describeProtected(header);
  return (
    <>
      <p class={text.hint}>
        {formatCount(header.length)} bytes of header, {formatCount(body)} bytes of body.{" "}
        {start.detached && "The header is a separate object, so that it can be replaced alone. "}
        The first bytes of each:
      </p>
      <div class={styles.dump} data-testid="stored-bytes" tabIndex={0} role="group" aria-label="Stored bytes">
        {parts.map((part) => (
          <Dump key={part.name} part={part} />
        ))}
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

/** Header and body: two objects of the store, or one behind the other in a single one. */
function partsOf({ detached, bytes }: ObjectStart, header: Uint8Array): Part[] {
  const first = { name: "header", title: "Header", bytes: header.subarray(0, SHOWN.header) } as const;
  const body = (at: number): Part => {
    return { name: "body", title: "Body", bytes: bytes.subarray(at, at + SHOWN.body), at };
  };
  if (detached) return [{ ...first, at: 0 }, body(0)];
  const prefix = { title: "Magic and header length", bytes: bytes.subarray(0, PREFIX), at: 0 };
  return [{ name: "prefix", ...prefix }, { ...first, at: PREFIX }, body(PREFIX + header.length)];
}

function Dump({ part: { name, title, bytes, at } }: { part: Part }) {
  const lines: string[] = [];
  for (let from = 0; from < bytes.length; from += LINE) {
    lines.push(line(bytes.subarray(from, from + LINE), at + from));
  }
  return (
    <figure class={`${styles.part} ${name === "body" ? styles.body : ""}`}>
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
