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
  from: number;
  to: number;
}

/** The object's real first bytes, and its header as the text that it is. */
export function StoredBytes({ beginning, size }: { beginning: Beginning; size: number }) {
  const { bytes, headerLength } = beginning;
  if (headerLength === undefined) {
    const part: Part = { name: "body", title: "Bytes", from: 0, to: Math.min(bytes.length, 256) };
    return (
      <>
        <p class="problem">This is not one of our objects.</p>
        <Dump bytes={bytes} part={part} />
      </>
    );
  }
  const end = PREFIX + headerLength;
  const header = bytes.subarray(PREFIX, end);
  const clear = describeProtected(header);
  const parts: Part[] = [
    { name: "prefix", title: "Magic and header length", from: 0, to: PREFIX },
    { name: "header", title: "Header", from: PREFIX, to: Math.min(end, PREFIX + SHOWN.header) },
    { name: "body", title: "Body", from: end, to: Math.min(bytes.length, end + SHOWN.body) },
  ];
  return (
    <>
      <p class="hint">
        {formatCount(PREFIX)} bytes of prefix, {formatCount(headerLength)} of header,{" "}
        {formatCount(size - end)} of body. The bytes, from the start of each part:
      </p>
      <div class="dump" data-testid="stored-bytes" tabIndex={0} role="group" aria-label="Stored bytes">
        {parts.map((part) => (
          <Dump key={part.name} bytes={bytes} part={part} />
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

function Dump({ bytes, part: { name, title, from, to } }: { bytes: Uint8Array; part: Part }) {
  const lines: string[] = [];
  for (let at = from; at < to; at += LINE) lines.push(line(bytes.subarray(at, Math.min(at + LINE, to)), at));
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
