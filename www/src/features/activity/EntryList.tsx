import type { AuditEntry } from "strongroom";
import { explain } from "../../app/explain";
import { addressOf } from "../../app/route";
import { Button, buttonClass } from "../../ui/Button";
import { counted, formatCount, formatDate, formatDay, formatTime } from "../../ui/format";
import text from "../../ui/text.module.css";
import { Warning } from "../../ui/Warning";
import styles from "./EntryList.module.css";
import type { ActivityModel } from "./model";
import { isNarrowed, type ActivityQuery } from "./query";
import { outcomeOf, sentenceOf, type Names } from "./sentences";

interface Props {
  model: ActivityModel;
  query: ActivityQuery;
  verify: () => void;
}

/** A page of the log, day by day, the latest first; or why there is none. */
export function EntryList({ model, query, verify }: Props) {
  const { shown } = model;
  switch (shown.at) {
    case "reading":
      return <p class={text.placeholder}>Reading the log…</p>;
    case "none":
      return (
        <p class={text.placeholder} data-testid="no-log">
          Nothing was written yet. The log begins by itself, with the first thing that there is to tell.
        </p>
      );
    case "no-key":
      return (
        <p class={text.placeholder} data-testid="no-entries">
          This vault has no key with this ID. It may be in another vault, or it was a session key that has ended.
        </p>
      );
    case "damaged":
      return <Damaged verify={verify} />;
    case "failed":
      return (
        <Warning testid="log-failed">
          <p>The log could not be read. {explain(shown.error)}</p>
          <Button id="read-log-again" act={() => model.read()}>
            Try again
          </Button>
        </Warning>
      );
    case "page":
      return <Page query={query} names={model.names} entries={shown.entries} next={shown.next} />;
    default:
      return shown satisfies never;
  }
}

function Damaged({ verify }: { verify: () => void }) {
  return (
    <Warning testid="log-damaged" grave>
      <p>
        <strong>This part of the log is not shown.</strong> Entries of it are missing, or were changed from outside. “Verify” tells how
        many of the first entries are as they were written.
      </p>
      <Button id="verify-damaged" kind="danger" act={verify}>
        Verify the log
      </Button>
    </Warning>
  );
}

interface PageProps {
  query: ActivityQuery;
  names: Names;
  entries: readonly AuditEntry[];
  next: number | undefined;
}

function Page({ query, names, entries, next }: PageProps) {
  return (
    <>
      <p class={text.unseen} role="status" data-testid="activity-status">
        {counted(entries.length, "entry", "entries")}
        {next === undefined ? "" : " on this page, older ones on the next"}
      </p>
      {entries.length === 0 && (
        <p class={text.placeholder} data-testid="no-entries">
          {isNarrowed(query) ? "No matching entries." : "No older entries."}
        </p>
      )}
      {byDay(entries).map(([day, ones]) => (
        <section key={day} class={styles.day} aria-label={day}>
          <h3>{day}</h3>
          <ol>
            {ones.map((entry) => (
              <Entry key={entry.sequence} of={entry} names={names} />
            ))}
          </ol>
        </section>
      ))}
      {(query.before !== undefined || next !== undefined) && (
        <nav class={styles.pager} aria-label="Pages of the log">
          {query.before !== undefined && (
            <a class={buttonClass("quiet")} href={addressOf.activity({ ...query, before: undefined })} data-testid="newest">
              Newest
            </a>
          )}
          {next !== undefined && (
            <a class={buttonClass("quiet")} href={addressOf.activity({ ...query, before: next })} data-testid="older">
              Older
            </a>
          )}
        </nav>
      )}
    </>
  );
}

function Entry({ of, names }: { of: AuditEntry; names: Names }) {
  const { sequence, at, operation, reason, lost, begins, approvers } = of;
  return (
    <li class={styles.entry} data-testid="entry" data-sequence={sequence} data-operation={operation} data-outcome={outcomeOf(of)}>
      <time dateTime={new Date(at).toISOString()} title={formatDate(at)}>
        {formatTime(at)}
      </time>
      <div>
        <p>{sentenceOf(of, names)}</p>
        {reason && <p class={text.hint}>Reason: {reason}</p>}
        {approvers && approvers.length > 0 && (
          <p class={`${text.hint} ${styles.approvers}`} data-testid="entry-approvers">
            Approved by the {approvers.length === 1 ? "key" : "keys"} {approvers.join(", ")}
          </p>
        )}
        {lost !== undefined && <p class={styles.lost}>{counted(lost, "entry", "entries")} before this one could not be written.</p>}
        {begins?.after && (
          <p class={text.hint}>
            Another log came before it, with {counted(begins.after.size, "entry", "entries")}: on another device, or in the copy that this
            vault was restored from.
          </p>
        )}
      </div>
      <span class={styles.number}>
        <span class={text.unseen}>Entry number </span>
        {formatCount(sequence)}
      </span>
    </li>
  );
}

/** Entries as they follow each other; a clock that was set back gives a day a second heading. */
function byDay(entries: readonly AuditEntry[]): readonly [day: string, entries: readonly AuditEntry[]][] {
  const days: [string, AuditEntry[]][] = [];
  for (const entry of entries) {
    const day = formatDay(entry.at);
    const last = days.at(-1);
    if (last?.[0] === day) last[1].push(entry);
    else days.push([day, [entry]]);
  }
  return days;
}
