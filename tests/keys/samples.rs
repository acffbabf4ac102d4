//! Samples of what crosses to the page, which the types of the npm package are held to, and these to them.
//!
//! The core writes `js/tests/samples.types.ts`: what a page is told, out of a vault, and options that it has read. The
//! TypeScript compiler refuses a sample with a member too many or of another type (`satisfies`), and a type with a
//! member that no sample has.

use std::{collections::BTreeMap, env, fmt::Write, fs, path::Path, rc::Rc};

use pollster::block_on;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value as Json, json};
use strongroom::{
    Context, Result,
    api::{
        self, AuditCheckpoint, AuditCutting, AuditLogState, AuditPage, AuditProof, AuditSlice,
        AuditVerification, AuditWitnessRequest, AuditWitnessing, ContentSigner, DecryptOptions,
        DecryptedValue, FactorListing, IdentifiedFactor, KeyListing, Maintained, ManagedKey,
        MergeReport, ObjectListing, ObjectOptions, OpenedBy, PinnedUpload, PolicyDecision,
        PolicyTrial, ProvenSlice, RequiredFactors, RestoreReport, RewrapOptions, RewrapResult,
        RotatedVaultKey, Shredding, Signer, TrackOptions, UnlockReport, UploadListing, VitalSigns,
    },
    audit::{CompactRange, EntryCut, NoteVerifier, PredecessorCut},
    base::{InputError, Object, Sidecar, SystemEntropy, Timestamp},
    factors::{Escrow, RecoveryShares},
    inventory::Upload,
    jose::{ContentHasher, Jwk},
    keys::{KeyAction, KeyOptions, Labels, Operation, Policies, Policy, Purpose},
    object::{Covers, FileMetadata},
    records::{FactorKind, FactorPair},
    vault::{
        self, Backup, ExpectedVault, Header, KeyInfo, ObjectQuery, OrganisationChangeDescription,
        OrganisationDescription, PolicyDescription, RewrapOptions as HowToRewrap,
    },
};

use crate::{
    fixture::{NOW, Open, PHRASE, Place, encrypt, options, passphrase, period, rotate},
    inventory::track,
    merge::{backup, elsewhere, merge, merge_with},
    organisation, passkey, recipients, this_device,
};

/// A witness's key.
const WITNESS: &str = "example.com/w+00000000+AA==";
/// A thumbprint.
const APPROVER: &str = "ccccccccccccccccccccccccccccccccccccccccccA";

const FILE: &str = "js/tests/samples.types.ts";

/// Members whose texts are random.
const RANDOM: [&str; 38] = [
    "recipients",
    "signature",
    "origin",
    "request",
    "thumbprint",
    "roots",
    "organisation",
    "signer",
    "leaves",
    "factor",
    "log",
    "device",
    "root",
    "note",
    "verifier",
    "certificate",
    "proof",
    "entry",
    "object",
    "id",
    "primary",
    "key",
    "version",
    "from",
    "to",
    "token",
    "parent",
    "x",
    "y",
    "kid",
    "header",
    "rotated",
    "supersededIdentity",
    "destroyed",
    "ended",
    "next",
    "keys",
    "weakPassphrases",
];

