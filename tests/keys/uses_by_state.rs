//! What each operation makes of a version in each state: a table, and each cell of it a test.

use pollster::block_on;
use strongroom::{
    Error, Result,
    base::{Context, KeyId, Kid, Timestamp, VersionState},
    inventory::Upload,
    jose::Envelope,
    keys::{KeyAction, Purpose},
    object::FileMetadata,
    vault::{DecryptOptions, Header, RewrapOptions},
};

use crate::fixture::{Open, PHRASE, Place, create, create_for, manage, passphrase};

/// The states, as a caller brings a version into them, and whether others may have it.
const STATES: [(&str, VersionState); 7] = [
    ("active", VersionState::Active),
    ("suspended", VersionState::Suspended),
    ("deactivated", VersionState::Deactivated),
    ("compromised", VersionState::Compromised),
    ("scheduled", VersionState::DestroyScheduled),
    ("scheduled and compromised", VersionState::DestroyScheduled),
    ("destroyed", VersionState::Destroyed),
];

/// One of each thing that a version protects, made while it was active.
struct Protected {
    vault: Open,
    /// Named by their ids: one that is destroyed has no alias.
    key: KeyId,
    orders: KeyId,
    photos: Kid,
    object: Envelope,
    tracked: Envelope,
    value: String,
    token: String,
    upload: String,
}

impl Protected {
    fn new(place: &Place) -> Self {
        let vault = place.create();
        let photos = create(&vault, "photos");
        create(&vault, "other");
        let orders = create_for(&vault, "orders", Purpose::Sign).id;
        let none = Context::none();
        let made = || {
            block_on(vault.encrypt("photos", &none, None))
                .unwrap()
                .header
        };
        let (object, tracked) = (made(), made());
        let given = Header::Given(tracked.clone());
        block_on(vault.track(&given, None, Some("a.jpg"), None)).unwrap();
        let value = block_on(vault.encrypt_value("photos", b"1", &none)).unwrap();
        let token = block_on(vault.sign("orders", None, b"x")).unwrap();
        let upload = pinned(&vault);
        Self {
            photos: Kid::of_version(&photos.id, &photos.primary),
            key: photos.id,
            orders,
            vault,
            object,
            tracked,
            value,
            token,
            upload,
        }
    }

    /// Brings both keys' versions into a state.
    fn bring_into(&self, state: &str) {
        let revoke = |compromised| KeyAction::Revoke {
            version: None,
            compromised,
        };
        let schedule = || KeyAction::ScheduleDestroy {
            version: None,
            after: None,
            force: false,
        };
        let destroy = || KeyAction::Destroy {
            version: None,
            force: true,
        };
        let steps = match state {
            "active" => vec![],
            "suspended" => vec![KeyAction::Suspend(None)],
            "deactivated" => vec![revoke(false)],
            "compromised" => vec![revoke(true)],
            "scheduled" => vec![schedule()],
            "scheduled and compromised" => vec![schedule(), revoke(true)],
            _ => vec![destroy()],
        };
        for step in &steps {
            for key in ["photos", "orders"] {
                manage(&self.vault, key, step).unwrap();
            }
        }
    }

    fn decrypt(&self, header: &Envelope, options: &DecryptOptions) -> Result<()> {
        let header = Header::Given(header.clone());
        block_on(
            self.vault
                .decrypt_object(&header, &Context::none(), options),
        )
        .map(drop)
    }

    fn rewrap(&self, header: &Envelope) -> Result<()> {
        let options = RewrapOptions {
            to: Some("other"),
            ..RewrapOptions::default()
        };
        let header = Header::Given(header.clone());
        block_on(self.vault.rewrap(&header, &options)).map(drop)
    }
}

/// The id of an object whose upload can be resumed.
fn pinned(vault: &Open) -> String {
    let file = FileMetadata {
        size: Some(0),
        ..FileMetadata::default()
    };
    let made = block_on(vault.encrypt("photos", &Context::none(), Some(&file))).unwrap();
    let upload = Upload {
        id: made.id.clone(),
        name: None,
        location: None,
        started: Timestamp::EPOCH,
        header: Some(made.header.as_str().unwrap().to_owned()),
        attached: true,
        pins: made.encryptor.pin(&[]).unwrap(),
        note: None,
    };
    block_on(vault.pin(&upload)).unwrap();
    made.id.to_string()
}

