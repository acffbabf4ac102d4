/** The console forgets what only an unlocked vault shows. */

import { considered } from "./deeds";
import { report } from "./doing";
import { forgetKeys } from "./keyring";
import { stopMoving } from "./moving";
import { forgetShown } from "./shown";

export function forgetConsole(): void {
  considered.value = undefined;
  report.value = undefined;
  stopMoving();
  forgetKeys();
  forgetShown();
}
