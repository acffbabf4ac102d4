//! Sidecars: small objects that belong to others, and are kept account of with them.

use std::rc::Rc;

use pollster::block_on;
use strongroom::{
    Context, Error, Result,
    base::{ObjectId, Sidecar, SystemEntropy},
    jose::{Envelope, Jwk, Recipient},
    keys::{KeyAction, Purpose},
    object::{Encryption, body::RustEngine, encrypt_object},
    store::RecordType,
    vault::{DecryptOptions, ObjectQuery},
};

use crate::{
    fixture::{DAY, Open, Place, create, create_for, manage, rotate, version},
    inventory::{rewrap, rewrap_kept, shred, stored, track, untrack},
};

type Made = Encryption<RustEngine>;

/// The context of an object and of its sidecars, but for what binds those to it.
fn album() -> Context {
    Context::try_from([("album", "42")]).unwrap()
}

fn of(parent: &ObjectId, name: &str) -> Context {
    let sidecar = Sidecar::new(parent.clone(), name).unwrap();
    album().of_sidecar(sidecar).unwrap()
}

fn encrypt(vault: &Open, context: &Context) -> Made {
    block_on(vault.encrypt("photos", context, None)).unwrap()
}

/// One whose header stays in the vault.
fn keep(vault: &Open, context: &Context) -> Result<Made> {
    block_on(vault.encrypt_kept("photos", context, None))
}

fn open(vault: &Open, header: &Envelope, context: &Context) -> Result<()> {
    let options = DecryptOptions::default();
    block_on(vault.decrypt(header.bytes(), context, &options)).map(drop)
}

fn open_kept(vault: &Open, id: &ObjectId, context: &Context) -> Result<()> {
    open(vault, &block_on(vault.kept_header(id.as_str()))?, context)
}

/// The ids of an object's sidecars, and what they are.
fn sidecars(vault: &Open, parent: &ObjectId, versions: Option<&[&str]>) -> Vec<(String, String)> {
    let query = ObjectQuery {
        parent: Some(parent.as_str()),
        versions,
        ..ObjectQuery::first(10)
    };
    let named = |sidecar: Option<Sidecar>| sidecar.unwrap().name().to_owned();
    let objects = block_on(vault.list_objects(&query))
        .unwrap()
        .objects
        .into_iter();
    objects
        .map(|object| (object.id.to_string(), named(object.sidecar)))
        .collect()
}

#[test]
fn a_sidecar_opens_as_what_it_is_and_as_nothing_else() {
    let vault = Place::new().create();
    create(&vault, "photos");
    let (parent, other) = (encrypt(&vault, &album()), encrypt(&vault, &album()));
    let thumbnail = of(&parent.id, "thumbnail");
    let made = encrypt(&vault, &thumbnail);
    assert!(made.id != parent.id, "it has a key of its own");
    assert_eq!(open(&vault, &made.header, &thumbnail), Ok(()));
    assert_eq!(open(&vault, &parent.header, &album()), Ok(()));
    for wrong in [
        of(&parent.id, "preview"),
        of(&other.id, "thumbnail"),
        album(),
        Context::none(),
    ] {
        assert_eq!(open(&vault, &made.header, &wrong), Err(Error::Context));
    }
    assert_eq!(
        open(&vault, &parent.header, &thumbnail),
        Err(Error::Context)
    );
}

#[test]
fn sidecars_that_are_tracked_are_found_by_their_parent() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let parent = encrypt(&vault, &album());
    let thumbnail = encrypt(&vault, &of(&parent.id, "thumbnail"));
    let preview = keep(&vault, &of(&parent.id, "preview")).unwrap();
    assert_eq!(track(&vault, parent.header.bytes(), "body").sidecar, None);
    let tracked = track(&vault, thumbnail.header.bytes(), "beside it");
    assert_eq!(tracked.sidecar.unwrap().parent(), &parent.id);
    let mut expected = [
        (thumbnail.id.as_str().to_owned(), "thumbnail".to_owned()),
        (preview.id.as_str().to_owned(), "preview".to_owned()),
    ];
    expected.sort();
    assert_eq!(sidecars(&vault, &parent.id, None), expected);
    assert_eq!(
        sidecars(&place.unlock().unwrap(), &parent.id, None),
        expected
    );
    assert_eq!(sidecars(&vault, &thumbnail.id, None), []);
    assert_eq!(sidecars(&vault, &parent.id, Some(&["nobody"])), []);
}

#[test]
fn what_a_header_says_counts_only_where_its_writer_is_proven() {
    let vault = Place::new().create();
    let inbox = create_for(&vault, "inbox", Purpose::Share);
    let public = version(&inbox, 1).public.clone().unwrap();
    let public = Jwk::parse(public.text().as_bytes()).unwrap();
    let to = [Recipient::from_jwk(&public).unwrap()];
    let parent = ObjectId::from_hash([7; 32]);
    let thumbnail = of(&parent, "thumbnail");
    let engine = Rc::new(RustEngine);
    let sealed = encrypt_object(engine, &SystemEntropy, &to, &thumbnail, None);
    let tracked = track(&vault, sealed.unwrap().header.bytes(), "here");
    assert_eq!(tracked.sidecar, None);
    assert_eq!(sidecars(&vault, &parent, None), []);
}

