//! Uploads that can go on.

use pollster::block_on;
use strongroom::{
    Context, Error, Result,
    base::Timestamp,
    inventory::Upload,
    keys::{KeyAction, KeyOptions},
    object::{Encryption, FileMetadata, body::RustEngine},
    store::RecordType,
    vault::Resumption,
};

use crate::fixture::{DAY, NOW, Open, Place, create, create_session, manage, options, rotate};

/// An empty file, of which there is nothing to digest.
pub fn begun(vault: &Open, key: &str) -> Encryption<RustEngine> {
    let file = FileMetadata {
        size: Some(0),
        ..FileMetadata::default()
    };
    block_on(vault.encrypt(key, &Context::none(), Some(&file))).unwrap()
}

pub fn pin(vault: &Open, object: &Encryption<RustEngine>) -> Result<()> {
    let upload = Upload {
        id: object.id.clone(),
        name: Some("film.webm".to_owned()),
        location: None,
        started: Timestamp::EPOCH,
        header: Some(object.header.as_str().map(str::to_owned)?),
        attached: true,
        pins: object.encryptor.pin(&[])?,
        note: None,
    };
    block_on(vault.pin(&upload))
}

fn resume(vault: &Open, id: &str) -> Result<Resumption<RustEngine>> {
    block_on(vault.resume(id, &Context::none(), 0))
}

#[test]
fn an_upload_is_kept_until_it_is_forgotten() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let before = place.rows().len();
    let first = begun(&vault, "photos");
    pin(&vault, &first).unwrap();
    place.pass(DAY);
    pin(&vault, &begun(&vault, "photos")).unwrap();
    let listed = block_on(vault.list_uploads());
    let started: Vec<_> = listed
        .unwrap()
        .iter()
        .map(|upload| upload.started)
        .collect();
    assert_eq!(started, [NOW, NOW + DAY]);

    block_on(vault.rotate_vault_key()).unwrap();
    rotate(&vault, "photos");
    let id = first.id.as_str();
    block_on(vault.note_upload(id, "half of it")).unwrap();
    let resumed = resume(&place.unlock().unwrap(), id).unwrap();
    assert_eq!(resumed.header.bytes(), first.header.bytes());
    assert_eq!(resumed.upload.note.as_deref(), Some("half of it"));

    for _ in 0..2 {
        block_on(vault.end_upload(id)).unwrap();
    }
    assert_eq!(resume(&vault, id).err(), Some(Error::NoUpload));
    assert_eq!(place.rows_of(RecordType::Upload).len(), 1);
    assert!(place.rows().len() > before && place.unlock().is_ok());
}

#[test]
fn an_upload_goes_on_under_versions_that_nobody_else_may_know() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let object = begun(&vault, "photos");
    pin(&vault, &object).unwrap();
    let revoke = |compromised| KeyAction::Revoke {
        version: None,
        compromised,
    };
    manage(&vault, "photos", &revoke(false)).unwrap();
    assert!(resume(&vault, object.id.as_str()).is_ok());
    manage(&vault, "photos", &revoke(true)).unwrap();
    let refused = resume(&vault, object.id.as_str()).err();
    assert!(matches!(refused, Some(Error::State(_))));
}

#[test]
fn nothing_is_kept_of_what_a_sessions_key_protects() {
    let place = Place::new();
    let vault = place.create();
    let brief: KeyOptions = options("brief");
    create_session(&vault, &brief, DAY).unwrap();
    let object = begun(&vault, "brief");
    assert_eq!(pin(&vault, &object), Err(Error::NoKey));
    assert!(place.rows_of(RecordType::Upload).is_empty());
}
