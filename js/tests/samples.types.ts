/** Written by tests/keys/samples.rs: what crosses to and from the core, held to the types. */
import type { AuditCheckpoint, AuditCut, AuditCutting, AuditEntry, AuditEntryCut, AuditPage, AuditProof, AuditState, AuditTree, AuditVerification, AuditWitnessed, AuditWitnessing, AuditWitnessRequest, AuditCosigned, AuditCosigner, AuditedKey, AuditLogBeginning, PrecedingLog } from "../src/shared/model/audit-entry.js";
import type { WhichObject } from "../src/engine/wasm/bindings.js";
import type { KeyPolicy, PolicyDecision, PolicyTrial } from "../src/shared/model/key-policy.js";
import type { VaultPolicy, VaultPolicyInfo } from "../src/shared/model/vault-policy.js";
import type { OrganisationChange, OrganisationInfo } from "../src/shared/model/organisation.js";
import type { UploadAbout } from "../src/shared/protocol/body-calls.js";
import type { KeyInfo, KeyOptions, KeyVersion, SessionOptions, Transition } from "../src/shared/model/key-info.js";
import type { PendingUpload } from "../src/shared/model/pending-upload.js";
import type { ChangedVersion, MergedVersion, MergeReport, RenamedKey, SkippedRecord } from "../src/shared/model/merge-report.js";
import type { Forgeable, Remaining, Remains, Remedy, RestoreReport, RestoreWarning, Shredding, StillReadable } from "../src/shared/model/report.js";
import type { ObjectPage, TrackedObject, TrackOptions } from "../src/shared/model/tracked-object.js";
import type { VerifiedFile } from "../src/shared/model/verified-file.js";
import type { AuditLogState, AuditRequest, AuditSlice, CutRequest, IdentifiedFactor, KeyAction, KeyActionResult, KeyListing, KeyQuery, Maintained, ObjectQuery, ProvenSlice, RequiredFactors, RestoredBackup, RewrapRequest, RewrapResult, RotatedVaultKey, Signer, ValueDetails, WireFactorInfo, WireUnlockReport, WireVitalSigns } from "../src/shared/protocol/vault-calls.js";

type Names<T> = T extends unknown ? keyof T : never;

type Codes<T> = T extends { code: infer Code } ? Code : never;

/** Fails to compile with the members and the codes that no sample has. */
function complete<Type, Sample>(..._missing: Missing<Type, Sample>): void {}

type Missing<Type, Sample> = [Lacking<Type, Sample>] extends [never] ? [] : [Lacking<Type, Sample>];
type Lacking<Type, Sample> = Exclude<Names<Type>, Names<Sample>> | Exclude<Codes<Type>, Codes<Sample>>;

const auditCheckpoint = [
  {
    "certificate": "…",
    "note": "…",
    "root": "…",
    "size": 6,
    "verifier": "…"
  },
  {
    "certificate": "…",
    "cosigned": [
      {
        "by": [
          {
            "at": 1790000000000,
            "witness": "example.com/w+00000000+AA=="
          }
        ],
        "note": "…",
        "root": "…",
        "size": 6
      }
    ],
    "note": "…",
    "root": "…",
    "size": 6,
    "verifier": "…"
  }
] satisfies readonly AuditCheckpoint[];
complete<AuditCheckpoint, (typeof auditCheckpoint)[number]>();

const auditCosigned = [
  {
    "by": [
      {
        "at": 1790000000000,
        "witness": "example.com/w+00000000+AA=="
      }
    ],
    "note": "…",
    "root": "…",
    "size": 6
  }
] satisfies readonly AuditCosigned[];
complete<AuditCosigned, (typeof auditCosigned)[number]>();

const auditCosigner = [
  {
    "at": 1790000000000,
    "witness": "example.com/w+00000000+AA=="
  }
] satisfies readonly AuditCosigner[];
complete<AuditCosigner, (typeof auditCosigner)[number]>();

const auditCut = [
  {
    "at": 1790000000000,
    "entry": 3,
    "size": 2
  }
] satisfies readonly AuditCut[];
complete<AuditCut, (typeof auditCut)[number]>();

const auditCutting = [
  {
    "entries": 2,
    "first": 2,
    "log": "…",
    "logs": 0
  },
  {
    "entries": 2,
    "first": 2,
    "held": "retention",
    "log": "…",
    "logs": 0
  },
  {
    "entries": 2,
    "first": 2,
    "held": "shipping",
    "log": "…",
    "logs": 0
  }
] satisfies readonly AuditCutting[];
complete<AuditCutting, (typeof auditCutting)[number]>();

const auditEntry = [
  {
    "approvers": [
      "ccccccccccccccccccccccccccccccccccccccccccA"
    ],
    "at": 1790000000000,
    "contexts": [
      "aaaaaaaaaaaaaaaaaaaaaA"
    ],
    "cut": {
      "logs": [
        {
          "device": "…",
          "log": "…",
          "root": "…",
          "size": 4
        }
      ],
      "note": "a note",
      "roots": [
        "…"
      ],
      "size": 1
    },
    "error": "ERR_POLICY",
    "factor": "…",
    "failed": 2,
    "keys": [
      {
        "key": "…"
      }
    ],
    "lost": 4,
    "more": 3,
    "moreContexts": 5,
    "operation": "encryptValue",
    "rule": "operations",
    "sequence": 5
  },
  {
    "at": 1790000000000,
    "keys": [
      {
        "key": "…"
      }
    ],
    "operation": "setPolicy",
    "sequence": 4
  },
  {
    "at": 1790000000000,
    "keys": [
      {
        "key": "…",
        "uses": 1,
        "version": "…"
      }
    ],
    "object": "…",
    "operation": "decrypt",
    "sequence": 3
  },
  {
    "at": 1790000000000,
    "keys": [
      {
        "key": "…",
        "uses": 1,
        "version": "…"
      }
    ],
    "object": "…",
    "operation": "encrypt",
    "reason": "ticket 7",
    "sequence": 2
  },
  {
    "at": 1790000000000,
    "factor": "…",
    "keys": [],
    "operation": "unlock",
    "sequence": 1
  },
  {
    "at": 1790000000000,
    "begins": {
      "after": {
        "cut": {
          "at": 1790000000000,
          "entry": 2,
          "roots": [
            "…"
          ],
          "size": 1
        },
        "device": "…",
        "log": "…",
        "root": "…",
        "size": 4
      },
      "device": "…",
      "log": "…"
    },
    "keys": [],
    "operation": "beginAudit",
    "sequence": 0
  }
] satisfies readonly AuditEntry[];
complete<AuditEntry, (typeof auditEntry)[number]>();

const auditEntryCut = [
  {
    "logs": [
      {
        "device": "…",
        "log": "…",
        "root": "…",
        "size": 4
      }
    ],
    "note": "a note",
    "roots": [
      "…"
    ],
    "size": 1
  }
] satisfies readonly AuditEntryCut[];
complete<AuditEntryCut, (typeof auditEntryCut)[number]>();

const auditLogBeginning = [
  {
    "after": {
      "cut": {
        "at": 1790000000000,
        "entry": 2,
        "roots": [
          "…"
        ],
        "size": 1
      },
      "device": "…",
      "log": "…",
      "root": "…",
      "size": 4
    },
    "device": "…",
    "log": "…"
  }
] satisfies readonly AuditLogBeginning[];
complete<AuditLogBeginning, (typeof auditLogBeginning)[number]>();

const auditLogState = [
  {},
  {
    "state": {
      "device": "…",
      "failClosed": false,
      "log": "…",
      "size": 5,
      "stopped": false,
      "waiting": 1
    }
  },
  {
    "state": {
      "cut": {
        "at": 1790000000000,
        "entry": 3,
        "size": 2
      },
      "device": "…",
      "failClosed": false,
      "log": "…",
      "retain": 1000,
      "size": 5,
      "stopped": false,
      "waiting": 1
    }
  }
] satisfies readonly AuditLogState[];
complete<AuditLogState, (typeof auditLogState)[number]>();

