/** What the operations of a vault are to OCSF (Open Cybersecurity Schema Framework). */

/** Its classes that entries of a log belong to. @internal */
export const CLASS = { entity: 3004, authentication: 3002, datastore: 6005, finding: 2004 } as const;

/** What a class says is managed. */
export type EntityKind = "Key" | "Factor" | "Vault" | "Audit Log";

/** An operation's class and activity, by their numbers; how severe it is when it was done (1 is informational). */
export interface OcsfOperation {
  readonly of: (typeof CLASS)[keyof typeof CLASS];
  readonly activity: number;
  readonly severity: number;
  readonly entity: EntityKind;
}

/** Activities by the names of the schema; `OTHER` is what it has none for, and is told by the operation's name. */
const [CREATE, READ, UPDATE, DELETE, ENROLL, UNENROLL, ENABLE, DISABLE] = [1, 2, 3, 4, 6, 7, 8, 9];
const [ACTIVATE, DEACTIVATE, SUSPEND, RESUME] = [10, 11, 12, 13];
const DATA = { read: 1, update: 2, write: 5, create: 6, delete: 7, list: 8, encrypt: 9, decrypt: 10 } as const;
const [LOGON, LOGOFF, OTHER] = [1, 2, 99];

const of = (kind: EntityKind, activities: Record<string, [activity: number, severity?: number]>): [string, OcsfOperation][] =>
  Object.entries(activities).map(([name, [activity, severity = 1]]) => [
    name,
    { of: CLASS.entity, activity, severity, entity: kind },
  ]);
const inClass = (known: OcsfOperation["of"], activities: Record<string, [activity: number, severity?: number]>): [string, OcsfOperation][] =>
  of("Vault", activities).map(([name, operation]) => [name, { ...operation, of: known }]);

/** Each operation that an entry can name. A test holds it to the names in the core. */
const OPERATIONS: ReadonlyMap<string, OcsfOperation> = new Map([
  ...of("Key", {
    createKey: [CREATE],
    importKey: [CREATE],
    createSession: [CREATE],
    findKey: [READ],
    listKeys: [READ],
    can: [READ],
    exportKey: [READ, 3],
    rotate: [UPDATE],
    update: [UPDATE],
    setPolicy: [UPDATE, 2],
    tick: [UPDATE],
    activate: [ACTIVATE],
    revoke: [DEACTIVATE, 2],
    suspend: [SUSPEND],
    resume: [RESUME],
    scheduleDestroy: [DISABLE, 2],
    cancelDestroy: [ENABLE],
    destroy: [DELETE, 3],
  }),
  ...of("Factor", {
    addFactor: [ENROLL, 2],
    revokeFactor: [UNENROLL, 2],
    replaceFactor: [UPDATE, 2],
    renameFactor: [UPDATE],
    listFactors: [READ],
  }),
  ...of("Vault", { create: [CREATE], rotateVaultKey: [UPDATE, 2], requireFactors: [UPDATE, 2], setVaultPolicy: [UPDATE, 2], setOrganisation: [UPDATE, 2], refreshOrganisation: [UPDATE, 2], readPolicy: [READ], requestApproval: [CREATE], cancelApproval: [DELETE], listApprovals: [READ], head: [READ], health: [READ] }),
  ...of("Audit Log", { beginAudit: [CREATE], startAudit: [ENABLE, 2], stopAudit: [DISABLE, 4], cutAudit: [DELETE, 3], audit: [READ], witnessKey: [READ], witnessLog: [UPDATE], addCosignature: [UPDATE] }),
  ...inClass(CLASS.authentication, {
    unlock: [LOGON],
    lock: [LOGOFF],
    reload: [LOGON],
    failUnlock: [LOGON, 3],
    authenticate: [OTHER],
    askKms: [OTHER, 2],
    useGrace: [OTHER, 2],
    rehearseFactor: [OTHER],
    identifyFactor: [OTHER],
  }),
  ...inClass(CLASS.datastore, {
    encrypt: [DATA.encrypt],
    encryptValue: [DATA.encrypt],
    pin: [DATA.encrypt],
    resumeUpload: [DATA.encrypt],
    decrypt: [DATA.decrypt],
    decryptValue: [DATA.decrypt],
    rewrap: [DATA.update],
    noteUpload: [DATA.update],
    endUpload: [DATA.delete],
    track: [DATA.create],
    untrack: [DATA.delete],
    shred: [DATA.delete, 3],
    merge: [DATA.write, 2],
    backup: [DATA.read, 2],
    listObjects: [DATA.list],
    listUploads: [DATA.list],
    sign: [OTHER],
    approve: [OTHER],
    verify: [OTHER],
  }),
  ...inClass(CLASS.finding, { loseEntries: [CREATE, 4] }),
]);

/** What an operation of a later release is, whose name is all that is known of it. */
const UNKNOWN: OcsfOperation = { of: CLASS.entity, activity: OTHER, severity: 1, entity: "Vault" };

/** @internal */
export function ocsfOperation(name: string): OcsfOperation {
  return OPERATIONS.get(name) ?? UNKNOWN;
}

/** @internal */
export const OPERATION_NAMES: readonly string[] = [...OPERATIONS.keys()];
/** @internal */
export const OTHER_ACTIVITY = OTHER;
