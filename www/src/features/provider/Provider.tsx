import type { Session } from "../../app/session";
import { Button } from "../../ui/Button";
import { Fact, Facts } from "../../ui/Facts";
import { counted, formatSize } from "../../ui/format";
import { StepTitle } from "../../ui/StepTitle";
import { refreshObjects, store, storedObjects } from "./model";

/** Where the ciphertext goes. */
export function Provider({ session }: { session: Session | undefined }) {
  const all = [...(storedObjects.value?.values() ?? [])];
  const bytes = all.reduce((sum, { size, header }) => sum + size + (header?.size ?? 0), 0);
  return (
    <>
      <StepTitle number={3} theirs>
        The provider gets ciphertext
      </StepTitle>
      <Facts>
        <Fact name="Store">
          <code data-testid="store-origin">{store.value?.origin ?? "…"}</code>
        </Fact>
        <Fact name="Bucket">
          <code>{store.value?.bucket ?? "…"}</code>
        </Fact>
        <Fact name="Holds" testid="store-total">
          {`${counted(all.length, "object")}, ${formatSize(bytes)}`}
        </Fact>
      </Facts>
      <Button id="refresh" act={() => Promise.all([refreshObjects(), session?.files.refresh()])}>
        Refresh the list
      </Button>
    </>
  );
}
