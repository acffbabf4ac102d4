import { formatCount } from "../format";
import { describeHeader, describeProtected, PREFIX } from "../header";
import type { Beginning } from "../objects";

/** Bytes in a line of the dump. */
const LINE = 16;

/** Bytes shown of the header, and of the body after it. */
const SHOWN = { header: 96, body: 128 };

interface Part {
  name: "prefix" | "header" | "body";
  title: string;
  bytes: Uint8Array;
  /** Where it begins in what is stored. */
  at: number;
}

/** The object's real first bytes, and its header as the text that it is. */
export function StoredBytes({ beginning, size }: { beginning: Beginning; size: number }) {
  const { header, bytes } = beginning;
  if (!header) {
    return (
      <>
        <p class="problem">There is no header of ours, so nobody can open this.</p>
        <Dump part={{ name: "body", title: "Bytes", bytes: bytes.subarray(0, SHOWN.body), at: 0 }} />
      </>
    );
  }
  const parts = partsOf(beginning, header);
  const body = size - (parts.at(-1)?.at ?? 0);
  const clear = describeProtected(header);
  return (
    <>
      <p class="hint">
        {formatCount(header.length)} bytes of header, {formatCount(body)} of body.{" "}
        {beginning.detached && "The header is an object of its own, so that it can be replaced alone. "}
        The bytes, from the start of each part:
      </p>
      <div class="dump" data-testid="stored-bytes" tabIndex={0} role="group" aria-label="Stored bytes">
        {parts.map((part) => (
          <Dump key={part.name} part={part} />
        ))}
      </div>
      <details open>
        <summary>Header: the file's key as an Encrypted JWK</summary>
        <pre data-testid="stored-header" tabIndex={0}>
          {describeHeader(header)}
        </pre>
      </details>
      {clear && (
        <details>
          <summary>Its protected part, decoded</summary>
          <pre data-testid="stored-protected" tabIndex={0}>
            {clear}
          </pre>
        </details>
      )}
    </>
  );
}

/** What is shown of each: beside each other in the store, or one behind the other. */
function partsOf({ detached, bytes }: Beginning, header: Uint8Array): Part[] {
  const start = { name: "header", title: "Header", bytes: header.subarray(0, SHOWN.header) } as const;
  const body = (at: number): Part => {
    return { name: "body", title: "Body", bytes: bytes.subarray(at, at + SHOWN.body), at };
  };
  if (detached) return [{ ...start, at: 0 }, body(0)];
  const prefix = { title: "Magic and header length", bytes: bytes.subarray(0, PREFIX), at: 0 };
  return [{ name: "prefix", ...prefix }, { ...start, at: PREFIX }, body(PREFIX + header.length)];
}

function Dump({ part: { name, title, bytes, at } }: { part: Part }) {
  const lines: string[] = [];
  for (let from = 0; from < bytes.length; from += LINE) {
    lines.push(line(bytes.subarray(from, from + LINE), at + from));
  }
  return (
    <figure class={`part ${name}`}>
      <figcaption>{title}</figcaption>
      <pre>{lines.join("\n")}</pre>
    </figure>
  );
}

/** `00000008  7b 22 70 …  {"p…` */
function line(bytes: Uint8Array, at: number): string {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0"));
  const text = [...bytes].map((byte) =>
    byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".",
  );
  const offset = at.toString(16).padStart(6, "0");
  return `${offset}  ${hex.join(" ").padEnd(LINE * 3 - 1)}  ${text.join("")}`;
}
