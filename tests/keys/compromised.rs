//! What a version that others may have still proves: nothing.

use std::rc::Rc;

use pollster::block_on;
use strongroom::{
    Error, Result,
    base::{Context, ObjectId, SystemEntropy, VersionState},
    jose::{Envelope, Kek, encrypt_value},
    keys::{KeyAction, KeyRecord, VersionAction},
    object::{Decryption, Origin, body::RustEngine, encrypt_object},
    vault::{DecryptOptions, Header, RewrapOptions},
};

use crate::fixture::{
    DAY, NOW, Open, PHRASE, Place, create, encrypt, key, manage, passphrase, rotate, seal, version,
};

/// A vault with a key `photos` whose first version somebody else has, who can write under it.
struct Stolen {
    place: Place,
    vault: Open,
    record: Box<KeyRecord>,
    kek: Kek,
}

impl Stolen {
    fn new() -> Self {
        let place = Place::new();
        let vault = place.create();
        let record = create(&vault, "photos");
        let phrase = passphrase(PHRASE);
        let exported = block_on(vault.dangerously_export("photos", None, &phrase));
        let kek = Kek::from_jwk(&exported.unwrap()).unwrap();
        Self {
            place,
            vault,
            record,
            kek,
        }
    }

    /// The owner finds out, and has another version.
    fn find_out(&self) {
        rotate(&self.vault, "photos");
        self.revoke(true).unwrap();
    }

    fn revoke(&self, compromised: bool) -> Result<Box<KeyRecord>> {
        let request = KeyAction::Revoke {
            version: Some(self.record.primary.to_string()),
            compromised,
        };
        Ok(manage(&self.vault, "photos", &request)?.key)
    }

    /// An object that this vault never made.
    fn forged(&self) -> Envelope {
        let to = [self.kek.clone().into()];
        let engine = Rc::new(RustEngine);
        let made = encrypt_object(engine, &SystemEntropy, &to, &Context::none(), None);
        made.unwrap().header
    }

    fn decrypt(&self, header: &Envelope, options: &DecryptOptions) -> Result<Origin> {
        let header = Header::Given(header.clone());
        let opened = block_on(
            self.vault
                .decrypt_object(&header, &Context::none(), options),
        );
        opened.map(|Decryption { origin, .. }| origin)
    }

    fn rewrap(&self, header: &Envelope, expect: Option<ObjectId>) -> Result<ObjectId> {
        let options = RewrapOptions {
            expect,
            ..RewrapOptions::default()
        };
        let header = Header::Given(header.clone());
        let rewrapped = block_on(self.vault.rewrap(&header, &options));
        rewrapped.map(|rewrapped| rewrapped.id)
    }

    fn track(&self, header: &Envelope) -> Result<()> {
        let header = Header::Given(header.clone());
        block_on(self.vault.track(&header, None, None, None)).map(drop)
    }
}

fn id(header: &Envelope) -> ObjectId {
    header.jkt().unwrap().clone()
}

fn expecting(id: &ObjectId) -> DecryptOptions {
    DecryptOptions {
        expect: Some(id.clone()),
        ..DecryptOptions::default()
    }
}

fn unsigned() -> DecryptOptions {
    DecryptOptions {
        allow_unsigned: true,
        ..DecryptOptions::default()
    }
}

#[test]
fn an_object_that_others_may_have_made_is_not_ours_unless_somebody_names_it() {
    let stolen = Stolen::new();
    let own = Envelope::parse(&encrypt(&stolen.vault, "photos", "hello").header).unwrap();
    let tracked = Envelope::parse(&encrypt(&stolen.vault, "photos", "more").header).unwrap();
    stolen.track(&tracked).unwrap();
    stolen.find_out();
    let forged = stolen.forged();
    for header in [&own, &forged] {
        let asked = stolen.decrypt(header, &DecryptOptions::default());
        assert_eq!(asked, Err(Error::Unsigned));
        assert_eq!(stolen.decrypt(header, &unsigned()), Ok(Origin::Unsigned));
        assert_eq!(
            stolen.decrypt(header, &expecting(&id(header))),
            Ok(Origin::Own)
        );
    }
    let by_inventory = stolen.decrypt(&tracked, &DecryptOptions::default());
    assert_eq!(by_inventory, Ok(Origin::Own));
    // The expected id is not the forged object's.
    assert_eq!(
        stolen.decrypt(&forged, &expecting(&id(&own))),
        Err(Error::Decrypt)
    );
}

