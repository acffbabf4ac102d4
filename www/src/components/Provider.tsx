import { formatCount, formatSize } from "../format";
import { refresh } from "../objects";
import { objects, storeAt } from "../state";
import { Button } from "./Button";

/** Where the ciphertext goes. */
export function Provider() {
  const all = objects.value ?? [];
  const bytes = all.reduce((sum, object) => sum + object.size + (object.header ?? 0), 0);
  return (
    <>
      <h2>
        <span class="step">3</span> The provider gets ciphertext
      </h2>
      <dl class="facts">
        <div>
          <dt>Store</dt>
          <dd>
            <code data-testid="store-origin">{storeAt.value?.origin ?? "…"}</code>
          </dd>
        </div>
        <div>
          <dt>Bucket</dt>
          <dd>
            <code>{storeAt.value?.bucket ?? "…"}</code>
          </dd>
        </div>
        <div>
          <dt>Holds</dt>
          <dd data-testid="store-total">
            {formatCount(all.length)} {all.length === 1 ? "object" : "objects"}, {formatSize(bytes)}
          </dd>
        </div>
      </dl>
      <Button id="refresh" act={refresh}>
        Refresh the list
      </Button>
    </>
  );
}
