//! What was taken out of the inventory stays out: no copy of the vault, and no backup of before, brings it back.

use pollster::block_on;
use strongroom::{
    Context, Error,
    base::Sidecar,
    object::FileMetadata,
    store::RecordType,
    vault::{Header, ObjectQuery, Others},
};

use crate::{
    fixture::{DAY, OTHER_PHRASE, Open, PHRASE, Place, ago, create, encrypt, passphrase},
    inventory::{keep, open_kept, shred, track, untrack},
    merge::{NOBODY, backup, elsewhere, merge, merge_with},
    uploads::pin,
};

/// The same vault in a copied profile: no backup of it was given out.
fn copy(place: &Place) -> (Place, Open) {
    let copied = Place::of(&place.rows());
    let vault = copied.unlock().unwrap();
    (copied, vault)
}

/// The ids of the inventory's objects.
fn listed(vault: &Open) -> Vec<String> {
    let found = block_on(vault.list_objects(&ObjectQuery::first(1000))).unwrap();
    let ids = found.objects.iter().map(|object| object.id.to_string());
    ids.collect()
}

/// Where an object is, as the inventory has it.
fn at(vault: &Open, id: &str) -> String {
    let found = block_on(vault.list_objects(&ObjectQuery::first(1000))).unwrap();
    let mut objects = found.objects.into_iter();
    let object = objects.find(|object| object.id.as_str() == id).unwrap();
    object.location.unwrap()
}

/// An object of which the vault keeps the header, and the upload, with a sidecar like that: their ids.
fn with_sidecar(vault: &Open) -> (String, String) {
    let file = FileMetadata {
        size: Some(0),
        ..FileMetadata::default()
    };
    let kept =
        |context: Context| block_on(vault.encrypt_kept("photos", &context, Some(&file))).unwrap();
    let parent = kept(Context::none());
    pin(vault, &parent).unwrap();
    let sidecar = Sidecar::new(parent.id.clone(), "thumbnail").unwrap();
    let small = kept(Context::none().of_sidecar(sidecar).unwrap());
    (parent.id.to_string(), small.id.to_string())
}

/// Whether anything that is stored has that text where it stands.
fn shows(place: &Place, id: &str) -> bool {
    let mut rows = place.rows().into_iter();
    rows.any(|row| row.record_id.id.contains(id) || row.record_id.version.contains(id))
}

#[test]
fn an_object_that_was_shredded_does_not_come_back_with_its_header() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let (id, body) = keep(&vault, "photos");
    let (_profile, before) = copy(&place);
    assert!(shred(&vault, &id).unwrap().is_empty());

    let report = merge(&vault, &backup(&before)).unwrap();
    assert_eq!((report.objects, report.tombstones), (0, 1));
    assert_eq!(listed(&vault), Vec::<String>::new());
    assert_eq!(open_kept(&vault, &id, &body), Err(Error::NoObject));
    assert!(!shows(&place, &id), "nothing shows which object it was");
    // Nor does it once more, or after another unlock.
    let again = place.unlock().unwrap();
    assert_eq!(merge(&again, &backup(&before)).unwrap().objects, 0);
    assert_eq!(open_kept(&again, &id, &body), Err(Error::NoObject));
}

#[test]
fn an_object_that_was_forgotten_does_not_come_back_and_another_one_does() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let (gone, stays) = (
        encrypt(&vault, "photos", "a"),
        encrypt(&vault, "photos", "b"),
    );
    track(&vault, &gone.header, "a");
    let (_other, theirs) = elsewhere(&backup(&vault));
    track(&theirs, &stays.header, "b");
    untrack(&vault, &gone.id, false).unwrap();

    let report = merge(&vault, &backup(&theirs)).unwrap();
    assert_eq!((report.objects, report.tombstones), (1, 1));
    assert_eq!(listed(&vault), std::slice::from_ref(&stays.id));
}

