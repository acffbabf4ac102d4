import { notify, warn } from "./notice";

/** @param done what the page says then */
export async function copyText(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notify(done);
  } catch {
    warn("The browser did not let the page copy it. Select the text and copy it yourself.");
  }
}
