import { abbreviate } from "../format";
import { chosenKey, type Key } from "../state";

export function KeyRow({ info }: { info: Key }) {
  return (
    <label class="key" data-testid="key" data-alias={info.alias}>
      <input
        type="radio"
        name="chosen-key"
        value={info.alias}
        checked={chosenKey.value?.id === info.id}
        onChange={() => (chosenKey.value = info)}
      />
      <span class="key-alias">{info.alias}</span>
      <code title={`Key ${info.id}`}>{abbreviate(info.id)}</code>
    </label>
  );
}