const auditPage = [
  {
    "entries": [
      {
        "approvers": [
          "ccccccccccccccccccccccccccccccccccccccccccA"
        ],
        "at": 1790000000000,
        "contexts": [
          "aaaaaaaaaaaaaaaaaaaaaA"
        ],
        "cut": {
          "note": "a note",
          "roots": [
            "…"
          ],
          "size": 1
        },
        "error": "ERR_POLICY",
        "factor": "…",
        "failed": 2,
        "keys": [
          {
            "key": "…"
          }
        ],
        "lost": 4,
        "more": 3,
        "moreContexts": 5,
        "operation": "encryptValue",
        "rule": "operations",
        "sequence": 5
      }
    ],
    "first": 0,
    "next": 5
  },
  {
    "entries": [
      {
        "approvers": [
          "ccccccccccccccccccccccccccccccccccccccccccA"
        ],
        "at": 1790000000000,
        "contexts": [
          "aaaaaaaaaaaaaaaaaaaaaA"
        ],
        "cut": {
          "logs": [
            {
              "device": "…",
              "log": "…",
              "root": "…",
              "size": 4
            }
          ],
          "note": "a note",
          "roots": [
            "…"
          ],
          "size": 1
        },
        "error": "ERR_POLICY",
        "factor": "…",
        "failed": 2,
        "keys": [
          {
            "key": "…"
          }
        ],
        "lost": 4,
        "more": 3,
        "moreContexts": 5,
        "operation": "encryptValue",
        "rule": "operations",
        "sequence": 5
      },
      {
        "at": 1790000000000,
        "keys": [
          {
            "key": "…"
          }
        ],
        "operation": "setPolicy",
        "sequence": 4
      },
      {
        "at": 1790000000000,
        "keys": [
          {
            "key": "…",
            "uses": 1,
            "version": "…"
          }
        ],
        "object": "…",
        "operation": "decrypt",
        "sequence": 3
      },
      {
        "at": 1790000000000,
        "keys": [
          {
            "key": "…",
            "uses": 1,
            "version": "…"
          }
        ],
        "object": "…",
        "operation": "encrypt",
        "reason": "ticket 7",
        "sequence": 2
      },
      {
        "at": 1790000000000,
        "factor": "…",
        "keys": [],
        "operation": "unlock",
        "sequence": 1
      },
      {
        "at": 1790000000000,
        "begins": {
          "after": {
            "cut": {
              "at": 1790000000000,
              "entry": 2,
              "roots": [
                "…"
              ],
              "size": 1
            },
            "device": "…",
            "log": "…",
            "root": "…",
            "size": 4
          },
          "device": "…",
          "log": "…"
        },
        "keys": [],
        "operation": "beginAudit",
        "sequence": 0
      }
    ],
    "first": 0
  }
] satisfies readonly AuditPage[];
complete<AuditPage, (typeof auditPage)[number]>();

const auditProof = [
  {
    "certificate": "…",
    "entry": "…",
    "proof": "…",
    "verifier": "…"
  }
] satisfies readonly AuditProof[];
complete<AuditProof, (typeof auditProof)[number]>();

const auditRequest = [
  {
    "before": 3,
    "context": "{}",
    "done": false,
    "error": "ERR_POLICY",
    "from": 1,
    "key": "aaaaaaaaaaaaaaaaaaaaaA",
    "limit": 100,
    "log": "aaaaaaaaaaaaaaaaaaaaaA",
    "operation": "decrypt",
    "to": 2
  }
] satisfies readonly AuditRequest[];
complete<AuditRequest, (typeof auditRequest)[number]>();

const auditSlice = [
  {
    "device": "…",
    "entries": [
      {
        "at": 1790000000000,
        "begins": {
          "after": {
            "device": "…",
            "log": "…",
            "root": "…",
            "size": 4
          },
          "device": "…",
          "log": "…"
        },
        "keys": [],
        "operation": "beginAudit",
        "sequence": 0
      }
    ],
    "first": 0,
    "log": "…",
    "size": 6
  },
  {
    "device": "…",
    "entries": [
      {
        "at": 1790000000000,
        "begins": {
          "after": {
            "device": "…",
            "log": "…",
            "root": "…",
            "size": 4
          },
          "device": "…",
          "log": "…"
        },
        "keys": [],
        "operation": "beginAudit",
        "sequence": 0
      }
    ],
    "first": 0,
    "log": "…",
    "next": 5,
    "size": 6
  }
] satisfies readonly AuditSlice[];
complete<AuditSlice, (typeof auditSlice)[number]>();

const auditState = [
  {
    "cut": {
      "at": 1790000000000,
      "entry": 3,
      "size": 2
    },
    "device": "…",
    "failClosed": false,
    "log": "…",
    "retain": 1000,
    "size": 5,
    "stopped": false,
    "waiting": 1
  }
] satisfies readonly AuditState[];
complete<AuditState, (typeof auditState)[number]>();

const auditTree = [
  {
    "roots": [
      "…"
    ],
    "size": 1
  }
] satisfies readonly AuditTree[];
complete<AuditTree, (typeof auditTree)[number]>();

const auditVerification = [
  {
    "intact": 6,
    "log": "…",
    "root": "…",
    "size": 6
  },
  {
    "cut": {
      "at": 1790000000000,
      "entry": 3,
      "size": 2
    },
    "fault": "rolled-back",
    "intact": 6,
    "log": "…",
    "root": "…",
    "size": 6,
    "witnessed": [
      {
        "witness": "example.com/w+00000000+AA=="
      },
      {
        "at": 1790000000000,
        "cut": true,
        "fault": "forked",
        "root": "…",
        "size": 6,
        "witness": "example.com/w+00000000+AA=="
      }
    ]
  }
] satisfies readonly AuditVerification[];
complete<AuditVerification, (typeof auditVerification)[number]>();

const auditWitnessRequest = [
  {
    "note": "…",
    "request": "…",
    "root": "…",
    "size": 6,
    "verifier": "…"
  }
] satisfies readonly AuditWitnessRequest[];
complete<AuditWitnessRequest, (typeof auditWitnessRequest)[number]>();

const auditWitnessed = [
  {
    "witness": "example.com/w+00000000+AA=="
  },
  {
    "at": 1790000000000,
    "cut": true,
    "fault": "forked",
    "root": "…",
    "size": 6,
    "witness": "example.com/w+00000000+AA=="
  }
] satisfies readonly AuditWitnessed[];
complete<AuditWitnessed, (typeof auditWitnessed)[number]>();

const auditWitnessing = [
  {
    "cosignature": "a line\n",
    "origin": "…",
    "root": "…",
    "size": 6
  },
  {
    "before": 1,
    "cosignature": "a line\n",
    "origin": "…",
    "root": "…",
    "size": 6
  }
] satisfies readonly AuditWitnessing[];
complete<AuditWitnessing, (typeof auditWitnessing)[number]>();

const auditedKey = [
  {
    "key": "…"
  },
  {
    "key": "…"
  },
  {
    "key": "…",
    "uses": 1,
    "version": "…"
  },
  {
    "key": "…",
    "uses": 1,
    "version": "…"
  }
] satisfies readonly AuditedKey[];
complete<AuditedKey, (typeof auditedKey)[number]>();

const changedVersion = [
  {
    "from": "active",
    "key": "…",
    "to": "deactivated",
    "version": "…"
  }
] satisfies readonly ChangedVersion[];
complete<ChangedVersion, (typeof changedVersion)[number]>();

const cutRequest = [
  {
    "before": 1,
    "shipped": [
      {
        "log": "aaaaaaaaaaaaaaaaaaaaaA",
        "next": 2
      }
    ]
  }
] satisfies readonly CutRequest[];
complete<CutRequest, (typeof cutRequest)[number]>();

const forgeable = [
  {
    "code": "objects-unproven",
    "message": "Others can have written objects under this version: only those that the inventory has, or that you name by their id, still count as yours.",
    "params": {}
  },
  {
    "code": "values-unproven",
    "message": "Others can have written values under it, and nothing tells those from yours: they open only where that is accepted.",
    "params": {}
  }
] satisfies readonly Forgeable[];
complete<Forgeable, (typeof forgeable)[number]>();

const identifiedFactor = [
  {
    "factor": {
      "added": 1790000000000,
      "id": "…",
      "kind": "passphrase",
      "known": true,
      "name": "my laptop",
      "pinned": true,
      "rehearsedAt": 1790000000000
    },
    "generation": 1
  }
] satisfies readonly IdentifiedFactor[];
complete<IdentifiedFactor, (typeof identifiedFactor)[number]>();

const keyAction = [
  {
    "activate": false,
    "do": "rotate"
  },
  {
    "do": "activate",
    "version": "v"
  },
  {
    "do": "suspend",
    "version": "v"
  },
  {
    "do": "resume",
    "version": "v"
  },
  {
    "compromised": true,
    "do": "revoke",
    "reason": "lost",
    "version": "v"
  },
  {
    "after": "P7D",
    "do": "scheduleDestroy",
    "force": true,
    "version": "v"
  },
  {
    "do": "cancelDestroy",
    "version": "v"
  },
  {
    "do": "destroy",
    "force": true,
    "version": "v"
  },
  {
    "alias": "b",
    "do": "update",
    "labels": {
      "a": "b"
    },
    "rotateEvery": null
  },
  {
    "do": "setPolicy",
    "policy": null,
    "reason": "it was too narrow"
  },
  {
    "approvals": [
      "a.b.c"
    ],
    "do": "setPolicy",
    "policy": {
      "operations": [
        "encrypt"
      ]
    }
  }
] satisfies readonly KeyAction[];
complete<KeyAction, (typeof keyAction)[number]>();

