//! Finding keys: by alias, by id, by label, a page at a time.

use pollster::block_on;
use strongroom::{
    Error, Result,
    base::{InputError, Object, VersionState, base64},
    keys::{KeyAction, KeyOptions, KeyQuery, Labels, Purpose},
};

use crate::fixture::{DAY, NOW, Open, Place, create, key, manage, options, period, rotate, seal};

fn labels(members: &[(&str, &str)]) -> Labels {
    let object = members.iter().fold(Object::new(), |object, (name, value)| {
        object.with(name, *value)
    });
    Labels::new(object).unwrap()
}

fn rename(vault: &Open, key: &str, alias: &str) -> Result<String> {
    let request = KeyAction::Update {
        alias: Some(alias.parse().unwrap()),
        labels: None,
        rotate_every: None,
    };
    manage(vault, key, &request).map(|managed| managed.key.alias.to_string())
}

/// The aliases on a page, and where the next begins.
fn listed(vault: &Open, query: &KeyQuery) -> (Vec<String>, Option<String>) {
    let page = block_on(vault.list_keys(query));
    let page = page.unwrap();
    let aliases = page
        .keys
        .into_iter()
        .map(|key| key.key.alias.to_string())
        .collect();
    (aliases, page.next.map(|next| next.to_string()))
}

#[test]
fn a_renamed_key_is_found_by_its_new_alias_and_no_longer_by_its_old_one() {
    let place = Place::new();
    let vault = place.create();
    let record = create(&vault, "photos");
    let value = seal(&vault, "photos", "1").unwrap();
    assert_eq!(rename(&vault, "photos", "pictures").unwrap(), "pictures");
    for vault in [&vault, &place.unlock().unwrap()] {
        assert_eq!(key(vault, "pictures").id, record.id);
        assert_eq!(key(vault, &record.id).alias.as_str(), "pictures");
        assert_eq!(block_on(vault.key("photos")).err(), Some(Error::NoKey));
        assert_eq!(crate::fixture::open(vault, &value).unwrap(), "1");
    }
    // The old alias is free again.
    assert_ne!(create(&vault, "photos").id, record.id);
    assert_eq!(rename(&vault, "pictures", "pictures").unwrap(), "pictures");
}

#[test]
fn an_alias_that_is_taken_is_refused_and_the_key_keeps_its_own() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    create(&vault, "videos");
    assert_eq!(rename(&vault, "videos", "photos"), Err(Error::KeyExists));
    assert_eq!(key(&vault, "videos").alias.as_str(), "videos");
}

#[test]
fn of_two_handles_that_take_an_alias_at_once_one_gets_it() {
    let place = Place::new();
    let first = place.create();
    create(&first, "videos");
    for (at, renames) in [false, true].into_iter().enumerate() {
        let alias = format!("photos {at}");
        let second = place.unlock().unwrap();
        let taken = alias.clone();
        // After the first has found it free, and before it commits.
        let meanwhile = move || drop(create(&second, &taken));
        let store = &place.host.store;
        store.meanwhile.replace(Some(Box::new(meanwhile)));
        let outcome = if renames {
            rename(&first, "videos", &alias).map(drop)
        } else {
            block_on(first.create_key(&alias.parse().unwrap())).map(drop)
        };
        assert_eq!(outcome, Err(Error::KeyExists));
    }
    let aliases = listed(&first, &KeyQuery::default()).0;
    assert_eq!(aliases, ["photos 0", "photos 1", "videos"]);
}

#[test]
fn labels_are_kept_and_replaced_as_a_whole() {
    let place = Place::new();
    let vault = place.create();
    let options = KeyOptions {
        labels: labels(&[("team", "web"), ("stage", "test")]),
        ..options("photos")
    };
    block_on(vault.add_key(&options, None)).unwrap();
    rotate(&vault, "photos");
    let again = place.unlock().unwrap();
    assert_eq!(key(&again, "photos").labels, options.labels);
    let request = KeyAction::Update {
        alias: None,
        labels: Some(labels(&[("team", "app")])),
        rotate_every: None,
    };
    manage(&again, "photos", &request).unwrap();
    let found = key(&place.unlock().unwrap(), "photos").labels;
    assert_eq!((found.get("team"), found.get("stage")), (Some("app"), None));
}

#[test]
fn labels_have_bounds() {
    let long = "x".repeat(129);
    let many = (0..17).fold(Object::new(), |object, at| object.with(&at.to_string(), ""));
    for bad in [
        many,
        Object::new().with("", "x"),
        Object::new().with(&long, "x"),
        Object::new().with("x", long.as_str()),
        Object::new().with("x", 1_u64),
    ] {
        assert!(matches!(Labels::new(bad), Err(Error::Argument(_))));
    }
    let most = "x".repeat(128);
    assert!(Labels::new(Object::new().with(&most, most.as_str())).is_ok());
}

