import { Button } from "../../ui/Button";
import { Fact, Facts } from "../../ui/Facts";
import { counted, formatSize } from "../../ui/format";
import { StepTitle } from "../../ui/StepTitle";
import { refreshObjects, storedObjects } from "../files/stored-objects";
import { store } from "./model";

/** Where the ciphertext goes. */
export function Provider() {
  const all = storedObjects.value ?? [];
  const bytes = all.reduce((sum, object) => sum + object.size + (object.header ?? 0), 0);
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
      <Button id="refresh" act={refreshObjects}>
        Refresh the list
      </Button>
    </>
  );
}