const keyActionResult = [
  {
    "key": {
      "alias": "seal",
      "created": 1790000000000,
      "id": "…",
      "labels": {
        "team": "photos"
      },
      "lastUsed": 1790000000000,
      "primary": "…",
      "purpose": "sign",
      "rotateEvery": "P90D",
      "state": "suspended",
      "uses": 4,
      "versions": [
        {
          "actions": [
            "compromise",
            "scheduleDestroy",
            "destroy",
            "open",
            "export"
          ],
          "created": 1790000000000,
          "history": [
            {
              "at": 1790000000000,
              "by": "create",
              "state": "active"
            },
            {
              "at": 1790000000000,
              "by": "rotate",
              "state": "deactivated"
            }
          ],
          "id": "…",
          "number": 1,
          "publicJwk": {
            "alg": "ES256",
            "crv": "P-256",
            "kid": "…",
            "kty": "EC",
            "use": "sig",
            "x": "…",
            "y": "…"
          },
          "state": "deactivated",
          "uses": 4
        },
        {
          "actions": [
            "resume",
            "revoke",
            "compromise",
            "scheduleDestroy",
            "destroy"
          ],
          "created": 1790000000000,
          "history": [
            {
              "at": 1790000000000,
              "by": "rotate",
              "state": "active"
            },
            {
              "at": 1790000000000,
              "by": "suspend",
              "state": "suspended"
            }
          ],
          "id": "…",
          "number": 2,
          "publicJwk": {
            "alg": "ES256",
            "crv": "P-256",
            "kid": "…",
            "kty": "EC",
            "use": "sig",
            "x": "…",
            "y": "…"
          },
          "state": "suspended",
          "uses": 0
        }
      ]
    }
  },
  {
    "key": {
      "alias": "seal",
      "created": 1790000000000,
      "due": 1797776000000,
      "id": "…",
      "labels": {
        "team": "photos"
      },
      "lastUsed": 1790000000000,
      "primary": "…",
      "purpose": "sign",
      "rotateEvery": "P90D",
      "state": "active",
      "uses": 4,
      "versions": [
        {
          "actions": [
            "compromise",
            "scheduleDestroy",
            "destroy",
            "open",
            "export"
          ],
          "created": 1790000000000,
          "history": [
            {
              "at": 1790000000000,
              "by": "create",
              "state": "active"
            },
            {
              "at": 1790000000000,
              "by": "rotate",
              "state": "deactivated"
            }
          ],
          "id": "…",
          "number": 1,
          "publicJwk": {
            "alg": "ES256",
            "crv": "P-256",
            "kid": "…",
            "kty": "EC",
            "use": "sig",
            "x": "…",
            "y": "…"
          },
          "state": "deactivated",
          "uses": 4
        },
        {
          "actions": [
            "suspend",
            "revoke",
            "compromise",
            "scheduleDestroy",
            "destroy",
            "protect",
            "open",
            "export"
          ],
          "created": 1790000000000,
          "history": [
            {
              "at": 1790000000000,
              "by": "rotate",
              "state": "active"
            },
            {
              "at": 1790000000000,
              "by": "suspend",
              "state": "suspended"
            },
            {
              "at": 1790000000000,
              "by": "resume",
              "state": "active"
            }
          ],
          "id": "…",
          "number": 2,
          "publicJwk": {
            "alg": "ES256",
            "crv": "P-256",
            "kid": "…",
            "kty": "EC",
            "use": "sig",
            "x": "…",
            "y": "…"
          },
          "state": "active",
          "uses": 0
        }
      ]
    }
  },
  {
    "key": {
      "alias": "seal",
      "created": 1790000000000,
      "id": "…",
      "labels": {
        "team": "photos"
      },
      "lastUsed": 1790000000000,
      "primary": "…",
      "purpose": "sign",
      "rotateEvery": "P90D",
      "state": "compromised",
      "uses": 4,
      "versions": [
        {
          "actions": [
            "compromise",
            "scheduleDestroy",
            "destroy",
            "open",
            "export"
          ],
          "created": 1790000000000,
          "history": [
            {
              "at": 1790000000000,
              "by": "create",
              "state": "active"
            },
            {
              "at": 1790000000000,
              "by": "rotate",
              "state": "deactivated"
            }
          ],
          "id": "…",
          "number": 1,
          "publicJwk": {
            "alg": "ES256",
            "crv": "P-256",
            "kid": "…",
            "kty": "EC",
            "use": "sig",
            "x": "…",
            "y": "…"
          },
          "state": "deactivated",
          "uses": 4
        },
        {
          "actions": [
            "scheduleDestroy",
            "destroy",
            "open",
            "export"
          ],
          "compromised": true,
          "compromisedAt": 1790000000000,
          "created": 1790000000000,
          "history": [
            {
              "at": 1790000000000,
              "by": "rotate",
              "state": "active"
            },
            {
              "at": 1790000000000,
              "by": "suspend",
              "state": "suspended"
            },
            {
              "at": 1790000000000,
              "by": "resume",
              "state": "active"
            },
            {
              "at": 1790000000000,
              "by": "revoke",
              "reason": "a stolen device",
              "state": "compromised"
            }
          ],
          "id": "…",
          "number": 2,
          "publicJwk": {
            "alg": "ES256",
            "crv": "P-256",
            "kid": "…",
            "kty": "EC",
            "use": "sig",
            "x": "…",
            "y": "…"
          },
          "state": "compromised",
          "uses": 0
        }
      ]
    },
    "report": {
      "forgeable": [
        {
          "code": "objects-unproven",
          "message": "Others can have written objects under this version: only those that the inventory has, or that you name by their id, still count as yours.",
          "params": {}
        },
        {
          "code": "values-unproven",
          "message": "Others can have written values under it, and nothing tells those from yours: they open only where that is accepted.",
          "params": {}
        }
      ],
      "objects": 0,
      "objectsPage": [],
      "readable": [
        {
          "code": "version-opens-headers",
          "message": "Anyone who has this version's key opens every header under it that was copied, and the objects with it.",
          "params": {
            "objects": 0
          }
        },
        {
          "code": "object-keys-were-kept",
          "message": "Anyone who opened such a header before, and kept the object's own key, reads that object's body as it is stored.",
          "params": {
            "objects": 0
          }
        }
      ],
      "remedies": []
    }
  },
  {
    "key": {
      "alias": "seal",
      "created": 1790000000000,
      "id": "…",
      "labels": {
        "team": "photos"
      },
      "lastUsed": 1790000000000,
      "primary": "…",
      "purpose": "sign",
      "rotateEvery": "P90D",
      "state": "destroy-scheduled",
      "uses": 4,
      "versions": [
        {
          "actions": [
            "compromise",
            "cancelDestroy",
            "destroy"
          ],
          "created": 1790000000000,
          "destroyAt": 1792592000000,
          "forced": true,
          "history": [
            {
              "at": 1790000000000,
              "by": "create",
              "state": "active"
            },
            {
              "at": 1790000000000,
              "by": "rotate",
              "state": "deactivated"
            },
            {
              "at": 1790000000000,
              "by": "scheduleDestroy",
              "state": "destroy-scheduled"
            }
          ],
          "id": "…",
          "number": 1,
          "publicJwk": {
            "alg": "ES256",
            "crv": "P-256",
            "kid": "…",
            "kty": "EC",
            "use": "sig",
            "x": "…",
            "y": "…"
          },
          "state": "destroy-scheduled",
          "uses": 4
        },
        {
          "actions": [
            "cancelDestroy",
            "destroy"
          ],
          "compromised": true,
          "compromisedAt": 1790000000000,
          "created": 1790000000000,
          "destroyAt": 1792592000000,
          "forced": true,
          "history": [
            {
              "at": 1790000000000,
              "by": "rotate",
              "state": "active"
            },
            {
              "at": 1790000000000,
              "by": "suspend",
              "state": "suspended"
            },
            {
              "at": 1790000000000,
              "by": "resume",
              "state": "active"
            },
            {
              "at": 1790000000000,
              "by": "revoke",
              "reason": "a stolen device",
              "state": "compromised"
            },
            {
              "at": 1790000000000,
              "by": "scheduleDestroy",
              "state": "destroy-scheduled"
            }
          ],
          "id": "…",
          "number": 2,
          "publicJwk": {
            "alg": "ES256",
            "crv": "P-256",
            "kid": "…",
            "kty": "EC",
            "use": "sig",
            "x": "…",
            "y": "…"
          },
          "state": "destroy-scheduled",
          "uses": 0
        }
      ]
    },
    "report": {
      "backups": [],
      "objects": 0,
      "remains": [
        {
          "code": "in-exports",
          "message": "Versions that were exported are out of the vault's reach.",
          "params": {}
        },
        {
          "code": "on-disk",
          "message": "Deleted database pages may survive on this device's disk until the browser reuses them: readable by anyone who has the disk and a factor of the vault.",
          "params": {}
        }
      ]
    }
  },
  {
    "key": {
      "alias": "inbox",
      "created": 1790000000000,
      "destroyed": true,
      "id": "…",
      "labels": {
        "team": "photos"
      },
      "primary": "…",
      "purpose": "share",
      "state": "destroyed",
      "uses": 0,
      "versions": [
        {
          "actions": [],
          "created": 1790000000000,
          "history": [
            {
              "at": 1790000000000,
              "by": "create",
              "state": "active"
            },
            {
              "at": 1790000000000,
              "by": "destroy",
              "state": "deactivated"
            },
            {
              "at": 1790000000000,
              "by": "destroy",
              "state": "destroyed"
            }
          ],
          "id": "…",
          "number": 1,
          "publicJwk": {
            "alg": "ECDH-ES+A256KW",
            "crv": "P-256",
            "kid": "…",
            "kty": "EC",
            "use": "enc",
            "x": "…",
            "y": "…"
          },
          "state": "destroyed",
          "uses": 0
        }
      ]
    },
    "report": {
      "backups": [],
      "objects": 0,
      "remains": [
        {
          "code": "in-exports",
          "message": "Versions that were exported are out of the vault's reach.",
          "params": {}
        },
        {
          "code": "on-disk",
          "message": "Deleted database pages may survive on this device's disk until the browser reuses them: readable by anyone who has the disk and a factor of the vault.",
          "params": {}
        }
      ]
    }
  },
  {
    "key": {
      "alias": "album",
      "created": 1790000100000,
      "id": "…",
      "labels": {
        "team": "photos"
      },
      "lastUsed": 1790000100000,
      "primary": "…",
      "purpose": "encrypt",
      "state": "deactivated",
      "uses": 1,
      "versions": [
        {
          "actions": [
            "compromise",
            "scheduleDestroy",
            "destroy",
            "open",
            "export"
          ],
          "created": 1790000100000,
          "history": [
            {
              "at": 1790000100000,
              "by": "create",
              "state": "active"
            },
            {
              "at": 1790000100000,
              "by": "revoke",
              "state": "deactivated"
            }
          ],
          "id": "…",
          "number": 1,
          "state": "deactivated",
          "uses": 1
        }
      ]
    },
    "report": {
      "forgeable": [],
      "objects": 1,
      "objectsPage": [
        {
          "header": "vault",
          "id": "…",
          "key": "…",
          "tracked": 1790000100000,
          "version": "…"
        }
      ],
      "readable": [
        {
          "code": "version-opens-headers",
          "message": "Anyone who has this version's key opens every header under it that was copied, and the objects with it.",
          "params": {
            "objects": 1
          }
        },
        {
          "code": "object-keys-were-kept",
          "message": "Anyone who opened such a header before, and kept the object's own key, reads that object's body as it is stored.",
          "params": {
            "objects": 1
          }
        }
      ],
      "remedies": [
        {
          "code": "rewrap",
          "message": "Puts the headers under the primary version: ends reading for anyone who has the key but no copy of an old header.",
          "params": {
            "objects": 1
          }
        },
        {
          "code": "reencrypt",
          "message": "Makes a new key and a new body for each object: ends reading for everybody once the old bodies are deleted.",
          "params": {
            "objects": 1
          }
        }
      ]
    }
  },
  {
    "key": {
      "alias": "album",
      "created": 1790000100000,
      "destroyed": true,
      "id": "…",
      "labels": {
        "team": "photos"
      },
      "lastUsed": 1790000100000,
      "primary": "…",
      "purpose": "encrypt",
      "state": "destroyed",
      "uses": 1,
      "versions": [
        {
          "actions": [],
          "created": 1790000100000,
          "history": [
            {
              "at": 1790000100000,
              "by": "create",
              "state": "active"
            },
            {
              "at": 1790000100000,
              "by": "revoke",
              "state": "deactivated"
            },
            {
              "at": 1790000100000,
              "by": "destroy",
              "state": "destroyed"
            }
          ],
          "id": "…",
          "number": 1,
          "state": "destroyed",
          "uses": 1
        }
      ]
    },
    "report": {
      "backups": [
        {
          "at": 1790000100000,
          "id": "…"
        }
      ],
      "objects": 1,
      "remains": [
        {
          "code": "in-backups",
          "message": "The backups listed hold the key's material: destroy them, or it can be restored.",
          "params": {
            "backups": 1
          }
        },
        {
          "code": "in-exports",
          "message": "Versions that were exported are out of the vault's reach.",
          "params": {}
        },
        {
          "code": "on-disk",
          "message": "Deleted database pages may survive on this device's disk until the browser reuses them: readable by anyone who has the disk and a factor of the vault.",
          "params": {}
        }
      ]
    }
  }
] satisfies readonly KeyActionResult[];
complete<KeyActionResult, (typeof keyActionResult)[number]>();

