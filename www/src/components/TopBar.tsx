import { vault } from "../state";
import { lockVault } from "../vault";
import { Button } from "./Button";

export function TopBar() {
  const open = vault.value;
  return (
    <header class="top">
      <div class="brand">
        <img src="/icon.svg" alt="" width="28" height="28" />
        <div>
          <h1>strongroom</h1>
          <p>The browser keeps the keys, the cloud keeps the ciphertext.</p>
        </div>
      </div>
      <div class="status">
        <p data-testid="vault-status" data-state={open ? "unlocked" : "locked"}>
          <span class={open ? "lamp on" : "lamp"} aria-hidden="true" />
          {open ? (
            <>
              <strong data-testid="vault-name">{open.name}</strong> is unlocked
            </>
          ) : (
            "No vault is unlocked"
          )}
        </p>
        {open && (
          <Button id="lock" kind="quiet" act={lockVault}>
            Lock
          </Button>
        )}
      </div>
    </header>
  );
}