/// Samples by the TypeScript type that they are of.
#[derive(Default)]
struct Samples(BTreeMap<&'static str, Vec<Json>>);

impl Samples {
    /// What a page is told.
    fn told<T: Serialize>(&mut self, of: &'static str, value: &T) {
        let text = Object::encode(value).text();
        let mut sample = serde_json::from_str(&text).unwrap();
        mask(&mut sample);
        self.0.entry(of).or_default().push(sample);
    }

    /// What a page is told as a part of something else.
    fn part(&mut self, of: &'static str, samples: &Json) {
        let list = self.0.entry(of).or_default();
        list.extend(samples.as_array().unwrap().iter().cloned());
    }

    fn last(&self, of: &str) -> Json {
        self.0[of].last().unwrap().clone()
    }

    /// Options that the core reads, and refuses with one member more.
    fn read<T>(&mut self, of: &'static str, given: Json, read: impl Fn(Object) -> Result<T>) {
        let members =
            Object::parse(given.to_string().as_bytes(), InputError::Malformed("x")).unwrap();
        let unknown = members.clone().with("unknown", "x");
        assert!(read(members).is_ok(), "{of}: {given}");
        assert!(read(unknown).is_err(), "{of} takes an unknown member");
        self.0.entry(of).or_default().push(given);
    }

    fn options<T: DeserializeOwned>(&mut self, of: &'static str, given: Json) {
        self.read(of, given, api::options::<T>);
    }

    fn text(&self) -> String {
        let mut text = String::from(
            "/** Written by tests/keys/samples.rs: what crosses to and from the core, held to the types. */\n",
        );
        for (module, types) in MODULES {
            writeln!(
                text,
                "import type {{ {} }} from \"../src/{module}\";",
                types.join(", ")
            )
            .unwrap();
        }
        text.push_str(COMPLETE);
        for (of, samples) in &self.0 {
            let list = serde_json::to_string_pretty(samples).unwrap();
            let name = of[..1].to_lowercase() + &of[1..];
            write!(text, "\nconst {name} = {list} satisfies readonly {of}[];\ncomplete<{of}, (typeof {name})[number]>();\n").unwrap();
        }
        text
    }
}

const COMPLETE: &str = r#"
type Names<T> = T extends unknown ? keyof T : never;

type Codes<T> = T extends { code: infer Code } ? Code : never;

/** Fails to compile with the members and the codes that no sample has. */
function complete<Type, Sample>(..._missing: Missing<Type, Sample>): void {}

type Missing<Type, Sample> = [Lacking<Type, Sample>] extends [never] ? [] : [Lacking<Type, Sample>];
type Lacking<Type, Sample> = Exclude<Names<Type>, Names<Sample>> | Exclude<Codes<Type>, Codes<Sample>>;
"#;

const MODULES: [(&str, &[&str]); 13] = [
    (
        "shared/model/audit-entry.js",
        &[
            "AuditCheckpoint",
            "AuditCut",
            "AuditCutting",
            "AuditEntry",
            "AuditEntryCut",
            "AuditPage",
            "AuditProof",
            "AuditState",
            "AuditTree",
            "AuditVerification",
            "AuditWitnessed",
            "AuditWitnessing",
            "AuditWitnessRequest",
            "AuditCosigned",
            "AuditCosigner",
            "AuditedKey",
            "AuditLogBeginning",
            "PrecedingLog",
        ],
    ),
    ("engine/wasm/bindings.js", &["WhichObject"]),
    (
        "shared/model/key-policy.js",
        &["KeyPolicy", "PolicyDecision", "PolicyTrial"],
    ),
    (
        "shared/model/vault-policy.js",
        &["VaultPolicy", "VaultPolicyInfo"],
    ),
    (
        "shared/model/organisation.js",
        &["OrganisationChange", "OrganisationInfo"],
    ),
    ("shared/protocol/body-calls.js", &["UploadAbout"]),
    (
        "shared/model/key-info.js",
        &[
            "KeyInfo",
            "KeyOptions",
            "KeyVersion",
            "SessionOptions",
            "Transition",
        ],
    ),
    ("shared/model/pending-upload.js", &["PendingUpload"]),
    (
        "shared/model/merge-report.js",
        &[
            "ChangedVersion",
            "MergedVersion",
            "MergeReport",
            "RenamedKey",
            "SkippedRecord",
        ],
    ),
    (
        "shared/model/report.js",
        &[
            "Forgeable",
            "Remaining",
            "Remains",
            "Remedy",
            "RestoreReport",
            "RestoreWarning",
            "Shredding",
            "StillReadable",
        ],
    ),
    (
        "shared/model/tracked-object.js",
        &["ObjectPage", "TrackedObject", "TrackOptions"],
    ),
    ("shared/model/verified-file.js", &["VerifiedFile"]),
    (
        "shared/protocol/vault-calls.js",
        &[
            "AuditLogState",
            "AuditRequest",
            "AuditSlice",
            "CutRequest",
            "IdentifiedFactor",
            "KeyAction",
            "KeyActionResult",
            "KeyListing",
            "KeyQuery",
            "Maintained",
            "ObjectQuery",
            "ProvenSlice",
            "RequiredFactors",
            "RestoredBackup",
            "RewrapRequest",
            "RewrapResult",
            "RotatedVaultKey",
            "Signer",
            "ValueDetails",
            "WireFactorInfo",
            "WireUnlockReport",
            "WireVitalSigns",
        ],
    ),
];

/// Ids, coordinates and envelopes; whether a header is in the vault or elsewhere is said in a word.
fn is_random(name: &str, text: &str) -> bool {
    RANDOM.contains(&name) && text.len() > 12
}

/// Puts a dot in place of what is random.
fn mask(sample: &mut Json) {
    match sample {
        Json::Object(members) => {
            for (name, member) in members {
                match member {
                    Json::String(text) if is_random(name, text) => "…".clone_into(text),
                    Json::Array(items) if RANDOM.contains(&name.as_str()) => {
                        for item in items {
                            match item {
                                Json::String(text) => "…".clone_into(text),
                                item => mask(item),
                            }
                        }
                    }
                    member => mask(member),
                }
            }
        }
        Json::Array(items) => items.iter_mut().for_each(mask),
        _ => {}
    }
}

fn add(vault: &Open, alias: &str, purpose: Purpose) -> KeyInfo {
    let labels = Object::new().with("team", "photos");
    let options = KeyOptions {
        purpose,
        labels: Labels::new(labels).unwrap(),
        rotate_every: (purpose == Purpose::Sign).then(|| period("P90D")),
        ..options(alias)
    };
    block_on(vault.add_key(&options, None)).unwrap()
}

fn manage(vault: &Open, key: &str, action: &KeyAction) -> ManagedKey {
    block_on(vault.manage(key, action)).unwrap().into()
}

/// Keys in all states that a page can be told of, and what was done with them.
fn keys(samples: &mut Samples, vault: &Open) {
    for (alias, purpose) in [
        ("photos", Purpose::Encrypt),
        ("inbox", Purpose::Share),
        ("seal", Purpose::Sign),
    ] {
        samples.told("KeyInfo", &add(vault, alias, purpose).to_json());
    }
    let session = block_on(vault.create_session(&options("tab"), 60_000)).unwrap();
    samples.told("KeyInfo", &session.to_json());
    policies(samples, vault);

    let token = block_on(vault.encrypt_value("photos", b"1", &Context::none())).unwrap();
    let values = block_on(vault.decrypt_values(&[(&token, &Context::none())], false)).unwrap();
    let version = OpenedBy::of(&values[0].by, values[0].state);
    samples.told("ValueDetails", &DecryptedValue::of("1", version));

    let token = block_on(vault.sign("seal", Some("note"), b"text")).unwrap();
    let signer = block_on(vault.verify(&token, None)).unwrap();
    samples.told("Signer", &Signer::from(signer));

    let mut content = ContentHasher::default();
    content.update(b"text");
    let token = block_on(vault.sign_content("seal", &content.finish())).unwrap();
    let (signer, check) = block_on(vault.verify_content(&token, None)).unwrap();
    let signed = ContentSigner::of(signer, check.signed());
    samples.told("VerifiedFile", &signed);

    rotate(vault, "seal");
    samples.told(
        "KeyActionResult",
        &manage(vault, "seal", &KeyAction::Suspend(None)),
    );
    samples.told(
        "KeyActionResult",
        &manage(vault, "seal", &KeyAction::Resume(None)),
    );
    let revoke = KeyAction::Revoke {
        version: None,
        compromised: true,
    };
    samples.told(
        "KeyActionResult",
        &manage(&vault.because(Some("a stolen device")), "seal", &revoke),
    );
    let schedule = KeyAction::ScheduleDestroy {
        version: None,
        after: Some(period("P30D")),
        force: true,
    };
    samples.told("KeyActionResult", &manage(vault, "seal", &schedule));
    let destroy = KeyAction::Destroy {
        version: None,
        force: true,
    };
    samples.told("KeyActionResult", &manage(vault, "inbox", &destroy));

    let query = |limit: u64| {
        let query = Object::new().with("limit", limit);
        api::key_query(query.with("destroyed", true)).unwrap()
    };
    let page = block_on(vault.list_keys(&query(2))).unwrap();
    samples.told("KeyListing", &KeyListing::from(page));
    for info in block_on(vault.list_keys(&query(100))).unwrap().keys {
        samples.told("KeyInfo", &info.to_json());
        let versions = samples.last("KeyInfo")["versions"].take();
        for version in versions.as_array().unwrap() {
            samples.part("Transition", &version["history"]);
        }
        samples.part("KeyVersion", &versions);
    }
}

/// A key with a policy, and what it decides.
fn policies(samples: &mut Samples, vault: &Open) {
    let operations = vec!["encrypt".into(), "setPolicy".into()];
    let members = Object::new()
        .with("operations", operations)
        .with("reviewEvery", "P1Y");
    let policy = Policy::parse(members).unwrap();
    let set = KeyAction::SetPolicy(Some(Box::new(policy)));
    manage(vault, "photos", &set);
    let mut info = block_on(vault.find_key("photos")).unwrap();
    let mut key = info.key.as_ref().clone();
    // As two copies of the vault would have set one each.
    let applied = &mut key.policy.as_mut().unwrap().applied;
    applied.push(applied[0].clone());
    info.key = Rc::new(key);
    samples.told("KeyInfo", &info.to_json());
    for operation in [Operation::Encrypt, Operation::Decrypt] {
        let refused = block_on(vault.can(operation, "photos", &Context::none()));
        samples.told("PolicyDecision", &PolicyDecision::from(refused.unwrap()));
    }
    let draft = Object::parse(
        br#"{"operations":["encrypt"]}"#,
        InputError::Malformed("a test"),
    );
    let draft = api::policy(draft.unwrap()).unwrap();
    let tried = block_on(vault.try_policy("photos", &draft, Timestamp::from_millis(0)));
    samples.told("PolicyTrial", &PolicyTrial::from(tried.unwrap()));
    manage(vault, "photos", &KeyAction::SetPolicy(None));
    samples.told("VaultPolicyInfo", &PolicyDescription::default());
    let members = Object::new().with("reviewEvery", "P1Y");
    let set = block_on(vault.set_policy(Some(&Policy::parse(members).unwrap()))).unwrap();
    let mut both = Policies::clone(&set);
    both.applied.push(both.applied[0].clone());
    samples.told("VaultPolicyInfo", &PolicyDescription::from(&both));
    block_on(vault.set_policy(None)).unwrap();
}

/// What a cut says, of an entry whose log came after another one.
fn entry_cut(page: &vault::EntryPage) -> EntryCut {
    let begins = page
        .entries
        .iter()
        .find_map(|logged| logged.entry.begins.clone());
    EntryCut {
        size: 1,
        roots: vec!["47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=".into()],
        note: "a note".into(),
        logs: begins.and_then(|begins| begins.after).into_iter().collect(),
    }
}

/// Vaults that an organisation's policy binds, one of them as its beginning is and the other with all that it can lack.
fn of_organisation(samples: &mut Samples) {
    for more in [
        "",
        r#","name":"Acme","rules":{"reviewEvery":"P1Y"},"requiredFactors":["passphrase","passkey"],"maximumCryptoperiod":"P1Y","minimumArgon2":{"memory":65536,"passes":4},"collector":"https://collector.example/audit","escrow":{"kty":"EC","crv":"P-256","x":"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY","y":"T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"}"#,
    ] {
        let (place, acme) = (Place::new(), organisation::Signer::new());
        let vault = place.create();
        let policy = acme.policy(7, more);
        let change = block_on(vault.set_organisation(&policy, &acme.id())).unwrap();
        let told = OrganisationChangeDescription::from(&change);
        samples.told("OrganisationChange", &told);
        let told = OrganisationDescription::from(&change.in_force);
        samples.told("OrganisationInfo", &told);
        let signs = block_on(vault.vital_signs()).unwrap();
        samples.told("WireVitalSigns", &VitalSigns::from(signs));
    }
}

/// An audit log with entries of all kinds, and what proves them.
fn audit(samples: &mut Samples) {
    let place = Place::new();
    let vault = place.create();
    let told = |samples: &mut Samples, vault: &Open| {
        let state = block_on(vault.audit_state()).unwrap();
        samples.told("AuditLogState", &AuditLogState::from(state));
    };
    // Before its first entry could be written.
    place.host.store.fails.set(true);
    told(samples, &vault);
    place.host.store.fails.set(false);
    add(&vault, "photos", Purpose::Encrypt);
    let (_copied, copy) = elsewhere(&backup(&vault));
    let object = encrypt(&copy.because(Some("ticket 7")), "photos", "a file");
    crate::fixture::decrypt(&copy, &object.header, &object.body).unwrap();
    let only = Policy::parse(Object::new().with("operations", vec!["setPolicy".into()])).unwrap();
    manage(&copy, "photos", &KeyAction::SetPolicy(Some(Box::new(only))));
    block_on(copy.encrypt_value("photos", b"1", &Context::none())).unwrap_err();
    told(samples, &copy);
    let state = block_on(copy.audit_state()).unwrap().map(|state| {
        let (size, entry, at) = (2, 3, NOW);
        vault::LogState {
            cut: Some(vault::CutLog { size, entry, at }),
            retain: Some(1000),
            ..state
        }
    });
    samples.told("AuditLogState", &AuditLogState::from(state));
    let state = samples.last("AuditLogState")["state"].take();
    samples.part("AuditCut", &json!([state["cut"]]));
    samples.part("AuditState", &json!([state]));

    for limit in [1, 100] {
        let query = vault::EntryQuery {
            limit: Some(limit),
            ..vault::EntryQuery::default()
        };
        let mut page = block_on(copy.query_audit(&query)).unwrap();
        // What is lost takes thousands of entries that cannot be written.
        page.entries[0].entry.lost = Some(4);
        page.entries[0].entry.failed = Some(2);
        page.entries[0].entry.approvers = vec![APPROVER.parse().unwrap()];
        page.entries[0].entry.more = Some(3);
        page.entries[0].entry.factor = Some("aaaaaaaaaaaaaaaaaaaaaa".into());
        page.entries[0].entry.contexts = vec!["aaaaaaaaaaaaaaaaaaaaaA".parse().unwrap()];
        page.entries[0].entry.more_contexts = Some(5);
        page.entries[0].entry.cut = Some(entry_cut(&page));
        let begins = page
            .entries
            .last_mut()
            .and_then(|last| last.entry.begins.as_mut());
        if let Some(begins) = begins {
            let after = begins.after.as_mut().unwrap();
            after.device = Some(begins.device.clone());
            after.cut = Some(PredecessorCut {
                size: 1,
                roots: vec![after.root.clone()],
                entry: 2,
                at: NOW,
            });
        }
        samples.told("AuditPage", &AuditPage::from(page));
    }
    let page = samples.last("AuditPage");
    samples.part("AuditEntry", &page["entries"]);
    let entries = page["entries"].as_array().unwrap();
    for entry in entries {
        samples.part("AuditedKey", &entry["keys"]);
    }
    samples.part("AuditEntryCut", &json!([entries[0]["cut"]]));
    let begins = entries.last().unwrap()["begins"].clone();
    samples.part("AuditLogBeginning", &json!([begins]));
    samples.part("PrecedingLog", &json!([begins["after"]]));

    let signed = block_on(copy.audit_checkpoint()).unwrap();
    for seen in [None, Some(&*signed.note)] {
        let mut verified = block_on(copy.verify_audit(seen, None, &[])).unwrap();
        verified.fault = seen.map(|_| vault::LogFault::RolledBack);
        let (size, entry, at) = (2, 3, NOW);
        verified.cut = seen.map(|_| vault::CutLog { size, entry, at });
        verified.witnessed = [None, seen.map(|_| (verified.checkpoint, 1_790_000_000))]
            .into_iter()
            .map(|cosigned| vault::WitnessedSize {
                witness: WITNESS.into(),
                fault: cosigned.map(|_| vault::LogFault::Forked),
                cut: cosigned.is_some(),
                cosigned,
            })
            .filter(|_| seen.is_some())
            .collect();
        samples.told("AuditVerification", &AuditVerification::from(verified));
    }
    let witnessed = samples.last("AuditVerification")["witnessed"].clone();
    samples.part("AuditWitnessed", &witnessed);
    samples.told("AuditCheckpoint", &AuditCheckpoint::from(signed.clone()));
    let cosigned = vault::CosignedCheckpoint {
        checkpoint: signed.checkpoint,
        note: signed.note.clone(),
        by: vec![(WITNESS.into(), 1_790_000_000)],
    };
    let beside = AuditCheckpoint::from(signed).beside(vec![cosigned]);
    samples.told("AuditCheckpoint", &beside);
    let cosigned = samples.last("AuditCheckpoint")["cosigned"].clone();
    samples.part("AuditCosigned", &cosigned);
    samples.part("AuditCosigner", &cosigned[0]["by"]);
    let asked = block_on(copy.witness_request(1, None)).unwrap();
    let log = NoteVerifier::parse(&asked.signed.verifier).unwrap();
    let asked = AuditWitnessRequest::from(asked);
    samples.told("AuditWitnessRequest", &asked);
    for since in [0, 1] {
        let asked = block_on(copy.witness_request(since, None)).unwrap();
        let before = (since > 0).then_some(since);
        let answer = vault::WitnessAnswer {
            cosignature: "a line\n".into(),
            origin: log.name().into(),
            checkpoint: asked.signed.checkpoint,
            before,
        };
        samples.told("AuditWitnessing", &AuditWitnessing::from(answer));
    }
    let proven = block_on(copy.prove_entry(0, None)).unwrap();
    samples.told("AuditProof", &AuditProof::from(proven));
    for next in [None, Some(5)] {
        let mut batch = block_on(copy.log_batch(0, None, None)).unwrap();
        // What comes after it takes more entries than a slice has.
        batch.slice.entries.truncate(1);
        batch.slice.next = next;
        batch.proof = next
            .map(|_| batch.signed.checkpoint.root)
            .into_iter()
            .collect();
        batch.cut = next.map(|_| CompactRange::of_leaves(&[batch.signed.checkpoint.root]));
        samples.told("AuditSlice", &AuditSlice::from(batch.slice.clone()));
        samples.told("ProvenSlice", &ProvenSlice::from(batch));
    }
    let tree = samples.last("ProvenSlice")["cut"].clone();
    samples.part("AuditTree", &json!([tree]));
    let cutting = |held| vault::LogCutting {
        log: "aaaaaaaaaaaaaaaaaaaaaA".parse().unwrap(),
        first: 2,
        entries: 2,
        logs: 0,
        held,
    };
    for held in [
        None,
        Some(vault::CutHeld::Retention),
        Some(vault::CutHeld::Shipping),
    ] {
        samples.told("AuditCutting", &AuditCutting::from(cutting(held)));
    }
    let (id, all) = ("aaaaaaaaaaaaaaaaaaaaaA", 100);
    samples.read(
        "CutRequest",
        json!({ "before": 1, "shipped": [{ "log": id, "next": 2 }] }),
        api::cut_options,
    );
    samples.read(
        "AuditRequest",
        json!({ "key": id, "operation": "decrypt", "error": "ERR_POLICY", "done": false, "context": "{}", "from": 1, "to": 2, "before": 3, "limit": all, "log": id }),
        api::entry_query,
    );
}

/// Objects of an inventory, one of them a sidecar, and an upload.
fn objects(samples: &mut Samples, vault: &Open) {
    let kept = block_on(vault.encrypt_kept("photos", &Context::none(), None)).unwrap();
    let sidecar = Sidecar::new(kept.id.clone(), "thumbnail").unwrap();
    let beside = Context::none().of_sidecar(sidecar).unwrap();
    // A page is in the order of ids, and these are random: the sidecar is to be the second.
    let header = loop {
        let made = block_on(vault.encrypt("photos", &beside, None)).unwrap();
        if made.id > kept.id {
            break Header::Given(made.header);
        }
    };
    block_on(vault.track(&header, None, Some("https://example.com/a"), Some(9))).unwrap();
    for query in [ObjectQuery::first(1), ObjectQuery::first(10)] {
        let page = block_on(vault.list_objects(&query)).unwrap();
        samples.told("ObjectPage", &ObjectListing::from(page));
    }
    let tracked = samples.last("ObjectPage")["objects"].take();
    samples.part("TrackedObject", &tracked);
    let others = [recipients::public(&recipients::friend())];
    let shared = recipients::share(vault, &others, 5, Covers::Content).unwrap();
    let shared = recipients::signed(&shared.header, &shared.signature).unwrap();
    block_on(vault.track(&shared, None, None, None)).unwrap();
    let other = others[0].thumbprint();
    let for_it = ObjectQuery {
        recipient: Some(&other),
        ..ObjectQuery::first(10)
    };
    let page = block_on(vault.list_objects(&for_it)).unwrap();
    samples.told("ObjectPage", &ObjectListing::from(page));
    let tracked = samples.last("ObjectPage")["objects"].take();
    samples.part("TrackedObject", &tracked);

    let dry = HowToRewrap {
        dry: true,
        ..HowToRewrap::default()
    };
    let skipped = block_on(vault.rewrap(&header, &dry)).unwrap();
    samples.told("RewrapResult", &RewrapResult::of(&skipped, false).unwrap());
    rotate(vault, "photos");
    let moved = block_on(vault.rewrap(&shared, &HowToRewrap::default())).unwrap();
    samples.told("RewrapResult", &RewrapResult::of(&moved, false).unwrap());
    let done = block_on(vault.rewrap(&header, &dry)).unwrap();
    samples.told("RewrapResult", &RewrapResult::of(&done, false).unwrap());

    block_on(vault.backup()).unwrap();
    let shredding = block_on(vault.shred(kept.id.as_str())).unwrap();
    samples.told("Shredding", &Shredding::of(&shredding));
    let remaining = samples.last("Shredding")["remaining"].take();
    samples.part("Remaining", &remaining);

    let file = FileMetadata {
        size: Some(0),
        ..FileMetadata::default()
    };
    let begun = block_on(vault.encrypt("photos", &Context::none(), Some(&file))).unwrap();
    let upload = Upload {
        id: begun.id.clone(),
        name: Some("film.webm".to_owned()),
        location: Some("https://example.com/film".to_owned()),
        started: Timestamp::EPOCH,
        header: Some(begun.header.as_str().unwrap().to_owned()),
        attached: false,
        pins: begun.encryptor.pin(&[]).unwrap(),
        note: None,
    };
    block_on(vault.pin(&upload)).unwrap();
    let uploads = block_on(vault.list_uploads()).unwrap();
    samples.told("UploadListing", &UploadListing::of(&uploads));
    let uploads = samples.0.remove("UploadListing").unwrap();
    samples.part("PendingUpload", &uploads[0]["uploads"]);
}

/// A factor that was there from the first, one that was added, recovery shares, a passkey, and a device.
fn factors(samples: &mut Samples, vault: &Open) {
    let name = "my laptop".parse().unwrap();
    let (present, added) = (passphrase(PHRASE), passphrase("another"));
    block_on(vault.add_factor(&present, &added, Some(name), &|_, _| Ok(()))).unwrap();
    block_on(vault.rehearse(&added, &|_, _| Ok(()))).unwrap();
    let (info, generation) = block_on(vault.identify_factor(&added)).unwrap();
    samples.told("IdentifiedFactor", &IdentifiedFactor::new(info, generation));
    let report = block_on(vault.confirm(&added, &ExpectedVault::default())).unwrap();
    let superseded = Some(vault.identity().unwrap());
    for report in [
        report.clone(),
        vault::UnlockReport {
            superseded,
            ..report.clone()
        },
        vault::UnlockReport {
            second: Some(passkey::sample()),
            ..report
        },
    ] {
        samples.told("WireUnlockReport", &UnlockReport::from(report));
    }
    samples.told(
        "WireVitalSigns",
        &VitalSigns::from(block_on(vault.vital_signs()).unwrap()),
    );
    block_on(vault.backup()).unwrap();
    let signs = block_on(vault.vital_signs()).unwrap();
    let required = Some(FactorPair::new(&[FactorKind::Passphrase, FactorKind::Passkey]).unwrap());
    for required in [None, required] {
        samples.told("RequiredFactors", &RequiredFactors::from(required));
        let signs = vault::VitalSigns {
            required,
            ..signs.clone()
        };
        samples.told("WireVitalSigns", &VitalSigns::from(signs));
    }
    let shares = RecoveryShares::split(2, 3, &SystemEntropy).unwrap();
    let escrow = Jwk::generate_p256(&SystemEntropy).unwrap();
    let escrow = Escrow::from_jwk(&escrow.public().unwrap().with("kid", "acme-2026")).unwrap();
    block_on(vault.add_factor(&present, &escrow, None, &|_, _| Ok(()))).unwrap();
    let gate = Jwk::generate_p256(&SystemEntropy).unwrap();
    let gate = Escrow::from_jwk(&gate.public().unwrap()).unwrap().as_gate();
    let gate = gate.with_grace(Some("PT8H".to_owned().try_into().unwrap()));
    block_on(vault.add_factor(&present, &gate, None, &|_, _| Ok(()))).unwrap();
    block_on(vault.add_factor(&present, &shares, None, &|_, _| Ok(()))).unwrap();
    let mut listed = block_on(vault.factors()).unwrap();
    listed.push(passkey::sample());
    listed.push(this_device::sample());
    samples.told("FactorListing", &FactorListing::from(listed));
    let listings = samples.0.remove("FactorListing").unwrap();
    samples.part("WireFactorInfo", &listings[0]["factors"]);
}

fn given(samples: &mut Samples) {
    let stored = json!({ "alias": "photos", "purpose": "encrypt", "labels": { "team": "photos" }, "rotateEvery": "P90D", "policy": { "operations": ["encrypt"] } });
    samples.read("KeyOptions", stored, api::new_key);
    let session = json!({ "alias": "tab", "purpose": "share", "ttl": "PT1H" });
    samples.read("SessionOptions", session, api::new_session);
    let query = json!({
        "prefix": "p", "state": "active", "purpose": "sign", "label": ["team", "photos"], "dueBefore": NOW,
        "destroyed": true, "after": "a", "limit": 10,
    });
    samples.read("KeyQuery", query, api::key_query);
    for action in [
        json!({ "do": "rotate", "activate": false }),
        json!({ "do": "activate", "version": "v" }),
        json!({ "do": "suspend", "version": "v" }),
        json!({ "do": "resume", "version": "v" }),
        json!({ "do": "revoke", "version": "v", "reason": "lost", "compromised": true }),
        json!({ "do": "scheduleDestroy", "version": "v", "after": "P7D", "force": true }),
        json!({ "do": "cancelDestroy", "version": "v" }),
        json!({ "do": "destroy", "version": "v", "force": true }),
        json!({ "do": "update", "alias": "b", "labels": { "a": "b" }, "rotateEvery": null }),
        json!({ "do": "setPolicy", "policy": null, "reason": "it was too narrow" }),
        json!({ "do": "setPolicy", "policy": { "operations": ["encrypt"] }, "approvals": ["a.b.c"] }),
    ] {
        samples.read("KeyAction", action, api::key_action);
    }
    let policy = json!({
        "operations": ["encrypt", "setPolicy"],
        "context": { "required": { "tenant": "42" }, "only": ["path"] },
        "notBefore": 1, "notAfter": 2, "requireReason": ["setPolicy"],
        "minimumVersion": 1, "maximumUses": 9, "reviewEvery": "P1Y",
        "freshFactor": { "within": "PT5M", "operations": ["export"] },
        "secondFactor": { "within": "PT10M", "operations": ["destroy"] },
        "approval": { "operations": ["export"], "approvers": [APPROVER], "atLeast": 1 },
        "receivers": [APPROVER],
    });
    samples.read("KeyPolicy", policy, Policy::parse);
    let policy = json!({
        "operations": ["encrypt", "setVaultPolicy"],
        "context": { "required": { "tenant": "42" }, "only": ["path"] },
        "notBefore": 1, "notAfter": 2, "requireReason": ["backup"], "reviewEvery": "P1Y",
        "freshFactor": { "within": "PT5M", "operations": ["stopAudit"] },
        "secondFactor": { "within": "PT10M", "operations": ["merge"] },
        "approval": { "operations": ["setVaultPolicy"], "approvers": [APPROVER] },
    });
    samples.read("VaultPolicy", policy, Policy::parse);
    samples.options::<DecryptOptions>(
        "WhichObject",
        json!({ "expect": "o", "tracked": "l", "allowUnsigned": true }),
    );
    samples.options::<RewrapOptions>(
        "RewrapRequest",
        json!({
            "to": "k",
            "replace": { "from": APPROVER, "to": "{}" },
            "expect": "o",
            "dryRun": true,
            "reason": "moved"
        }),
    );
    samples.options::<TrackOptions>(
        "TrackOptions",
        json!({ "id": "o", "location": "l", "size": 9 }),
    );
    samples.options::<ObjectOptions>(
        "ObjectQuery",
        json!({ "parent": "o", "key": "k", "version": "v", "recipient": APPROVER, "after": "o", "limit": 10 }),
    );
    samples.options::<PinnedUpload>(
        "UploadAbout",
        json!({
            "id": "A".repeat(43), "name": "n", "location": "l", "attached": true, "kept": false
        }),
    );
}

/// A revocation that concerns an object of the inventory, so that it has remedies.
fn revocation(samples: &mut Samples, vault: &Open) {
    add(vault, "album", Purpose::Encrypt);
    block_on(vault.encrypt_kept("album", &Context::none(), None)).unwrap();
    let revoke = KeyAction::Revoke {
        version: None,
        compromised: false,
    };
    samples.told("KeyActionResult", &manage(vault, "album", &revoke));
    block_on(vault.backup()).unwrap();
    let destroy = KeyAction::Destroy {
        version: None,
        force: true,
    };
    samples.told("KeyActionResult", &manage(vault, "album", &destroy));
    for result in samples.0["KeyActionResult"].clone() {
        for (of, list) in [
            ("StillReadable", "readable"),
            ("Forgeable", "forgeable"),
            ("Remedy", "remedies"),
            ("Remains", "remains"),
        ] {
            if let Some(statements) = result["report"].get(list) {
                samples.part(of, statements);
            }
        }
    }
}

/// A backup of the same vault key, and one of an earlier.
fn merges(samples: &mut Samples) {
    let place = Place::new();
    let vault = place.create();
    add(&vault, "album", Purpose::Encrypt);
    let (other, theirs) = elsewhere(&backup(&vault));
    other.clock.set(other.clock.get() + 1);
    for vault in [&vault, &theirs] {
        add(vault, "letters", Purpose::Encrypt);
    }
    rotate(&theirs, "album");
    let file = backup(&theirs);
    let read = Backup::read(&file).unwrap();
    let report = RestoreReport::of(&read, &ExpectedVault::default());
    samples.told("RestoredBackup", &report.under("acme"));
    let mut restored = samples.last("RestoredBackup");
    samples.part("RestoreWarning", &restored["warnings"]);
    restored.as_object_mut().unwrap().remove("name");
    samples.part("RestoreReport", &json!([restored]));
    let report = merge(&vault, &file).unwrap();
    samples.told("MergeReport", &MergeReport::from(report));
    add(&theirs, "later", Purpose::Encrypt);
    let object = encrypt(&theirs, "later", "a file");
    track(&theirs, &object.header, "bucket/a");
    let file = backup(&theirs);
    block_on(vault.rotate_vault_key()).unwrap();
    let report = merge_with(&vault, &file, PHRASE).unwrap();
    samples.told("MergeReport", &MergeReport::from(report));
    let info = block_on(vault.find_key("later")).unwrap();
    samples.told("KeyInfo", &info.to_json());
    let versions = samples.last("KeyInfo")["versions"].take();
    samples.part("KeyVersion", &versions);
    for report in samples.0["MergeReport"].clone() {
        for (of, list) in [
            ("MergedVersion", "versions"),
            ("ChangedVersion", "changed"),
            ("RenamedKey", "renamed"),
            ("SkippedRecord", "skipped"),
        ] {
            samples.part(of, &report[list]);
        }
    }
}

#[test]
fn what_crosses_to_the_page_is_what_the_package_says() {
    let place = Place::new();
    let vault = place.create();
    let mut samples = Samples::default();
    keys(&mut samples, &vault);
    of_organisation(&mut samples);
    audit(&mut samples);
    objects(&mut samples, &vault);
    given(&mut samples);
    factors(&mut samples, &vault);
    merges(&mut samples);
    let rotation = block_on(vault.rotate_vault_key()).unwrap();
    samples.told("RotatedVaultKey", &RotatedVaultKey::from(rotation));
    place.pass(100_000);
    let (ended, next) = vault.end_sessions();
    let report = block_on(vault.tick()).unwrap();
    samples.told("Maintained", &Maintained::of(report, ended, next));
    revocation(&mut samples, &vault);

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let text = samples.text();
    if env::var_os("STRONGROOM_WRITE_SAMPLES").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let hint = "look at what has changed, then run this test with STRONGROOM_WRITE_SAMPLES=1";
    assert!(fs::read_to_string(&path).unwrap() == text, "{hint}");
}