const keyInfo = [
  {
    "alias": "photos",
    "created": 1790000000000,
    "id": "…",
    "labels": {
      "team": "photos"
    },
    "primary": "…",
    "purpose": "encrypt",
    "state": "active",
    "uses": 0,
    "versions": [
      {
        "actions": [
          "suspend",
          "revoke",
          "compromise",
          "scheduleDestroy",
          "destroy",
          "protect",
          "open",
          "export"
        ],
        "created": 1790000000000,
        "history": [
          {
            "at": 1790000000000,
            "by": "create",
            "state": "active"
          }
        ],
        "id": "…",
        "number": 1,
        "state": "active",
        "uses": 0
      }
    ]
  },
  {
    "alias": "inbox",
    "created": 1790000000000,
    "id": "…",
    "labels": {
      "team": "photos"
    },
    "primary": "…",
    "purpose": "share",
    "state": "active",
    "uses": 0,
    "versions": [
      {
        "actions": [
          "suspend",
          "revoke",
          "compromise",
          "scheduleDestroy",
          "destroy",
          "protect",
          "open",
          "export"
        ],
        "created": 1790000000000,
        "history": [
          {
            "at": 1790000000000,
            "by": "create",
            "state": "active"
          }
        ],
        "id": "…",
        "number": 1,
        "publicJwk": {
          "alg": "ECDH-ES+A256KW",
          "crv": "P-256",
          "kid": "…",
          "kty": "EC",
          "use": "enc",
          "x": "…",
          "y": "…"
        },
        "state": "active",
        "uses": 0
      }
    ]
  },
  {
    "alias": "seal",
    "created": 1790000000000,
    "due": 1797776000000,
    "id": "…",
    "labels": {
      "team": "photos"
    },
    "primary": "…",
    "purpose": "sign",
    "rotateEvery": "P90D",
    "state": "active",
    "uses": 0,
    "versions": [
      {
        "actions": [
          "suspend",
          "revoke",
          "compromise",
          "scheduleDestroy",
          "destroy",
          "protect",
          "open",
          "export"
        ],
        "created": 1790000000000,
        "history": [
          {
            "at": 1790000000000,
            "by": "create",
            "state": "active"
          }
        ],
        "id": "…",
        "number": 1,
        "publicJwk": {
          "alg": "ES256",
          "crv": "P-256",
          "kid": "…",
          "kty": "EC",
          "use": "sig",
          "x": "…",
          "y": "…"
        },
        "state": "active",
        "uses": 0
      }
    ]
  },
  {
    "alias": "tab",
    "created": 1790000000000,
    "expires": 1790000060000,
    "id": "…",
    "labels": {},
    "primary": "…",
    "purpose": "encrypt",
    "session": true,
    "state": "active",
    "uses": 0,
    "versions": [
      {
        "actions": [
          "protect",
          "open",
          "export"
        ],
        "created": 1790000000000,
        "history": [
          {
            "at": 1790000000000,
            "by": "createSession",
            "state": "active"
          }
        ],
        "id": "…",
        "number": 1,
        "state": "active",
        "uses": 0
      }
    ]
  },
  {
    "alias": "photos",
    "conflictingPolicies": [
      {
        "operations": [
          "encrypt",
          "setPolicy"
        ],
        "reviewEvery": "P1Y"
      }
    ],
    "created": 1790000000000,
    "id": "…",
    "labels": {
      "team": "photos"
    },
    "policy": {
      "operations": [
        "encrypt",
        "setPolicy"
      ],
      "reviewEvery": "P1Y"
    },
    "policyChanged": 1790000000000,
    "policyVersion": 1,
    "primary": "…",
    "purpose": "encrypt",
    "reviewDue": 1821536000000,
    "state": "active",
    "uses": 0,
    "versions": [
      {
        "actions": [
          "suspend",
          "revoke",
          "compromise",
          "scheduleDestroy",
          "destroy",
          "protect",
          "open",
          "export"
        ],
        "created": 1790000000000,
        "history": [
          {
            "at": 1790000000000,
            "by": "create",
            "state": "active"
          }
        ],
        "id": "…",
        "number": 1,
        "state": "active",
        "uses": 0
      }
    ]
  },
  {
    "alias": "inbox",
    "created": 1790000000000,
    "destroyed": true,
    "id": "…",
    "labels": {
      "team": "photos"
    },
    "primary": "…",
    "purpose": "share",
    "state": "destroyed",
    "uses": 0,
    "versions": [
      {
        "actions": [],
        "created": 1790000000000,
        "history": [
          {
            "at": 1790000000000,
            "by": "create",
            "state": "active"
          },
          {
            "at": 1790000000000,
            "by": "destroy",
            "state": "deactivated"
          },
          {
            "at": 1790000000000,
            "by": "destroy",
            "state": "destroyed"
          }
        ],
        "id": "…",
        "number": 1,
        "publicJwk": {
          "alg": "ECDH-ES+A256KW",
          "crv": "P-256",
          "kid": "…",
          "kty": "EC",
          "use": "enc",
          "x": "…",
          "y": "…"
        },
        "state": "destroyed",
        "uses": 0
      }
    ]
  },
  {
    "alias": "photos",
    "created": 1790000000000,
    "id": "…",
    "labels": {
      "team": "photos"
    },
    "lastUsed": 1790000000000,
    "policyChanged": 1790000000000,
    "policyVersion": 2,
    "primary": "…",
    "purpose": "encrypt",
    "state": "active",
    "uses": 2,
    "versions": [
      {
        "actions": [
          "suspend",
          "revoke",
          "compromise",
          "scheduleDestroy",
          "destroy",
          "protect",
          "open",
          "export"
        ],
        "created": 1790000000000,
        "history": [
          {
            "at": 1790000000000,
            "by": "create",
            "state": "active"
          }
        ],
        "id": "…",
        "number": 1,
        "state": "active",
        "uses": 2
      }
    ]
  },
  {
    "alias": "seal",
    "created": 1790000000000,
    "id": "…",
    "labels": {
      "team": "photos"
    },
    "lastUsed": 1790000000000,
    "primary": "…",
    "purpose": "sign",
    "rotateEvery": "P90D",
    "state": "destroy-scheduled",
    "uses": 4,
    "versions": [
      {
        "actions": [
          "compromise",
          "cancelDestroy",
          "destroy"
        ],
        "created": 1790000000000,
        "destroyAt": 1792592000000,
        "forced": true,
        "history": [
          {
            "at": 1790000000000,
            "by": "create",
            "state": "active"
          },
          {
            "at": 1790000000000,
            "by": "rotate",
            "state": "deactivated"
          },
          {
            "at": 1790000000000,
            "by": "scheduleDestroy",
            "state": "destroy-scheduled"
          }
        ],
        "id": "…",
        "number": 1,
        "publicJwk": {
          "alg": "ES256",
          "crv": "P-256",
          "kid": "…",
          "kty": "EC",
          "use": "sig",
          "x": "…",
          "y": "…"
        },
        "state": "destroy-scheduled",
        "uses": 4
      },
      {
        "actions": [
          "cancelDestroy",
          "destroy"
        ],
        "compromised": true,
        "compromisedAt": 1790000000000,
        "created": 1790000000000,
        "destroyAt": 1792592000000,
        "forced": true,
        "history": [
          {
            "at": 1790000000000,
            "by": "rotate",
            "state": "active"
          },
          {
            "at": 1790000000000,
            "by": "suspend",
            "state": "suspended"
          },
          {
            "at": 1790000000000,
            "by": "resume",
            "state": "active"
          },
          {
            "at": 1790000000000,
            "by": "revoke",
            "reason": "a stolen device",
            "state": "compromised"
          },
          {
            "at": 1790000000000,
            "by": "scheduleDestroy",
            "state": "destroy-scheduled"
          }
        ],
        "id": "…",
        "number": 2,
        "publicJwk": {
          "alg": "ES256",
          "crv": "P-256",
          "kid": "…",
          "kty": "EC",
          "use": "sig",
          "x": "…",
          "y": "…"
        },
        "state": "destroy-scheduled",
        "uses": 0
      }
    ]
  },
  {
    "alias": "later",
    "created": 1790000000001,
    "id": "…",
    "labels": {
      "team": "photos"
    },
    "primary": "…",
    "purpose": "encrypt",
    "state": "deactivated",
    "uses": 0,
    "versions": [
      {
        "actions": [
          "compromise",
          "scheduleDestroy",
          "destroy",
          "open",
          "export"
        ],
        "created": 1790000000001,
        "history": [
          {
            "at": 1790000000000,
            "by": "merge",
            "state": "deactivated"
          }
        ],
        "id": "…",
        "number": 1,
        "state": "deactivated",
        "unproven": true,
        "uses": 0
      }
    ]
  }
] satisfies readonly KeyInfo[];
complete<KeyInfo, (typeof keyInfo)[number]>();

