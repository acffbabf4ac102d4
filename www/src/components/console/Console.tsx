import { route } from "../../route";
import { Transfers } from "../Transfers";
import { DeedDialog } from "./DeedDialog";
import { KeyList } from "./KeyList";
import { KeyView } from "./KeyView";
import { ReportDialog } from "./ReportDialog";
import { Patterns } from "./States";

/** The vault's keys: all of them, or one. */
export function Console() {
  const { value } = route;
  return (
    <section id="console" data-testid="console" class="panel console" aria-labelledby="console-title" tabIndex={-1}>
      <Patterns />
      {value.at === "key" ? (
        <KeyView key={value.id} id={value.id} version={value.version} />
      ) : (
        <KeyList />
      )}
      <Transfers />
      <DeedDialog />
      <ReportDialog />
    </section>
  );
}
