/**
 * What a backup is held to before it is restored: kept elsewhere than with the backup. Without it, a backup may be
 * anyone's.
 */
export interface ExpectedVault {
  /** What `vault.identity()` gave. */
  identity?: string | undefined;
  /** What `vault.lastSeenHead()` gave last: an older backup is refused, and each unlock checks it too. */
  lastSeenHead?: string | undefined;
}