const keyListing = [
  {
    "keys": [
      {
        "alias": "inbox",
        "created": 1790000000000,
        "destroyed": true,
        "id": "…",
        "labels": {
          "team": "photos"
        },
        "primary": "…",
        "purpose": "share",
        "state": "destroyed",
        "uses": 0,
        "versions": [
          {
            "actions": [],
            "created": 1790000000000,
            "history": [
              {
                "at": 1790000000000,
                "by": "create",
                "state": "active"
              },
              {
                "at": 1790000000000,
                "by": "destroy",
                "state": "deactivated"
              },
              {
                "at": 1790000000000,
                "by": "destroy",
                "state": "destroyed"
              }
            ],
            "id": "…",
            "number": 1,
            "publicJwk": {
              "alg": "ECDH-ES+A256KW",
              "crv": "P-256",
              "kid": "…",
              "kty": "EC",
              "use": "enc",
              "x": "…",
              "y": "…"
            },
            "state": "destroyed",
            "uses": 0
          }
        ]
      },
      {
        "alias": "photos",
        "created": 1790000000000,
        "id": "…",
        "labels": {
          "team": "photos"
        },
        "lastUsed": 1790000000000,
        "policyChanged": 1790000000000,
        "policyVersion": 2,
        "primary": "…",
        "purpose": "encrypt",
        "state": "active",
        "uses": 2,
        "versions": [
          {
            "actions": [
              "suspend",
              "revoke",
              "compromise",
              "scheduleDestroy",
              "destroy",
              "protect",
              "open",
              "export"
            ],
            "created": 1790000000000,
            "history": [
              {
                "at": 1790000000000,
                "by": "create",
                "state": "active"
              }
            ],
            "id": "…",
            "number": 1,
            "state": "active",
            "uses": 2
          }
        ]
      }
    ],
    "next": "…"
  }
] satisfies readonly KeyListing[];
complete<KeyListing, (typeof keyListing)[number]>();

const keyOptions = [
  {
    "alias": "photos",
    "labels": {
      "team": "photos"
    },
    "policy": {
      "operations": [
        "encrypt"
      ]
    },
    "purpose": "encrypt",
    "rotateEvery": "P90D"
  }
] satisfies readonly KeyOptions[];
complete<KeyOptions, (typeof keyOptions)[number]>();

const keyPolicy = [
  {
    "approval": {
      "approvers": [
        "ccccccccccccccccccccccccccccccccccccccccccA"
      ],
      "atLeast": 1,
      "operations": [
        "export"
      ]
    },
    "context": {
      "only": [
        "path"
      ],
      "required": {
        "tenant": "42"
      }
    },
    "freshFactor": {
      "operations": [
        "export"
      ],
      "within": "PT5M"
    },
    "maximumUses": 9,
    "minimumVersion": 1,
    "notAfter": 2,
    "notBefore": 1,
    "operations": [
      "encrypt",
      "setPolicy"
    ],
    "receivers": [
      "ccccccccccccccccccccccccccccccccccccccccccA"
    ],
    "requireReason": [
      "setPolicy"
    ],
    "reviewEvery": "P1Y",
    "secondFactor": {
      "operations": [
        "destroy"
      ],
      "within": "PT10M"
    }
  }
] satisfies readonly KeyPolicy[];
complete<KeyPolicy, (typeof keyPolicy)[number]>();

const keyQuery = [
  {
    "after": "a",
    "destroyed": true,
    "dueBefore": 1790000000000,
    "label": [
      "team",
      "photos"
    ],
    "limit": 10,
    "prefix": "p",
    "purpose": "sign",
    "state": "active"
  }
] satisfies readonly KeyQuery[];
complete<KeyQuery, (typeof keyQuery)[number]>();

const keyVersion = [
  {
    "actions": [],
    "created": 1790000000000,
    "history": [
      {
        "at": 1790000000000,
        "by": "create",
        "state": "active"
      },
      {
        "at": 1790000000000,
        "by": "destroy",
        "state": "deactivated"
      },
      {
        "at": 1790000000000,
        "by": "destroy",
        "state": "destroyed"
      }
    ],
    "id": "…",
    "number": 1,
    "publicJwk": {
      "alg": "ECDH-ES+A256KW",
      "crv": "P-256",
      "kid": "…",
      "kty": "EC",
      "use": "enc",
      "x": "…",
      "y": "…"
    },
    "state": "destroyed",
    "uses": 0
  },
  {
    "actions": [
      "suspend",
      "revoke",
      "compromise",
      "scheduleDestroy",
      "destroy",
      "protect",
      "open",
      "export"
    ],
    "created": 1790000000000,
    "history": [
      {
        "at": 1790000000000,
        "by": "create",
        "state": "active"
      }
    ],
    "id": "…",
    "number": 1,
    "state": "active",
    "uses": 2
  },
  {
    "actions": [
      "compromise",
      "cancelDestroy",
      "destroy"
    ],
    "created": 1790000000000,
    "destroyAt": 1792592000000,
    "forced": true,
    "history": [
      {
        "at": 1790000000000,
        "by": "create",
        "state": "active"
      },
      {
        "at": 1790000000000,
        "by": "rotate",
        "state": "deactivated"
      },
      {
        "at": 1790000000000,
        "by": "scheduleDestroy",
        "state": "destroy-scheduled"
      }
    ],
    "id": "…",
    "number": 1,
    "publicJwk": {
      "alg": "ES256",
      "crv": "P-256",
      "kid": "…",
      "kty": "EC",
      "use": "sig",
      "x": "…",
      "y": "…"
    },
    "state": "destroy-scheduled",
    "uses": 4
  },
  {
    "actions": [
      "cancelDestroy",
      "destroy"
    ],
    "compromised": true,
    "compromisedAt": 1790000000000,
    "created": 1790000000000,
    "destroyAt": 1792592000000,
    "forced": true,
    "history": [
      {
        "at": 1790000000000,
        "by": "rotate",
        "state": "active"
      },
      {
        "at": 1790000000000,
        "by": "suspend",
        "state": "suspended"
      },
      {
        "at": 1790000000000,
        "by": "resume",
        "state": "active"
      },
      {
        "at": 1790000000000,
        "by": "revoke",
        "reason": "a stolen device",
        "state": "compromised"
      },
      {
        "at": 1790000000000,
        "by": "scheduleDestroy",
        "state": "destroy-scheduled"
      }
    ],
    "id": "…",
    "number": 2,
    "publicJwk": {
      "alg": "ES256",
      "crv": "P-256",
      "kid": "…",
      "kty": "EC",
      "use": "sig",
      "x": "…",
      "y": "…"
    },
    "state": "destroy-scheduled",
    "uses": 0
  },
  {
    "actions": [
      "compromise",
      "scheduleDestroy",
      "destroy",
      "open",
      "export"
    ],
    "created": 1790000000001,
    "history": [
      {
        "at": 1790000000000,
        "by": "merge",
        "state": "deactivated"
      }
    ],
    "id": "…",
    "number": 1,
    "state": "deactivated",
    "unproven": true,
    "uses": 0
  }
] satisfies readonly KeyVersion[];
complete<KeyVersion, (typeof keyVersion)[number]>();

