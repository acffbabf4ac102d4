import { addressOf, goTo } from "../../app/route";
import { DateField } from "../../ui/DateField";
import { Choice } from "../../ui/fields";
import { counted } from "../../ui/format";
import text from "../../ui/text.module.css";
import styles from "./ActivityFilters.module.css";
import type { ActivityModel } from "./model";
import { OPERATION_CHOICES } from "./operations";
import { isNarrowed, OUTCOMES, type ActivityQuery, type Outcome } from "./query";
import { OUTCOME_NAMES } from "./sentences";

interface Props {
  model: ActivityModel;
  query: ActivityQuery;
}

const ANY = ["", "any"] as const;

/** What narrows the log. Each choice is a part of the page's address. */
export function ActivityFilters({ model, query }: Props) {
  if (query.entries) return <Chosen entries={query.entries} />;
  const narrow = (change: ActivityQuery) => goTo(addressOf.activity({ ...query, before: undefined, ...change }));
  const keys = model.keys.map(({ id, alias }) => [id, alias] as const);
  const { key, operation, outcome, from = "", to = "" } = query;
  return (
    <form class={styles.filters} role="search" aria-label="Activity" onSubmit={(event) => event.preventDefault()}>
      <Choice
        id="activity-key"
        name="key"
        label="Key"
        value={key ?? ""}
        options={[ANY, ...keys, ...unknown(key, keys, "a key that is gone")]}
        onChange={(value) => narrow({ key: value || undefined })}
      />
      <Choice
        id="activity-operation"
        name="operation"
        label="Operation"
        value={operation ?? ""}
        options={[ANY, ...OPERATION_CHOICES, ...unknown(operation, OPERATION_CHOICES)]}
        onChange={(value) => narrow({ operation: value || undefined })}
      />
      <Choice
        id="activity-outcome"
        name="outcome"
        label="Outcome"
        value={outcome ?? ""}
        options={[ANY, ...OUTCOMES.map((one) => [one, OUTCOME_NAMES[one]] as const)]}
        onChange={(value) => narrow({ outcome: (value || undefined) as Outcome | undefined })}
      />
      <DateField id="activity-from" label="From" value={from} onChange={(value) => narrow({ from: value || undefined })} />
      <DateField id="activity-to" label="To" value={to} onChange={(value) => narrow({ to: value || undefined })} />
      <p class={styles.all}>
        {isNarrowed(query) || query.log ? (
          <a class={text.link} href={addressOf.activity()} data-testid="all-activity">
            All entries
          </a>
        ) : null}
      </p>
    </form>
  );
}

/** What an address asks for is in the list, though the page does not know it. */
function unknown(
  value: string | undefined,
  known: readonly (readonly [string, string])[],
  name = value,
): readonly (readonly [string, string])[] {
  return value === undefined || name === undefined || known.some(([one]) => one === value) ? [] : [[value, name]];
}

function Chosen({ entries }: { entries: readonly number[] }) {
  return (
    <p class={styles.chosen} data-testid="chosen-entries">
      {counted(entries.length, "entry", "entries")} that an alert rests on.{" "}
      <a class={text.link} href={addressOf.activity()} data-testid="all-activity">
        All entries
      </a>
    </p>
  );
}
