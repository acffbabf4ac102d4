//! Vaults of more records than an unlock reads: operations read what they need, and do the same.

use std::sync::OnceLock;

use pollster::block_on;
use strongroom::{
    Context, Error, Result,
    base::Sidecar,
    jose::Envelope,
    keys::{KeyAction, KeyQuery, Purpose},
    store::{RecordType, Row},
    vault::{Header, ObjectQuery, RewrapOptions},
};

use crate::fixture::{
    DAY, Open, PHRASE, Place, create, create_for, decrypt, encrypt, manage, name, open, passphrase,
    period, seal,
};

/// Above what is read whole by an unlock.
const LARGE: usize = 1000;

/// The rows of a large vault, made once.
pub fn large() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let place = Place::new();
        let vault = place.create();
        for at in 0..400 {
            create(&vault, &format!("key {at:03}"));
        }
        let rows = place.rows();
        assert!(rows.len() > LARGE, "{}", rows.len());
        rows
    })
}

#[test]
fn unlocking_reads_the_same_however_many_keys_there_are() {
    let place = Place::of(large());
    place.host.store.reads.take();
    let vault = place.unlock().unwrap();
    // To find the vault, and to open it: with the audit log's two keys.
    assert_eq!(place.host.store.reads.take(), [1, 12]);
    assert!(!vault.surveyed().unwrap());
    seal(&vault, "key 007", "1").unwrap();
    let reads = place.host.store.reads.take();
    // A shard with the page and the directory that prove it; a key, with its page where that is another; a version, which
    // the key's page proves.
    assert!(reads == [3, 2, 1] || reads == [3, 1, 1], "{reads:?}");
    seal(&vault, "key 007", "1").unwrap();
    assert!(place.host.store.reads.take().is_empty());
}

#[test]
fn a_change_reads_and_writes_no_more_than_it_is_about() {
    let place = Place::of(large());
    let vault = place.unlock().unwrap();
    let pages = || place.rows_of(RecordType::Page).len();
    let (store, before) = (&place.host.store, pages());
    block_on(vault.write_log()).unwrap();
    store.reads.take();
    store.commits.take();
    create(&vault, "another");
    let (commits, reads) = (store.commits.take(), store.reads.take());
    // Key, version, shard, head and the audit log's entry; the page of the first two, the shard's where that is another, and their directory; and
    // where there is one page more now, that one and the one that it shares rows with.
    let more = 2 * (pages() - before);
    assert!((7..=8 + more).contains(&commits[0]), "{commits:?}");
    assert!(reads.iter().sum::<usize>() <= 4 + more, "{reads:?}");
}

/// What was found: texts, without the ids and times that differ from vault to vault.
type Found = Vec<String>;