const maintained = [
  {
    "destroyed": [],
    "ended": [
      "…"
    ],
    "next": 1792592000000,
    "rotated": []
  }
] satisfies readonly Maintained[];
complete<Maintained, (typeof maintained)[number]>();

const mergeReport = [
  {
    "changed": [
      {
        "from": "active",
        "key": "…",
        "to": "deactivated",
        "version": "…"
      }
    ],
    "generation": 1,
    "keys": [
      "…"
    ],
    "objects": 0,
    "organisation": false,
    "policy": false,
    "proven": true,
    "removed": 0,
    "renamed": [
      {
        "from": "letters",
        "key": "…",
        "to": "…"
      }
    ],
    "skipped": [],
    "tombstones": 0,
    "versions": [
      {
        "key": "…",
        "state": "active",
        "version": "…"
      },
      {
        "key": "…",
        "state": "active",
        "version": "…"
      }
    ]
  },
  {
    "changed": [],
    "generation": 1,
    "keys": [
      "…"
    ],
    "objects": 0,
    "organisation": false,
    "policy": false,
    "proven": false,
    "removed": 0,
    "renamed": [],
    "skipped": [
      {
        "id": "…",
        "reason": "unproven",
        "record": "object"
      }
    ],
    "tombstones": 0,
    "versions": [
      {
        "key": "…",
        "state": "deactivated",
        "version": "…"
      }
    ]
  }
] satisfies readonly MergeReport[];
complete<MergeReport, (typeof mergeReport)[number]>();

const mergedVersion = [
  {
    "key": "…",
    "state": "active",
    "version": "…"
  },
  {
    "key": "…",
    "state": "active",
    "version": "…"
  },
  {
    "key": "…",
    "state": "deactivated",
    "version": "…"
  }
] satisfies readonly MergedVersion[];
complete<MergedVersion, (typeof mergedVersion)[number]>();

const objectPage = [
  {
    "next": "…",
    "objects": [
      {
        "header": "vault",
        "id": "…",
        "key": "…",
        "tracked": 1790000000000,
        "version": "…"
      }
    ],
    "total": 2
  },
  {
    "objects": [
      {
        "header": "vault",
        "id": "…",
        "key": "…",
        "tracked": 1790000000000,
        "version": "…"
      },
      {
        "header": "elsewhere",
        "id": "…",
        "key": "…",
        "location": "https://example.com/a",
        "sidecar": {
          "name": "thumbnail",
          "parent": "…"
        },
        "size": 9,
        "tracked": 1790000000000,
        "version": "…"
      }
    ],
    "total": 2
  },
  {
    "objects": [
      {
        "header": "elsewhere",
        "id": "…",
        "key": "…",
        "recipients": [
          "…"
        ],
        "tracked": 1790000000000,
        "version": "…"
      }
    ],
    "total": 3
  }
] satisfies readonly ObjectPage[];
complete<ObjectPage, (typeof objectPage)[number]>();

const objectQuery = [
  {
    "after": "o",
    "key": "k",
    "limit": 10,
    "parent": "o",
    "recipient": "ccccccccccccccccccccccccccccccccccccccccccA",
    "version": "v"
  }
] satisfies readonly ObjectQuery[];
complete<ObjectQuery, (typeof objectQuery)[number]>();

const organisationChange = [
  {
    "changed": true,
    "organisation": {
      "notAfter": 1900000000000,
      "organisation": "…",
      "sequence": 7,
      "set": 1790000000000,
      "signer": "…",
      "supported": true
    }
  },
  {
    "changed": true,
    "organisation": {
      "collector": "https://collector.example/audit",
      "escrow": {
        "crv": "P-256",
        "kty": "EC",
        "x": "…",
        "y": "…"
      },
      "maximumCryptoperiod": "P1Y",
      "minimumArgon2": {
        "memory": 65536,
        "passes": 4
      },
      "missingEscrow": true,
      "missingFactors": [
        "passkey"
      ],
      "name": "Acme",
      "notAfter": 1900000000000,
      "organisation": "…",
      "requiredFactors": [
        "passphrase",
        "passkey"
      ],
      "rules": {
        "reviewEvery": "P1Y"
      },
      "sequence": 7,
      "set": 1790000000000,
      "signer": "…",
      "supported": true,
      "weakPassphrases": [
        "…",
        "…"
      ]
    }
  }
] satisfies readonly OrganisationChange[];
complete<OrganisationChange, (typeof organisationChange)[number]>();

const organisationInfo = [
  {
    "notAfter": 1900000000000,
    "organisation": "…",
    "sequence": 7,
    "set": 1790000000000,
    "signer": "…",
    "supported": true
  },
  {
    "collector": "https://collector.example/audit",
    "escrow": {
      "crv": "P-256",
      "kty": "EC",
      "x": "…",
      "y": "…"
    },
    "maximumCryptoperiod": "P1Y",
    "minimumArgon2": {
      "memory": 65536,
      "passes": 4
    },
    "missingEscrow": true,
    "missingFactors": [
      "passkey"
    ],
    "name": "Acme",
    "notAfter": 1900000000000,
    "organisation": "…",
    "requiredFactors": [
      "passphrase",
      "passkey"
    ],
    "rules": {
      "reviewEvery": "P1Y"
    },
    "sequence": 7,
    "set": 1790000000000,
    "signer": "…",
    "supported": true,
    "weakPassphrases": [
      "…",
      "…"
    ]
  }
] satisfies readonly OrganisationInfo[];
complete<OrganisationInfo, (typeof organisationInfo)[number]>();

const pendingUpload = [
  {
    "location": "https://example.com/film",
    "name": "film.webm",
    "size": 0,
    "started": 1790000000000,
    "token": "…"
  }
] satisfies readonly PendingUpload[];
complete<PendingUpload, (typeof pendingUpload)[number]>();

const policyDecision = [
  {
    "allowed": true
  },
  {
    "allowed": false,
    "policy": "key",
    "rule": "operations"
  }
] satisfies readonly PolicyDecision[];
complete<PolicyDecision, (typeof policyDecision)[number]>();

const policyTrial = [
  {
    "entries": 1,
    "from": 0,
    "log": "…",
    "refused": [
      {
        "count": 1,
        "entries": [
          {
            "at": 1790000000000,
            "operation": "setPolicy",
            "sequence": 6
          }
        ],
        "rule": "operations"
      }
    ],
    "undecided": 0
  }
] satisfies readonly PolicyTrial[];
complete<PolicyTrial, (typeof policyTrial)[number]>();

const precedingLog = [
  {
    "cut": {
      "at": 1790000000000,
      "entry": 2,
      "roots": [
        "…"
      ],
      "size": 1
    },
    "device": "…",
    "log": "…",
    "root": "…",
    "size": 4
  }
] satisfies readonly PrecedingLog[];
complete<PrecedingLog, (typeof precedingLog)[number]>();

const provenSlice = [
  {
    "after": {
      "log": "…",
      "root": "…",
      "size": 4
    },
    "checkpoint": {
      "certificate": "…",
      "note": "…",
      "root": "…",
      "size": 6,
      "verifier": "…"
    },
    "device": "…",
    "entries": [
      {
        "at": 1790000000000,
        "begins": {
          "after": {
            "device": "…",
            "log": "…",
            "root": "…",
            "size": 4
          },
          "device": "…",
          "log": "…"
        },
        "keys": [],
        "operation": "beginAudit",
        "sequence": 0
      }
    ],
    "first": 0,
    "leaves": [
      "…",
      "…",
      "…",
      "…",
      "…",
      "…"
    ],
    "log": "…",
    "proof": []
  },
  {
    "after": {
      "log": "…",
      "root": "…",
      "size": 4
    },
    "checkpoint": {
      "certificate": "…",
      "note": "…",
      "root": "…",
      "size": 6,
      "verifier": "…"
    },
    "cut": {
      "roots": [
        "…"
      ],
      "size": 1
    },
    "device": "…",
    "entries": [
      {
        "at": 1790000000000,
        "begins": {
          "after": {
            "device": "…",
            "log": "…",
            "root": "…",
            "size": 4
          },
          "device": "…",
          "log": "…"
        },
        "keys": [],
        "operation": "beginAudit",
        "sequence": 0
      }
    ],
    "first": 0,
    "leaves": [
      "…",
      "…",
      "…",
      "…",
      "…",
      "…"
    ],
    "log": "…",
    "next": 5,
    "proof": [
      "…"
    ]
  }
] satisfies readonly ProvenSlice[];
complete<ProvenSlice, (typeof provenSlice)[number]>();