#[test]
fn what_the_other_copy_shredded_is_erased_here_with_its_sidecars_and_upload() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let (parent, small) = with_sidecar(&vault);
    assert_eq!(place.rows_of(RecordType::Upload).len(), 1);
    let (stays, _) = keep(&vault, "photos");
    let (other, theirs) = copy(&place);
    assert!(shred(&theirs, &parent).unwrap().is_empty());
    assert!(!shows(&other, &parent));

    let report = merge(&vault, &backup(&theirs)).unwrap();
    assert_eq!(
        (report.removed, report.objects, report.tombstones),
        (2, 0, 0)
    );
    assert_eq!(listed(&vault), [stays]);
    assert!(!shows(&place, &parent) && !shows(&place, &small));
    let unlocked = place.unlock().unwrap();
    block_on(unlocked.survey()).unwrap();
    // Passed on: a third copy of before brings neither back.
    let (_third, third) = copy(&place);
    assert_eq!(merge(&third, &backup(&vault)).unwrap().removed, 0);
    assert_eq!(listed(&third).len(), 1);
}

#[test]
fn an_object_that_is_tracked_anew_lives_again_on_every_copy() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let object = encrypt(&vault, "photos", "a file");
    track(&vault, &object.header, "old");
    let before = backup(&vault);
    let (_other, theirs) = elsewhere(&before);
    // On the clock of a device that stands behind.
    for location in ["new", "newer"] {
        untrack(&vault, &object.id, false).unwrap();
        place.clock.set(ago(DAY));
        track(&vault, &object.header, location);
    }

    let report = merge(&theirs, &backup(&vault)).unwrap();
    assert_eq!((report.removed, report.objects), (0, 1));
    assert_eq!(at(&theirs, &object.id), "newer");
    // The copy of before neither takes it away nor says where it was.
    let report = merge(&vault, &before).unwrap();
    assert_eq!((report.objects, report.tombstones), (0, 1));
    assert_eq!(at(&vault, &object.id), "newer");
    // And a copy that has the tombstone alone does not take it away.
    let (_third, third) = elsewhere(&before);
    untrack(&third, &object.id, false).unwrap();
    assert_eq!(merge(&third, &backup(&vault)).unwrap().objects, 1);
    assert_eq!(merge(&vault, &backup(&third)).unwrap().removed, 0);
    assert_eq!(at(&third, &object.id), at(&vault, &object.id));
}

#[test]
fn a_backup_that_proves_nothing_takes_nothing_away() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let (kept, body) = keep(&vault, "photos");
    let object = encrypt(&vault, "photos", "a file");
    track(&vault, &object.header, "here");
    let (_other, theirs) = elsewhere(&backup(&vault));
    untrack(&theirs, &kept, true).unwrap();
    untrack(&theirs, &object.id, false).unwrap();
    let file = backup(&theirs);
    block_on(vault.rotate_vault_key()).unwrap();

    let report = merge_with(&vault, &file, OTHER_PHRASE).unwrap();
    assert!(!report.proven);
    assert_eq!((report.removed, report.tombstones), (0, 0));
    assert!(place.rows_of(RecordType::Tombstone).is_empty());
    assert_eq!(open_kept(&vault, &kept, &body).unwrap(), "hello");
    assert_eq!(listed(&vault).len(), 2);
}

#[test]
fn tombstones_outlive_rotations_a_compromised_factor_and_a_restore() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let gone: Vec<_> = (0..40).map(|_| keep(&vault, "photos").0).collect();
    for id in &gone[1..] {
        untrack(&vault, id, true).unwrap();
    }
    let shards = |place: &Place| -> Vec<_> {
        let rows = place.rows_of(RecordType::Tombstone).into_iter();
        rows.map(|row| row.record_id.id).collect()
    };
    let before = shards(&place);
    assert!(
        (30..=39).contains(&before.len()),
        "one record for each shard"
    );
    block_on(vault.rotate_vault_key()).unwrap();
    assert_eq!(shards(&place), before);
    let stolen = block_on(vault.factors()).unwrap().pop().unwrap();
    let present = passphrase(PHRASE);
    let (id, others) = (stolen.id.as_str(), Others::default());
    block_on(vault.revoke_compromised_factor(id, &present, others, &NOBODY)).unwrap();
    assert_ne!(shards(&place), before, "another key finds other shards");

    let (_restored, restored) = elsewhere(&backup(&vault));
    block_on(restored.survey()).unwrap();
    untrack(&vault, &gone[0], true).unwrap();
    let report = merge(&restored, &backup(&vault)).unwrap();
    assert_eq!((report.objects, report.removed), (0, 1));
    assert_eq!(listed(&restored), Vec::<String>::new());
}

