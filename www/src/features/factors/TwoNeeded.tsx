import text from "../../ui/text.module.css";
import { whyNoPasskeys } from "./available";

/** Says that a vault takes two factors at once, where it is not open yet. */
export function TwoNeeded() {
  const missing = whyNoPasskeys();
  return (
    <p class={text.lead} data-testid="two-needed">
      {missing
        ? `This vault takes a passphrase and a passkey together. ${missing} What is on paper opens it alone.`
        : "This vault takes a passphrase and a passkey together. What is on paper opens it alone."}
    </p>
  );
}