const remaining = [
  {
    "code": "header",
    "message": "The header, or a sidecar's, is kept outside the vault: delete it there, or destroy the key version.",
    "params": {}
  },
  {
    "code": "backup",
    "message": "A backup that was made since holds the header, or a sidecar's.",
    "params": {
      "at": 1790000000000,
      "id": "…"
    }
  }
] satisfies readonly Remaining[];
complete<Remaining, (typeof remaining)[number]>();

const remains = [
  {
    "code": "in-exports",
    "message": "Versions that were exported are out of the vault's reach.",
    "params": {}
  },
  {
    "code": "on-disk",
    "message": "Deleted database pages may survive on this device's disk until the browser reuses them: readable by anyone who has the disk and a factor of the vault.",
    "params": {}
  },
  {
    "code": "in-exports",
    "message": "Versions that were exported are out of the vault's reach.",
    "params": {}
  },
  {
    "code": "on-disk",
    "message": "Deleted database pages may survive on this device's disk until the browser reuses them: readable by anyone who has the disk and a factor of the vault.",
    "params": {}
  },
  {
    "code": "in-backups",
    "message": "The backups listed hold the key's material: destroy them, or it can be restored.",
    "params": {
      "backups": 1
    }
  },
  {
    "code": "in-exports",
    "message": "Versions that were exported are out of the vault's reach.",
    "params": {}
  },
  {
    "code": "on-disk",
    "message": "Deleted database pages may survive on this device's disk until the browser reuses them: readable by anyone who has the disk and a factor of the vault.",
    "params": {}
  }
] satisfies readonly Remains[];
complete<Remains, (typeof remains)[number]>();

const remedy = [
  {
    "code": "rewrap",
    "message": "Puts the headers under the primary version: ends reading for anyone who has the key but no copy of an old header.",
    "params": {
      "objects": 1
    }
  },
  {
    "code": "reencrypt",
    "message": "Makes a new key and a new body for each object: ends reading for everybody once the old bodies are deleted.",
    "params": {
      "objects": 1
    }
  }
] satisfies readonly Remedy[];
complete<Remedy, (typeof remedy)[number]>();

const renamedKey = [
  {
    "from": "letters",
    "key": "…",
    "to": "…"
  }
] satisfies readonly RenamedKey[];
complete<RenamedKey, (typeof renamedKey)[number]>();

const requiredFactors = [
  {},
  {
    "requires": [
      "passphrase",
      "passkey"
    ]
  }
] satisfies readonly RequiredFactors[];
complete<RequiredFactors, (typeof requiredFactors)[number]>();

const restoreReport = [
  {
    "created": 1790000000001,
    "generation": 1,
    "warnings": [
      {
        "code": "older-states-return",
        "message": "Every version is in the state that it had when the backup was made: what was revoked, suspended, compromised or destroyed since works again. Factors that were revoked since open the vault again.",
        "params": {
          "created": 1790000000001
        }
      }
    ]
  }
] satisfies readonly RestoreReport[];
complete<RestoreReport, (typeof restoreReport)[number]>();

const restoreWarning = [
  {
    "code": "older-states-return",
    "message": "Every version is in the state that it had when the backup was made: what was revoked, suspended, compromised or destroyed since works again. Factors that were revoked since open the vault again.",
    "params": {
      "created": 1790000000001
    }
  }
] satisfies readonly RestoreWarning[];
complete<RestoreWarning, (typeof restoreWarning)[number]>();

const restoredBackup = [
  {
    "created": 1790000000001,
    "generation": 1,
    "name": "acme",
    "warnings": [
      {
        "code": "older-states-return",
        "message": "Every version is in the state that it had when the backup was made: what was revoked, suspended, compromised or destroyed since works again. Factors that were revoked since open the vault again.",
        "params": {
          "created": 1790000000001
        }
      }
    ]
  }
] satisfies readonly RestoredBackup[];
complete<RestoredBackup, (typeof restoredBackup)[number]>();

const rewrapRequest = [
  {
    "dryRun": true,
    "expect": "o",
    "reason": "moved",
    "replace": {
      "from": "ccccccccccccccccccccccccccccccccccccccccccA",
      "to": "{}"
    },
    "to": "k"
  }
] satisfies readonly RewrapRequest[];
complete<RewrapRequest, (typeof rewrapRequest)[number]>();

const rewrapResult = [
  {
    "from": "…",
    "id": "…",
    "key": "…",
    "status": "skipped",
    "to": "…"
  },
  {
    "from": "…",
    "header": "…",
    "id": "…",
    "key": "…",
    "signature": "…",
    "status": "done",
    "to": "…"
  },
  {
    "from": "…",
    "header": "…",
    "id": "…",
    "key": "…",
    "status": "done",
    "to": "…"
  }
] satisfies readonly RewrapResult[];
complete<RewrapResult, (typeof rewrapResult)[number]>();

const rotatedVaultKey = [
  {
    "generation": 2,
    "records": 34
  }
] satisfies readonly RotatedVaultKey[];
complete<RotatedVaultKey, (typeof rotatedVaultKey)[number]>();

const sessionOptions = [
  {
    "alias": "tab",
    "purpose": "share",
    "ttl": "PT1H"
  }
] satisfies readonly SessionOptions[];
complete<SessionOptions, (typeof sessionOptions)[number]>();

const shredding = [
  {
    "remaining": [
      {
        "code": "header",
        "message": "The header, or a sidecar's, is kept outside the vault: delete it there, or destroy the key version.",
        "params": {}
      },
      {
        "code": "backup",
        "message": "A backup that was made since holds the header, or a sidecar's.",
        "params": {
          "at": 1790000000000,
          "id": "…"
        }
      }
    ],
    "shredded": false
  }
] satisfies readonly Shredding[];
complete<Shredding, (typeof shredding)[number]>();

const signer = [
  {
    "key": "…",
    "state": "active",
    "typ": "note",
    "version": "…"
  }
] satisfies readonly Signer[];
complete<Signer, (typeof signer)[number]>();

const skippedRecord = [
  {
    "id": "…",
    "reason": "unproven",
    "record": "object"
  }
] satisfies readonly SkippedRecord[];
complete<SkippedRecord, (typeof skippedRecord)[number]>();

const stillReadable = [
  {
    "code": "version-opens-headers",
    "message": "Anyone who has this version's key opens every header under it that was copied, and the objects with it.",
    "params": {
      "objects": 0
    }
  },
  {
    "code": "object-keys-were-kept",
    "message": "Anyone who opened such a header before, and kept the object's own key, reads that object's body as it is stored.",
    "params": {
      "objects": 0
    }
  },
  {
    "code": "version-opens-headers",
    "message": "Anyone who has this version's key opens every header under it that was copied, and the objects with it.",
    "params": {
      "objects": 1
    }
  },
  {
    "code": "object-keys-were-kept",
    "message": "Anyone who opened such a header before, and kept the object's own key, reads that object's body as it is stored.",
    "params": {
      "objects": 1
    }
  }
] satisfies readonly StillReadable[];
complete<StillReadable, (typeof stillReadable)[number]>();

const trackOptions = [
  {
    "id": "o",
    "location": "l",
    "size": 9
  }
] satisfies readonly TrackOptions[];
complete<TrackOptions, (typeof trackOptions)[number]>();

const trackedObject = [
  {
    "header": "vault",
    "id": "…",
    "key": "…",
    "tracked": 1790000000000,
    "version": "…"
  },
  {
    "header": "elsewhere",
    "id": "…",
    "key": "…",
    "location": "https://example.com/a",
    "sidecar": {
      "name": "thumbnail",
      "parent": "…"
    },
    "size": 9,
    "tracked": 1790000000000,
    "version": "…"
  },
  {
    "header": "elsewhere",
    "id": "…",
    "key": "…",
    "recipients": [
      "…"
    ],
    "tracked": 1790000000000,
    "version": "…"
  }
] satisfies readonly TrackedObject[];
complete<TrackedObject, (typeof trackedObject)[number]>();

const transition = [
  {
    "at": 1790000000000,
    "by": "create",
    "state": "active"
  },
  {
    "at": 1790000000000,
    "by": "destroy",
    "state": "deactivated"
  },
  {
    "at": 1790000000000,
    "by": "destroy",
    "state": "destroyed"
  },
  {
    "at": 1790000000000,
    "by": "create",
    "state": "active"
  },
  {
    "at": 1790000000000,
    "by": "create",
    "state": "active"
  },
  {
    "at": 1790000000000,
    "by": "rotate",
    "state": "deactivated"
  },
  {
    "at": 1790000000000,
    "by": "scheduleDestroy",
    "state": "destroy-scheduled"
  },
  {
    "at": 1790000000000,
    "by": "rotate",
    "state": "active"
  },
  {
    "at": 1790000000000,
    "by": "suspend",
    "state": "suspended"
  },
  {
    "at": 1790000000000,
    "by": "resume",
    "state": "active"
  },
  {
    "at": 1790000000000,
    "by": "revoke",
    "reason": "a stolen device",
    "state": "compromised"
  },
  {
    "at": 1790000000000,
    "by": "scheduleDestroy",
    "state": "destroy-scheduled"
  }
] satisfies readonly Transition[];
complete<Transition, (typeof transition)[number]>();