/// A life, each step by whichever handle `vault` gives; what is found on the way.
fn live(place: &Place, vault: &dyn Fn() -> std::rc::Rc<Open>) -> Found {
    let mut found = Found::new();
    let mut note = |what: &str, outcome: Result<String>| {
        let outcome = outcome.unwrap_or_else(|error| error.code().to_owned());
        found.push(format!("{what}: {outcome}"));
    };
    let states = |vault: &Open, request: &KeyAction| {
        let managed = manage(vault, "s/photos", request)?;
        let states = managed.key.versions.iter().map(|one| one.state.as_str());
        let states = states.collect::<Vec<_>>().join(" ");
        let report = managed.consequences;
        let report = report.map(|report| (report.objects, report.backups.len()));
        Ok(format!("{states} {report:?}"))
    };
    create(&vault(), "s/photos");
    create_for(&vault(), "s/orders", Purpose::Sign);
    let again = block_on(vault().create_key(&"s/photos".parse().unwrap()));
    note("taken", again.map(|_| String::new()));
    let value = seal(&vault(), "s/photos", "1").unwrap();
    let object = encrypt(&vault(), "s/photos", "hello");
    let header = Envelope::parse(&object.header).unwrap();
    let given = Header::Given(header);
    let track = block_on(vault().track(&given, None, Some("here"), Some(5)));
    note(
        "track",
        track.map(|object| format!("{:?}", object.location)),
    );
    let kept = block_on(vault().encrypt_kept("s/photos", &Context::none(), None));
    let kept = kept.unwrap().id;
    note(
        "rotate",
        states(&vault(), &KeyAction::Rotate { waits: false }),
    );
    note("old value", open(&vault(), &value));
    note(
        "old object",
        decrypt(&vault(), &object.header, &object.body),
    );
    note("suspend", states(&vault(), &KeyAction::Suspend(None)));
    note(
        "seal",
        seal(&vault(), "s/photos", "2").map(|_| String::new()),
    );
    note("resume", states(&vault(), &KeyAction::Resume(None)));
    let first = block_on(vault().key("s/photos")).unwrap().versions[0]
        .id
        .to_string();
    let destroy = KeyAction::Destroy {
        version: Some(first.clone()),
        force: false,
    };
    note("needed", states(&vault(), &destroy));
    let held = Header::Kept(kept.as_str().to_owned());
    let rewrap = block_on(vault().rewrap(&held, &RewrapOptions::default()));
    note(
        "rewrap",
        rewrap.map(|rewrapped| rewrapped.header.is_some().to_string()),
    );
    let moved = block_on(vault().rewrap(&given, &RewrapOptions::default()));
    let moved = moved.unwrap().header.unwrap();
    let stored = block_on(vault().rewrapped(&Header::Given(moved.clone())));
    note("stored", stored.map(|stored| stored.to_string()));
    let of_first = ObjectQuery {
        versions: Some(&[&first]),
        ..ObjectQuery::first(10)
    };
    let objects = block_on(vault().list_objects(&of_first)).and_then(|old| {
        let all = block_on(vault().list_objects(&ObjectQuery::first(1)))?;
        let (old, more) = (old.total, all.next.is_some());
        Ok(format!("{old} {} {more}", all.total))
    });
    note("objects", objects);
    let keep = |context: &Context| {
        let kept = vault();
        block_on(kept.encrypt_kept("s/photos", context, None))
            .unwrap()
            .id
    };
    let parent = keep(&Context::none());
    let thumbnail = Sidecar::new(parent.clone(), "thumbnail").unwrap();
    keep(&Context::none().of_sidecar(thumbnail).unwrap());
    let beside = || {
        let query = ObjectQuery {
            parent: Some(parent.as_str()),
            ..ObjectQuery::first(10)
        };
        let listed = vault();
        block_on(listed.list_objects(&query)).map(|page| page.total.to_string())
    };
    note("sidecars", beside());
    let shredded = block_on(vault().shred(parent.as_str()));
    note(
        "shredded",
        shredded.map(|copies| copies.is_empty().to_string()),
    );
    note("no sidecars", beside());
    let backup = block_on(vault().backup());
    note("backup", backup.map(|backup| backup.is_empty().to_string()));
    let schedule = KeyAction::ScheduleDestroy {
        version: Some(first),
        after: Some(period("P7D")),
        force: false,
    };
    note("schedule", states(&vault(), &schedule));
    place.pass(7 * DAY);
    let done = block_on(vault().tick());
    note(
        "tick",
        done.map(|done| format!("{} {}", done.rotated.len(), done.destroyed.len())),
    );
    let update = KeyAction::Update {
        alias: Some("s/pictures".parse().unwrap()),
        labels: None,
        rotate_every: Some(Some(period("P1D"))),
    };
    note(
        "rename",
        manage(&vault(), "s/photos", &update).map(|managed| managed.key.alias.to_string()),
    );
    note(
        "gone",
        block_on(vault().key("s/photos")).map(|_| String::new()),
    );
    place.pass(DAY);
    let done = block_on(vault().tick());
    note(
        "tick",
        done.map(|done| format!("{} {}", done.rotated.len(), done.destroyed.len())),
    );
    let token = block_on(vault().sign("s/orders", None, b"x")).unwrap();
    let verified = block_on(vault().verify(&token, Some("s/orders")));
    note(
        "verify",
        verified.map(|verified| verified.state.as_str().to_owned()),
    );
    let exported = block_on(vault().dangerously_export("s/orders", None, &passphrase(PHRASE)));
    note("export", exported.map(|jwk| jwk.is_secret().to_string()));
    block_on(vault().rotate_vault_key()).unwrap();
    // Handles of before are told; these are new.
    let query = KeyQuery {
        prefix: Some("s/".to_owned()),
        limit: 1,
        ..KeyQuery::default()
    };
    let listed = block_on(vault().list_keys(&query));
    note(
        "list",
        listed.map(|page| format!("{} {:?}", page.keys[0].key.alias, page.next)),
    );
    let shred = block_on(vault().shred(kept.as_str()));
    note(
        "shred",
        shred.map(|copies| copies.backups.len().to_string()),
    );
    let opened = decrypt(&vault(), moved.bytes(), &object.body);
    note("moved object", opened);
    note(
        "survey",
        block_on(vault().survey()).map(|()| "whole".to_owned()),
    );
    found
}