#[test]
fn a_header_that_others_may_have_made_is_not_moved_to_a_version_that_proves_it_ours() {
    let stolen = Stolen::new();
    let own = Envelope::parse(&encrypt(&stolen.vault, "photos", "hello").header).unwrap();
    let tracked = Envelope::parse(&encrypt(&stolen.vault, "photos", "more").header).unwrap();
    stolen.track(&tracked).unwrap();
    stolen.find_out();
    let forged = stolen.forged();
    for header in [&own, &forged] {
        assert_eq!(stolen.rewrap(header, None), Err(Error::Unsigned));
    }
    for other in [&forged, &tracked] {
        assert_eq!(stolen.rewrap(other, Some(id(&own))), Err(Error::Decrypt));
    }
    assert_eq!(stolen.rewrap(&own, Some(id(&own))), Ok(id(&own)));
    assert_eq!(stolen.rewrap(&tracked, None), Ok(id(&tracked)));
    // Nor does the inventory take in what it would then speak for.
    for header in [&own, &forged] {
        assert_eq!(stolen.track(header), Err(Error::Unsigned));
    }
    stolen.track(&tracked).unwrap();
}

#[test]
fn values_that_others_may_have_made_open_only_where_that_is_accepted() {
    let stolen = Stolen::new();
    let own = seal(&stolen.vault, "photos", "1").unwrap();
    stolen.find_out();
    let none = Context::none();
    let forged = encrypt_value(&stolen.kek, b"2", &none, &SystemEntropy).unwrap();
    let later = seal(&stolen.vault, "photos", "3").unwrap();
    let open = |token: &str, allow| {
        let values = block_on(stolen.vault.decrypt_values(&[(token, &none)], allow));
        values.map(|mut values| values.remove(0).state)
    };
    for token in [&own, &forged] {
        assert_eq!(open(token, false), Err(Error::Unsigned));
        assert_eq!(open(token, true), Ok(VersionState::Compromised));
    }
    assert_eq!(open(&later, false), Ok(VersionState::Active));
    // One among many is enough to refuse them all.
    let many = [(&*later, &none), (&*forged, &none)];
    let refused = block_on(stolen.vault.decrypt_values(&many, false)).err();
    assert_eq!(refused, Some(Error::Unsigned));
}

#[test]
fn what_is_to_be_destroyed_stays_so_when_it_is_revoked() {
    let stolen = Stolen::new();
    let named = || Some(stolen.record.primary.to_string());
    let schedule = KeyAction::ScheduleDestroy {
        version: named(),
        after: None,
        force: false,
    };
    manage(&stolen.vault, "photos", &schedule).unwrap();
    let refused = stolen.revoke(false);
    assert_eq!(refused, Err(Error::State(VersionState::DestroyScheduled)));
    stolen.place.pass(DAY);
    let revoked = stolen.revoke(true).unwrap();
    let found = version(&revoked, 1);
    assert_eq!(found.state, VersionState::DestroyScheduled);
    assert_eq!(found.destroy_at, Some(NOW + 30 * DAY));
    assert_eq!(found.compromised_at(), Some(NOW + DAY));
    assert!(!found.allows(VersionAction::Compromise));
    assert!(stolen.revoke(true).is_err(), "twice says nothing new");
    // As it was written.
    let again = stolen.place.unlock().unwrap();
    assert_eq!(key(&again, "photos"), revoked);

    let cancelled = manage(&stolen.vault, "photos", &KeyAction::CancelDestroy(named()));
    let cancelled = cancelled.unwrap().key;
    let found = version(&cancelled, 1);
    assert_eq!(found.state, VersionState::Compromised);
    assert_eq!(found.destroy_at, None);
    manage(&stolen.vault, "photos", &schedule).unwrap();
    let destroyed = KeyAction::Destroy {
        version: named(),
        force: false,
    };
    let destroyed = manage(&stolen.vault, "photos", &destroyed).unwrap().key;
    let found = version(&destroyed, 1);
    assert_eq!(found.state, VersionState::Destroyed);
    assert_eq!(found.compromised_at(), Some(NOW + DAY));
}

#[test]
fn a_version_that_does_nothing_is_not_exported_either() {
    let place = Place::new();
    let vault = place.create();
    let record = create(&vault, "photos");
    let waiting = manage(&vault, "photos", &KeyAction::Rotate { waits: true });
    let waiting = version(&waiting.unwrap().key, 2).id.to_string();
    let first = record.primary.to_string();
    let export = |version: &str| {
        let phrase = passphrase(PHRASE);
        block_on(vault.dangerously_export("photos", Some(version), &phrase)).map(drop)
    };
    let act = |request: KeyAction| manage(&vault, "photos", &request).unwrap();
    let forbidden = |state| Err(Error::State(state));
    assert_eq!((export(&waiting), export(&first)), (Ok(()), Ok(())));
    act(KeyAction::Suspend(None));
    assert_eq!(export(&first), forbidden(VersionState::Suspended));
    act(KeyAction::Resume(None));
    act(KeyAction::Revoke {
        version: None,
        compromised: false,
    });
    assert_eq!(export(&first), Ok(()));
    act(KeyAction::ScheduleDestroy {
        version: Some(first.clone()),
        after: None,
        force: false,
    });
    assert_eq!(export(&first), forbidden(VersionState::DestroyScheduled));
    act(KeyAction::Destroy {
        version: Some(first.clone()),
        force: false,
    });
    assert_eq!(export(&first), Err(Error::NoVersion));
}