type Operation = (
    &'static str,
    fn(&Protected) -> Result<()>,
    [&'static str; 7],
);

/// `ok`; `state`: refused for the state; `unsigned`; `gone`: there is no such version. In the order of `STATES`.
const TABLE: [Operation; 16] = [
    ("encrypt", |it| encrypt(it, false), PROTECTS),
    ("encrypt, header kept", |it| encrypt(it, true), PROTECTS),
    (
        "encrypt a value",
        |it| {
            block_on(
                it.vault
                    .encrypt_value(it.key.as_str(), b"2", &Context::none()),
            )
            .map(drop)
        },
        PROTECTS,
    ),
    (
        "sign",
        |it| block_on(it.vault.sign(it.orders.as_str(), None, b"y")).map(drop),
        PROTECTS,
    ),
    (
        "decrypt",
        |it| it.decrypt(&it.object, &DecryptOptions::default()),
        PROVES,
    ),
    (
        "decrypt, expected",
        |it| it.decrypt(&it.object, &expecting(&it.object)),
        OPENS,
    ),
    (
        "decrypt, in the inventory",
        |it| it.decrypt(&it.tracked, &DecryptOptions::default()),
        OPENS,
    ),
    (
        "decrypt, unsigned allowed",
        |it| it.decrypt(&it.object, &unsigned()),
        OPENS,
    ),
    ("decrypt a value", |it| value(it, false), PROVES),
    (
        "decrypt a value, unsigned allowed",
        |it| value(it, true),
        OPENS,
    ),
    (
        "verify",
        |it| block_on(it.vault.verify(&it.token, None)).map(drop),
        OPENS,
    ),
    ("rewrap", |it| it.rewrap(&it.object), PROVES),
    (
        "rewrap, in the inventory",
        |it| it.rewrap(&it.tracked),
        OPENS,
    ),
    (
        "track",
        |it| {
            let header = Header::Given(it.object.clone());
            block_on(it.vault.track(&header, None, None, None)).map(drop)
        },
        // What is there is told whatever its state, so that a destruction counts it.
        ["ok", "ok", "ok", "unsigned", "ok", "unsigned", "gone"],
    ),
    (
        "export",
        |it| {
            let phrase = passphrase(PHRASE);
            block_on(it.vault.dangerously_export(it.key.as_str(), None, &phrase)).map(drop)
        },
        ["ok", "state", "ok", "ok", "state", "state", "gone"],
    ),
    (
        "resume an upload",
        |it| block_on(it.vault.resume(&it.upload, &Context::none(), 0)).map(drop),
        WRITES,
    ),
];

const PROTECTS: [&str; 7] = ["ok", "state", "state", "state", "state", "state", "state"];
const OPENS: [&str; 7] = ["ok", "state", "ok", "ok", "state", "state", "state"];
const PROVES: [&str; 7] = ["ok", "state", "ok", "unsigned", "state", "state", "state"];
const WRITES: [&str; 7] = ["ok", "state", "ok", "state", "state", "state", "state"];

fn encrypt(it: &Protected, kept: bool) -> Result<()> {
    let none = Context::none();
    if kept {
        block_on(it.vault.encrypt_kept(it.key.as_str(), &none, None)).map(drop)
    } else {
        block_on(it.vault.encrypt(it.key.as_str(), &none, None)).map(drop)
    }
}

fn value(it: &Protected, allow_unsigned: bool) -> Result<()> {
    let none = Context::none();
    block_on(
        it.vault
            .decrypt_values(&[(&it.value, &none)], allow_unsigned),
    )
    .map(drop)
}

fn expecting(header: &Envelope) -> DecryptOptions {
    DecryptOptions {
        expect: header.jkt().cloned(),
        ..DecryptOptions::default()
    }
}

fn unsigned() -> DecryptOptions {
    DecryptOptions {
        allow_unsigned: true,
        ..DecryptOptions::default()
    }
}

/// The table's word for an outcome.
fn word(outcome: Result<()>, state: VersionState) -> String {
    match outcome {
        Ok(()) => "ok".to_owned(),
        Err(Error::State(told)) if told == state => "state".to_owned(),
        Err(Error::Unsigned) => "unsigned".to_owned(),
        Err(Error::NoVersion) => "gone".to_owned(),
        Err(other) => other.to_string(),
    }
}

#[test]
fn every_operation_in_every_state_does_what_the_table_says() {
    for (at, (name, state)) in STATES.into_iter().enumerate() {
        for (operation, run, expected) in TABLE {
            let place = Place::new();
            let protected = Protected::new(&place);
            protected.bring_into(name);
            let outcome = word(run(&protected), state);
            assert_eq!(outcome, expected[at], "{operation} in {name}");
        }
    }
}

#[test]
fn what_is_under_way_in_every_state_does_what_the_table_says() {
    for (at, (name, state)) in STATES.into_iter().enumerate() {
        let place = Place::new();
        let protected = Protected::new(&place);
        protected.bring_into(name);
        for (writes, expected) in [(false, OPENS), (true, WRITES)] {
            let check = protected.vault.check_under_way(&protected.photos, writes);
            let outcome = word(block_on(check), state);
            assert_eq!(outcome, expected[at], "{writes} in {name}");
        }
    }
}