#[test]
fn a_life_is_the_same_on_a_small_vault_a_large_one_and_one_that_is_read_anew_for_each_step() {
    let small = Place::new();
    let vault = std::rc::Rc::new(small.create());
    let expected = live(&small, &|| vault.clone());
    assert!(
        expected.iter().all(|found| !found.contains("STORAGE")),
        "{expected:?}"
    );
    assert!(expected.contains(&"taken: ERR_KEY_EXISTS".to_owned()));
    assert!(expected.contains(&"needed: ERR_IN_USE".to_owned()));

    let warm = Place::of(large());
    let vault = std::rc::Rc::new(warm.unlock().unwrap());
    assert_eq!(block_on(vault.keys()).unwrap().len(), 400);
    assert_eq!(live(&warm, &|| vault.clone()), expected);

    let cold = Place::of(large());
    let anew = || std::rc::Rc::new(cold.unlock().unwrap());
    assert_eq!(live(&cold, &anew), expected);
    assert!(cold.rows().len() > LARGE);
}

#[test]
fn a_list_of_many_keys_has_every_one_in_order() {
    let place = Place::of(large());
    let vault = place.unlock().unwrap();
    let aliases: Vec<_> = block_on(vault.keys())
        .unwrap()
        .into_iter()
        .map(|key| key.key.alias.to_string())
        .collect();
    let expected: Vec<_> = (0..400).map(|at| format!("key {at:03}")).collect();
    assert_eq!(aliases, expected);
    assert_eq!(name().as_str(), "acme");
}

#[test]
fn a_large_vault_has_all_its_records_under_a_new_vault_key_at_once() {
    let place = Place::of(large());
    let vault = place.unlock().unwrap();
    place.host.store.commits.take();
    block_on(vault.rotate_vault_key()).unwrap();
    let factors = place.rows_of(RecordType::Factor).len();
    assert_eq!(
        place.host.store.commits.take(),
        [place.rows().len() - factors + 1],
        "and the audit log's entries"
    );
    let again = place.unlock().unwrap();
    assert_eq!(again.generation().unwrap(), 2);
    block_on(again.survey()).unwrap();
    assert_eq!(block_on(vault.keys()).unwrap().len(), 400);
}

#[test]
fn a_record_of_the_old_generation_in_a_large_vault_is_refused_where_it_is_used() {
    let place = Place::of(large());
    let vault = place.unlock().unwrap();
    block_on(vault.rotate_vault_key()).unwrap();
    let old: Vec<_> = large()
        .iter()
        .filter(|row| {
            matches!(
                row.record_id.kind,
                RecordType::Key | RecordType::Version | RecordType::Catalog
            )
        })
        .cloned()
        .collect();
    place.write_unnoticed(&old, &[]);
    let again = place.unlock().unwrap();
    let refused = Err(Error::Integrity(
        "records that the head does not account for",
    ));
    assert_eq!(seal(&again, "key 007", "1").map(drop), refused);
}
