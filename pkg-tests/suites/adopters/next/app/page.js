/** Rendered on the server, which imports the package too and calls nothing of it. */
import { StrongroomError } from "strongroom";
import { Vault } from "./vault.js";

export default function Page() {
  return <Vault loaded={typeof StrongroomError} />;
}