#[test]
fn a_sidecar_has_no_sidecars_of_its_own() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let thumbnail = of(&ObjectId::from_hash([7; 32]), "thumbnail");
    let sidecar = keep(&vault, &thumbnail).unwrap();
    let rows = place.rows();
    let refused = keep(&vault, &of(&sidecar.id, "smaller")).err();
    assert_eq!(refused, Some(Sidecar::OF_A_SIDECAR.into()));
    assert!(place.rows() == rows);
}

#[test]
fn rewrapping_moves_sidecars_like_any_object() {
    let vault = Place::new().create();
    create(&vault, "photos");
    let parent = encrypt(&vault, &album());
    let (thumbnail, preview) = (of(&parent.id, "thumbnail"), of(&parent.id, "preview"));
    let elsewhere = encrypt(&vault, &thumbnail);
    track(&vault, elsewhere.header.bytes(), "beside it");
    let kept = keep(&vault, &preview).unwrap();
    let record = rotate(&vault, "photos");
    let (old, new) = (
        version(&record, 1).id.as_str(),
        version(&record, 2).id.as_str(),
    );
    assert_eq!(sidecars(&vault, &parent.id, Some(&[old])).len(), 2);

    let moved = rewrap(&vault, elsewhere.header.bytes(), None).unwrap();
    let moved = moved.header.unwrap();
    stored(&vault, &moved).unwrap();
    rewrap_kept(&vault, kept.id.as_str()).unwrap();
    assert_eq!(sidecars(&vault, &parent.id, Some(&[old])), []);
    assert_eq!(sidecars(&vault, &parent.id, Some(&[new])).len(), 2);
    let destroy = KeyAction::Destroy {
        version: Some(old.to_owned()),
        force: false,
    };
    manage(&vault, "photos", &destroy).unwrap();
    assert_eq!(open(&vault, &moved, &thumbnail), Ok(()));
    assert_eq!(open_kept(&vault, &kept.id, &preview), Ok(()));
}

#[test]
fn a_parent_is_shredded_with_its_sidecars_in_one_step() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let parent = keep(&vault, &album()).unwrap();
    let thumbnail = of(&parent.id, "thumbnail");
    let sidecar = keep(&vault, &thumbnail).unwrap();
    let other = keep(&vault, &album()).unwrap();
    let commits = || place.host.store.commits.borrow().len();
    let before = commits();
    assert!(shred(&vault, parent.id.as_str()).unwrap().is_empty());
    assert_eq!(commits(), before + 1);
    let gone = Err(Error::NoObject);
    assert_eq!(open_kept(&vault, &parent.id, &album()), gone);
    assert_eq!(open_kept(&vault, &sidecar.id, &thumbnail), gone);
    assert_eq!(open_kept(&vault, &other.id, &album()), Ok(()));
    assert!(place.rows_of(RecordType::Sidecar).is_empty());
    assert!(place.unlock().is_ok());
}

#[test]
fn a_parent_is_not_shredded_while_its_sidecars_have_other_copies() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let parent = keep(&vault, &album()).unwrap();
    let thumbnail = of(&parent.id, "thumbnail");
    let sidecar = encrypt(&vault, &thumbnail);
    track(&vault, sidecar.header.bytes(), "beside it");
    let copies = shred(&vault, parent.id.as_str()).unwrap();
    assert!(copies.elsewhere && copies.backups.is_empty());
    assert_eq!(open_kept(&vault, &parent.id, &album()), Ok(()));

    // A sidecar alone is like any object.
    untrack(&vault, sidecar.id.as_str(), false).unwrap();
    keep(&vault, &thumbnail).unwrap();
    place.pass(DAY);
    block_on(vault.backup()).unwrap();
    let copies = shred(&vault, parent.id.as_str()).unwrap();
    assert_eq!((copies.elsewhere, copies.backups.len()), (false, 1));
    assert_eq!(sidecars(&vault, &parent.id, None).len(), 1);
}

#[test]
fn a_parent_is_not_forgotten_before_its_sidecars_unless_that_is_forced() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let parent = encrypt(&vault, &album());
    track(&vault, parent.header.bytes(), "body");
    // Without what is remembered of those that left.
    let count = || place.rows().len() - place.rows_of(RecordType::Tombstone).len();
    let empty = count();
    let beside = |name| {
        let sidecar = encrypt(&vault, &of(&parent.id, name));
        track(&vault, sidecar.header.bytes(), name);
        sidecar.id
    };
    let thumbnail = beside("thumbnail");
    let rows = place.rows();
    assert_eq!(
        untrack(&vault, parent.id.as_str(), false),
        Err(Error::InUse)
    );
    assert!(place.rows() == rows);
    untrack(&vault, thumbnail.as_str(), false).unwrap();
    assert_eq!(count(), empty);
    beside("thumbnail");
    beside("preview");
    untrack(&vault, parent.id.as_str(), true).unwrap();
    assert_eq!(count(), empty - 1);
    assert!(place.unlock().is_ok());
}
