//! How many sidecars an object may have.

use super::*;
use crate::{
    base::ObjectId,
    records::MacKey,
    vault::{Header, manifest::ManifestDraft},
};

fn id() -> ObjectId {
    Jwk::oct(Secret::generate(&ENTROPY).expect("entropy")).thumbprint()
}

fn place(parent: &ObjectId, at: usize) -> RecordId {
    RecordId {
        version: at.to_string(),
        ..RecordId::new(RecordType::Sidecar, parent.as_str())
    }
}

/// A vault with a key, and a parent with so many sidecars, which were added in one commit.
fn with_sidecars(parent: &ObjectId, many: usize) -> Open {
    let (rows, factor) = vault();
    let keyring = open(rows.clone(), &factor).expect("a genuine vault");
    let made = unlocked(rows, keyring);
    block_on(made.create_key(&"photos".parse().expect("an alias"))).expect("a new key");
    let filled = made.change_unasked("fill", async |tx| {
        for at in 0..many {
            tx.insert(place(parent, at), Object::new());
        }
        Ok(())
    });
    block_on(filled).expect("room for as many");
    made
}

#[test]
fn one_sidecar_more_than_an_object_may_have_is_refused_and_changes_nothing() {
    let parent = id();
    let vault = with_sidecars(&parent, Sidecar::MAX_OF_ONE - 1);
    let sidecar = Sidecar::new(parent, "page-1").expect("a name");
    let context = Context::none().of_sidecar(sidecar).expect("a context");
    let add = || block_on(vault.encrypt_kept("photos", &context, None)).map(|made| made.header);
    let last = add().expect("the last one that has room");
    let before = all_rows(&vault);

    let refused = add().expect_err("one more");
    assert!(matches!(refused, Error::TooLarge(_)), "{refused:?}");
    let loose = block_on(vault.encrypt("photos", &context, None)).expect("no record of it is kept");
    let header = Header::Given(loose.header.clone());
    let refused = block_on(vault.track(&header, None, None, None)).expect_err("one more");
    assert!(matches!(refused, Error::TooLarge(_)), "{refused:?}");
    assert_eq!(all_rows(&vault), before);

    // What is there may still change, and leave.
    let last = last.jkt().expect("an object's header").clone();
    let kept = Header::Kept(last.as_str().to_owned());
    block_on(vault.track(&kept, None, Some("elsewhere"), None)).expect("no more than before");
    block_on(vault.untrack(last.as_str(), true)).expect("it is there");
    add().expect("there is room again");
    block_on(vault.survey()).expect("all rows are accounted for");
}

#[test]
fn sidecars_of_several_parents_on_one_page_leave_room_for_others() {
    let key = MacKey::fixed();
    let mut draft = ManifestDraft::empty(1);
    let none = ManifestCache::default();
    let mut added = 0;
    for parent in [id(), id()] {
        for at in 0..6000 {
            let place = place(&parent, at);
            draft
                .add(&place, &[7; 32], &key, &none)
                .expect("a free place");
            added += 1;
            let fits = draft.fits(&place, &key);
            assert_eq!(fits.is_ok(), added <= 11_000, "{added}: {fits:?}");
        }
    }
    let large = draft.seal(
        &none,
        &key,
        &RecordCipher {
            vault: &"AAAAAAAAAAAAAAAAAAAAAA".parse().expect("a vault id"),
            generation: 1,
            key: &VaultKey::generate(&ENTROPY).expect("entropy").0,
        },
        &ENTROPY,
    );
    assert!(large.is_ok(), "rows that are no sidecars have room besides");
}