#[test]
fn a_list_has_the_keys_that_meet_all_of_what_is_asked() {
    let place = Place::new();
    let vault = place.create();
    let keys = [
        (
            "app/photos",
            Purpose::Encrypt,
            Some("P90D"),
            ("team", "web"),
        ),
        ("app/orders", Purpose::Sign, None, ("team", "web")),
        ("app/inbox", Purpose::Share, Some("P30D"), ("team", "app")),
        ("web/photos", Purpose::Encrypt, None, ("owner", "web")),
    ];
    for (alias, purpose, every, label) in keys {
        let options = KeyOptions {
            purpose,
            rotate_every: every.map(period),
            labels: labels(&[label]),
            ..options(alias)
        };
        block_on(vault.add_key(&options, None)).unwrap();
    }
    manage(&vault, "web/photos", &KeyAction::Suspend(None)).unwrap();

    let all = KeyQuery::default;
    let label = |name: &str, value: Option<&str>| KeyQuery {
        label: Some((name.to_owned(), value.map(str::to_owned))),
        ..all()
    };
    let prefix = |prefix: &str| KeyQuery {
        prefix: Some(prefix.to_owned()),
        ..all()
    };
    let due_before = |time| KeyQuery {
        due_before: Some(time),
        ..all()
    };
    let state = |state| KeyQuery {
        state: Some(state),
        ..all()
    };
    let purpose = |purpose| KeyQuery {
        purpose: Some(purpose),
        ..all()
    };
    let both = KeyQuery {
        purpose: Some(Purpose::Encrypt),
        ..prefix("app/")
    };
    let expectations: [(KeyQuery, &[&str]); 14] = [
        (
            all(),
            &["app/inbox", "app/orders", "app/photos", "web/photos"],
        ),
        (prefix("app/"), &["app/inbox", "app/orders", "app/photos"]),
        (prefix("app/o"), &["app/orders"]),
        (prefix("nothing"), &[]),
        (both, &["app/photos"]),
        (state(VersionState::Suspended), &["web/photos"]),
        (state(VersionState::Destroyed), &[]),
        (purpose(Purpose::Sign), &["app/orders"]),
        (
            label("team", None),
            &["app/inbox", "app/orders", "app/photos"],
        ),
        (label("team", Some("web")), &["app/orders", "app/photos"]),
        (label("team", Some("nobody")), &[]),
        (due_before(NOW + 30 * DAY), &[]),
        (due_before(NOW + 30 * DAY + 1), &["app/inbox"]),
        (due_before(NOW + 91 * DAY), &["app/inbox", "app/photos"]),
    ];
    for vault in [&vault, &place.unlock().unwrap()] {
        for (query, expected) in &expectations {
            assert_eq!(listed(vault, query).0, *expected, "{query:?}");
        }
    }
}

#[test]
fn pages_follow_each_other_without_a_gap_or_a_key_twice() {
    let place = Place::new();
    let vault = place.create();
    let mut aliases: Vec<_> = (0..7).map(|at| format!("key {at}")).collect();
    for alias in aliases.iter().rev() {
        create(&vault, alias);
    }
    create(&vault, "another");
    for limit in 1..=8 {
        let mut query = KeyQuery {
            prefix: Some("key".to_owned()),
            limit,
            ..KeyQuery::default()
        };
        let (mut found, mut pages) = (Vec::new(), 0);
        loop {
            let (page, next) = listed(&vault, &query);
            found.extend(page);
            pages += 1;
            query.after = next;
            if query.after.is_none() {
                break;
            }
        }
        assert_eq!((&found, pages), (&aliases, 7_usize.div_ceil(limit)));
    }
    // One that was removed from where a page begins is no obstacle.
    rename(&vault, "key 3", "moved").unwrap();
    aliases.remove(3);
    let query = KeyQuery {
        after: Some("key 3".to_owned()),
        ..KeyQuery::default()
    };
    assert_eq!(
        listed(&vault, &query).0,
        ["key 4", "key 5", "key 6", "moved"]
    );
}

#[test]
fn a_list_is_what_others_have_made_of_it() {
    let place = Place::new();
    let (first, second) = (place.create(), place.unlock().unwrap());
    create(&first, "photos");
    assert_eq!(listed(&second, &KeyQuery::default()).0, ["photos"]);
    rename(&second, "photos", "pictures").unwrap();
    manage(&second, "pictures", &KeyAction::Suspend(None)).unwrap();
    let suspended = KeyQuery {
        state: Some(VersionState::Suspended),
        ..KeyQuery::default()
    };
    assert_eq!(listed(&first, &suspended).0, ["pictures"]);
}

#[test]
fn neither_an_alias_nor_a_label_is_seen_in_the_store() {
    let place = Place::new();
    let vault = place.create();
    let options = KeyOptions {
        labels: labels(&[("department", "oncology")]),
        ..options("patients")
    };
    block_on(vault.add_key(&options, None)).unwrap();
    let backup = block_on(vault.backup()).unwrap();
    let mut seen = vec![String::from_utf8(backup).unwrap()];
    for row in place.rows() {
        seen.push(row.record_id.parts().concat());
        let text = String::from_utf8(row.bytes).unwrap();
        // What is in the clear is base64url: the address, and the statement's payload.
        for part in text.split(['"', '.']) {
            let decoded = base64::decode(part, InputError::Malformed("")).unwrap_or_default();
            seen.push(String::from_utf8_lossy(&decoded).into_owned());
        }
    }
    assert!(seen.iter().any(|text| text.contains("catalog")), "decoded");
    for text in seen {
        for secret in ["patients", "department", "oncology"] {
            assert!(!text.contains(secret));
        }
    }
}