const uploadAbout = [
  {
    "attached": true,
    "id": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "kept": false,
    "location": "l",
    "name": "n"
  }
] satisfies readonly UploadAbout[];
complete<UploadAbout, (typeof uploadAbout)[number]>();

const valueDetails = [
  {
    "json": "1",
    "origin": "own",
    "version": {
      "key": "…",
      "state": "active",
      "version": "…"
    }
  }
] satisfies readonly ValueDetails[];
complete<ValueDetails, (typeof valueDetails)[number]>();

const vaultPolicy = [
  {
    "approval": {
      "approvers": [
        "ccccccccccccccccccccccccccccccccccccccccccA"
      ],
      "operations": [
        "setVaultPolicy"
      ]
    },
    "context": {
      "only": [
        "path"
      ],
      "required": {
        "tenant": "42"
      }
    },
    "freshFactor": {
      "operations": [
        "stopAudit"
      ],
      "within": "PT5M"
    },
    "notAfter": 2,
    "notBefore": 1,
    "operations": [
      "encrypt",
      "setVaultPolicy"
    ],
    "requireReason": [
      "backup"
    ],
    "reviewEvery": "P1Y",
    "secondFactor": {
      "operations": [
        "merge"
      ],
      "within": "PT10M"
    }
  }
] satisfies readonly VaultPolicy[];
complete<VaultPolicy, (typeof vaultPolicy)[number]>();

const vaultPolicyInfo = [
  {},
  {
    "conflictingPolicies": [
      {
        "reviewEvery": "P1Y"
      }
    ],
    "policy": {
      "reviewEvery": "P1Y"
    },
    "policyChanged": 1790000000000,
    "policyVersion": 1,
    "reviewDue": 1821536000000
  }
] satisfies readonly VaultPolicyInfo[];
complete<VaultPolicyInfo, (typeof vaultPolicyInfo)[number]>();

const verifiedFile = [
  {
    "digest": "sha256:982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1",
    "key": "…",
    "size": 4,
    "state": "active",
    "version": "…"
  }
] satisfies readonly VerifiedFile[];
complete<VerifiedFile, (typeof verifiedFile)[number]>();

const whichObject = [
  {
    "allowUnsigned": true,
    "expect": "o",
    "tracked": "l"
  }
] satisfies readonly WhichObject[];
complete<WhichObject, (typeof whichObject)[number]>();

const wireFactorInfo = [
  {
    "id": "…",
    "kind": "passphrase",
    "known": true,
    "pinned": true
  },
  {
    "id": "…",
    "kind": "passphrase",
    "known": true,
    "pinned": true
  },
  {
    "added": 1790000000000,
    "id": "…",
    "kind": "passphrase",
    "known": true,
    "name": "my laptop",
    "pinned": true,
    "rehearsedAt": 1790000000000
  },
  {
    "added": 1790000000000,
    "id": "…",
    "key": {
      "kid": "acme-2026",
      "thumbprint": "…"
    },
    "kind": "escrow",
    "known": true,
    "pinned": true
  },
  {
    "added": 1790000000000,
    "gate": {
      "offlineGrace": "PT8H",
      "renews": true
    },
    "id": "…",
    "key": {
      "thumbprint": "…"
    },
    "kind": "kms",
    "known": true,
    "pinned": true
  },
  {
    "added": 1790000000000,
    "id": "…",
    "kind": "recovery-shares",
    "known": true,
    "pinned": true,
    "shares": {
      "shares": 3,
      "threshold": 2
    }
  },
  {
    "added": 1790000000000,
    "id": "…",
    "kind": "passkey",
    "known": true,
    "passkey": {
      "credential": "AQEBAQEBAQEBAQEBAQEBAQ",
      "rpId": "app.example"
    },
    "pinned": true
  },
  {
    "added": 1790000000000,
    "device": {
      "expires": 1792592000000,
      "key": "…"
    },
    "id": "…",
    "kind": "this-device",
    "known": true,
    "pinned": true
  }
] satisfies readonly WireFactorInfo[];
complete<WireFactorInfo, (typeof wireFactorInfo)[number]>();

const wireUnlockReport = [
  {
    "factor": {
      "added": 1790000000000,
      "id": "…",
      "kind": "passphrase",
      "known": true,
      "name": "my laptop",
      "pinned": true,
      "rehearsedAt": 1790000000000
    },
    "generationsBehind": 0,
    "offlineGrace": false,
    "strengthened": false
  },
  {
    "factor": {
      "added": 1790000000000,
      "id": "…",
      "kind": "passphrase",
      "known": true,
      "name": "my laptop",
      "pinned": true,
      "rehearsedAt": 1790000000000
    },
    "generationsBehind": 0,
    "offlineGrace": false,
    "strengthened": false,
    "supersededIdentity": "…"
  },
  {
    "factor": {
      "added": 1790000000000,
      "id": "…",
      "kind": "passphrase",
      "known": true,
      "name": "my laptop",
      "pinned": true,
      "rehearsedAt": 1790000000000
    },
    "generationsBehind": 0,
    "offlineGrace": false,
    "second": {
      "added": 1790000000000,
      "id": "…",
      "kind": "passkey",
      "known": true,
      "passkey": {
        "credential": "AQEBAQEBAQEBAQEBAQEBAQ",
        "rpId": "app.example"
      },
      "pinned": true
    },
    "strengthened": false
  }
] satisfies readonly WireUnlockReport[];
complete<WireUnlockReport, (typeof wireUnlockReport)[number]>();

const wireVitalSigns = [
  {
    "factors": [
      {
        "id": "…",
        "kind": "passphrase",
        "known": true,
        "pinned": true
      },
      {
        "id": "…",
        "kind": "passphrase",
        "known": true,
        "pinned": true
      }
    ],
    "lateRotations": 0,
    "organisation": {
      "notAfter": 1900000000000,
      "organisation": "…",
      "sequence": 7,
      "set": 1790000000000,
      "signer": "…",
      "supported": true
    },
    "overdueReviews": 0
  },
  {
    "factors": [
      {
        "id": "…",
        "kind": "passphrase",
        "known": true,
        "pinned": true
      },
      {
        "id": "…",
        "kind": "passphrase",
        "known": true,
        "pinned": true
      }
    ],
    "lateRotations": 0,
    "organisation": {
      "collector": "https://collector.example/audit",
      "escrow": {
        "crv": "P-256",
        "kty": "EC",
        "x": "…",
        "y": "…"
      },
      "maximumCryptoperiod": "P1Y",
      "minimumArgon2": {
        "memory": 65536,
        "passes": 4
      },
      "missingEscrow": true,
      "missingFactors": [
        "passkey"
      ],
      "name": "Acme",
      "notAfter": 1900000000000,
      "organisation": "…",
      "requiredFactors": [
        "passphrase",
        "passkey"
      ],
      "rules": {
        "reviewEvery": "P1Y"
      },
      "sequence": 7,
      "set": 1790000000000,
      "signer": "…",
      "supported": true,
      "weakPassphrases": [
        "…",
        "…"
      ]
    },
    "overdueReviews": 0
  },
  {
    "backup": {
      "at": 1790000000000,
      "changes": 3
    },
    "factors": [
      {
        "id": "…",
        "kind": "passphrase",
        "known": true,
        "pinned": true
      },
      {
        "id": "…",
        "kind": "passphrase",
        "known": true,
        "pinned": true
      },
      {
        "added": 1790000000000,
        "id": "…",
        "kind": "passphrase",
        "known": true,
        "name": "my laptop",
        "pinned": true,
        "rehearsedAt": 1790000000000
      }
    ],
    "lateRotations": 0,
    "latest": 1790000000000,
    "overdueReviews": 0
  },
  {
    "backup": {
      "at": 1790000000000,
      "changes": 0
    },
    "factors": [
      {
        "id": "…",
        "kind": "passphrase",
        "known": true,
        "pinned": true
      },
      {
        "id": "…",
        "kind": "passphrase",
        "known": true,
        "pinned": true
      },
      {
        "added": 1790000000000,
        "id": "…",
        "kind": "passphrase",
        "known": true,
        "name": "my laptop",
        "pinned": true,
        "rehearsedAt": 1790000000000
      }
    ],
    "lateRotations": 0,
    "latest": 1790000000000,
    "overdueReviews": 0
  },
  {
    "backup": {
      "at": 1790000000000,
      "changes": 0
    },
    "factors": [
      {
        "id": "…",
        "kind": "passphrase",
        "known": true,
        "pinned": true
      },
      {
        "id": "…",
        "kind": "passphrase",
        "known": true,
        "pinned": true
      },
      {
        "added": 1790000000000,
        "id": "…",
        "kind": "passphrase",
        "known": true,
        "name": "my laptop",
        "pinned": true,
        "rehearsedAt": 1790000000000
      }
    ],
    "lateRotations": 0,
    "latest": 1790000000000,
    "overdueReviews": 0,
    "requires": [
      "passphrase",
      "passkey"
    ]
  }
] satisfies readonly WireVitalSigns[];
complete<WireVitalSigns, (typeof wireVitalSigns)[number]>();
