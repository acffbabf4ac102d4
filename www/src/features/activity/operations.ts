/** The operations that an entry of the audit log can tell of, as sentences. */

/** `{key}`, `{object}` and `{factor}` stand for what the entry names. */
interface OperationText {
  /** In the list to choose from. */
  name: string;
  /** What was done. */
  done: string;
  /** What was tried, after "Could not". */
  tried: string;
}

const said = (name: string, done: string, tried: string): OperationText => ({ name, done, tried });

const OPERATIONS: Readonly<Record<string, OperationText>> = {
  encrypt: said("Encrypt a file", "Encrypted {object} with {key}", "encrypt a file with {key}"),
  decrypt: said("Open a file", "Opened {object} with {key}", "open {object} with {key}"),
  encryptValue: said("Encrypt a value", "Encrypted a value with {key}", "encrypt a value with {key}"),
  decryptValue: said("Open a value", "Opened a value with {key}", "open a value with {key}"),
  rewrap: said("Move a file to another key", "Moved {object} to another version or key, from {key}", "move {object} to another version or key, from {key}"),
  sign: said("Sign", "Signed with {key}", "sign with {key}"),
  verify: said("Verify a signature", "Verified a signature with {key}", "verify a signature with {key}"),
  pin: said("Encrypt to somebody else", "Encrypted to {key}", "encrypt to {key}"),
  shred: said("Erase a header", "Erased the only header of {object}", "erase the header of {object}"),
  track: said("Enter a file into the inventory", "Entered {object} into the inventory", "enter a file into the inventory"),
  untrack: said("Take a file out of the inventory", "Took {object} out of the inventory", "take {object} out of the inventory"),
  noteUpload: said("Note an upload", "Noted an upload of {object}", "note an upload"),
  resumeUpload: said("Resume an upload", "Resumed an upload with {key}", "resume an upload with {key}"),
  endUpload: said("End an upload", "Ended an upload of {object}", "end an upload"),
  createKey: said("Create a key", "Created the key {key}", "create a key"),
  importKey: said("Import a key", "Imported the key {key}", "import a key"),
  createSession: said("Create a key of the session", "Created a key of the session", "create a key of the session"),
  exportKey: said("Export a key", "Exported the key {key}", "export the key {key}"),
  rotate: said("Rotate a key", "Rotated the key {key}", "rotate the key {key}"),
  activate: said("Activate a version", "Activated a version of {key}", "activate a version of {key}"),
  suspend: said("Suspend a version", "Suspended a version of {key}", "suspend a version of {key}"),
  resume: said("Resume a version", "Resumed a version of {key}", "resume a version of {key}"),
  revoke: said("Revoke a version", "Revoked a version of {key}", "revoke a version of {key}"),
  scheduleDestroy: said("Schedule a destruction", "Scheduled the destruction of {key}", "schedule the destruction of {key}"),
  cancelDestroy: said("Cancel a destruction", "Cancelled the destruction of {key}", "cancel the destruction of {key}"),
  destroy: said("Destroy a key", "Destroyed key material of {key}", "destroy key material of {key}"),
  update: said("Change a key", "Changed the name, labels or rotation of {key}", "change {key}"),
  setPolicy: said("Change a policy", "Changed the policy of {key}", "change the policy of {key}"),
  setVaultPolicy: said("Change the vault’s policy", "Changed the policy of the vault", "change the policy of the vault"),
  tick: said("What was due", "Did what was due for {key}", "do what was due for {key}"),
  findKey: said("Look up a key", "Looked up {key}", "look up a key"),
  listKeys: said("List the keys", "Listed the keys", "list the keys"),
  can: said("Ask a policy", "Asked the policy of {key}", "ask the policy of {key}"),
  unlock: said("Unlock", "Unlocked the vault with {factor}", "unlock the vault"),
  reload: said("Stay unlocked after a reload", "Stayed unlocked after a reload of the page", "stay unlocked after a reload"),
  lock: said("Lock", "Locked the vault", "lock the vault"),
  failUnlock: said("Failed attempts", "{failed} to unlock the vault, before it was unlocked", "unlock the vault"),
  authenticate: said("Present a factor again", "Presented {factor} again", "present a factor again"),
  useGrace: said("Use the offline grace", "Opened the vault by what this device had kept of {factor}", "do without a key management service"),
  askKms: said("Ask a key service", "Asked a key management service to open the vault with {factor}", "ask a key management service"),
  addFactor: said("Add a way in", "Added {factor} to what opens the vault", "add a way in"),
  renameFactor: said("Rename a way in", "Renamed {factor}", "rename {factor}"),
  replaceFactor: said("Change a way in", "Changed {factor}", "change {factor}"),
  revokeFactor: said("Revoke a way in", "Revoked {factor}, which opens the vault no more", "revoke {factor}"),
  rehearseFactor: said("Try a way in", "Tried {factor}, which opens the vault", "try a way in"),
  identifyFactor: said("Identify a way in", "Identified {factor}", "identify a way in"),
  listFactors: said("List the ways in", "Listed what opens the vault", "list what opens the vault"),
  requireFactors: said("Change how many ways in it takes", "Changed how many factors open the vault", "change how many factors open the vault"),
  create: said("Create the vault", "Created the vault", "create the vault"),
  rotateVaultKey: said("Change the vault key", "Changed the vault key", "change the vault key"),
  backup: said("Make a backup", "Made a backup", "make a backup"),
  merge: said("Merge a backup", "Merged a backup", "merge a backup"),
  health: said("Look at the vault's health", "Looked at the vault's health", "look at the vault's health"),
  head: said("Read the vault's head", "Read the vault's head", "read the vault's head"),
  listObjects: said("List the files", "Listed the files", "list the files"),
  listUploads: said("List the uploads", "Listed the uploads", "list the uploads"),
  beginAudit: said("The log begins", "The log began", "begin a log"),
  requestApproval: said("Ask for an approval", "Asked for an approval of something with {key}", "ask for an approval"),
  cancelApproval: said("Take a request back", "Took a request for an approval back", "take a request for an approval back"),
  listApprovals: said("List the requests", "Listed the requests for approvals", "list the requests for approvals"),
  approve: said("Approve", "Approved what another vault asked, with {key}", "approve what another vault asks"),
  startAudit: said("Turn the log on", "Turned the log on", "turn the log on"),
  stopAudit: said("Turn the log off", "Turned the log off", "turn the log off"),
  cutAudit: said("Delete old entries of the log", "Deleted old entries of the log", "delete old entries of the log"),
  witnessKey: said("Show the witness's key", "Showed the key by which the vault is a witness", "show the witness's key"),
  witnessLog: said("Be a witness", "Cosigned another log, as its witness", "cosign another log"),
  addCosignature: said("Keep what a witness cosigned", "Kept what a witness cosigned", "keep what a witness cosigned"),
  audit: said("Read the log", "Read the log", "read the log"),
  loseEntries: said("Entries that were lost", "Entries before this one could not be written", "write entries"),
};

/** A later release may have others. */
export const operationText = (name: string): OperationText =>
  (Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined) ?? said(name, `${name}: {key}`, `do “${name}” with {key}`);

/** To choose from, by their names. */
export const OPERATION_CHOICES: readonly (readonly [operation: string, name: string])[] = Object.entries(OPERATIONS)
  .map(([operation, { name }]) => [operation, name] as const)
  .toSorted(([, one], [, other]) => one.localeCompare(other, "en"));