/// Says where an object of the inventory is.
fn relocate(vault: &Open, id: &str, location: &str) {
    let known = Header::Kept(id.to_owned());
    block_on(vault.track(&known, None, Some(location), None)).unwrap();
}

#[test]
fn what_was_said_last_of_an_object_that_was_entered_anew_stays() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let object = encrypt(&vault, "photos", "a file");
    track(&vault, &object.header, "old");
    let (_other, theirs) = elsewhere(&backup(&vault));
    for at in 0..8 {
        relocate(&theirs, &object.id, &format!("there {at}"));
    }
    untrack(&vault, &object.id, false).unwrap();
    track(&vault, &object.header, "new");
    merge(&theirs, &backup(&vault)).unwrap();
    for location in ["newer", "newest"] {
        relocate(&vault, &object.id, location);
    }
    merge(&vault, &backup(&theirs)).unwrap();
    merge(&theirs, &backup(&vault)).unwrap();
    assert_eq!(at(&vault, &object.id), "newest");
    assert_eq!(at(&theirs, &object.id), "newest");
}

#[test]
fn a_merge_is_no_change_of_what_is_said() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let object = encrypt(&vault, "photos", "a file");
    track(&vault, &object.header, "old");
    let file = backup(&vault);
    let said = |locations: &[&str]| {
        let (place, vault) = elsewhere(&file);
        for location in locations {
            relocate(&vault, &object.id, location);
        }
        (place, vault)
    };
    let copies = || (said(&["a"]), said(&["z"]), said(&["b", "c"]));
    let ((_, a), (_, b), (_, c)) = copies();
    merge(&a, &backup(&b)).unwrap();
    merge(&a, &backup(&c)).unwrap();
    let ((_, d), (_, e), (_, f)) = copies();
    merge(&e, &backup(&f)).unwrap();
    merge(&d, &backup(&e)).unwrap();
    assert_eq!(at(&a, &object.id), "c");
    assert_eq!(at(&d, &object.id), "c");
}

#[test]
fn a_sidecar_of_what_the_other_copy_shredded_goes_with_it() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let (parent, _) = with_sidecar(&vault);
    let (_other, theirs) = copy(&place);
    let (_third, third) = copy(&place);
    assert!(shred(&theirs, &parent).unwrap().is_empty());
    // Made where nobody knew of that yet.
    let preview = Sidecar::new(parent.parse().unwrap(), "preview").unwrap();
    let context = Context::none().of_sidecar(preview).unwrap();
    block_on(vault.encrypt_kept("photos", &context, None)).unwrap();
    assert_eq!(listed(&vault).len(), 3);

    merge(&theirs, &backup(&vault)).unwrap();
    assert_eq!(listed(&theirs), Vec::<String>::new());
    merge(&third, &backup(&vault)).unwrap();
    assert_eq!(listed(&third).len(), 3);
    for late in [&vault, &third] {
        assert_eq!(merge(late, &backup(&theirs)).unwrap().removed, 3);
        assert_eq!(listed(late), Vec::<String>::new());
    }
}

#[test]
fn what_is_pending_stays_with_an_object_that_is_entered_anew_and_goes_with_one_that_is_gone() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let (parent, _) = with_sidecar(&vault);
    let (other, theirs) = copy(&place);
    let header = block_on(theirs.kept_header(&parent)).unwrap();
    untrack(&theirs, &parent, true).unwrap();
    assert!(other.rows_of(RecordType::Upload).is_empty());
    track(&theirs, header.bytes(), "anew");
    merge(&vault, &backup(&theirs)).unwrap();
    assert_eq!(place.rows_of(RecordType::Upload).len(), 1);
    untrack(&theirs, &parent, true).unwrap();
    merge(&vault, &backup(&theirs)).unwrap();
    assert!(place.rows_of(RecordType::Upload).is_empty());
}
