//! From a version's generation to its destruction.

use strongroom::{
    Error, Result,
    base::{
        Context, Timestamp, VersionId,
        VersionState::{
            self, Active, Compromised, Deactivated, DestroyScheduled, Destroyed, PreActive,
            Suspended,
        },
    },
    keys::{KeyAction, KeyRecord, Purpose, Transition, VersionAction},
    store::RecordType,
    vault::DecryptOptions,
};

use crate::fixture::{
    DAY, Managed, NOW, Open, Place, create, create_for, decrypt, encrypt, key, kid_of, manage,
    open, period, rotate, seal, version,
};

/// Everything that leads to another state, of one version.
fn steps(version: &VersionId) -> [(&'static str, KeyAction); 8] {
    let version = Some(version.to_string());
    let revoke = |compromised| KeyAction::Revoke {
        version: version.clone(),
        compromised,
    };
    [
        ("activate", KeyAction::Activate(version.clone())),
        ("suspend", KeyAction::Suspend(version.clone())),
        ("resume", KeyAction::Resume(version.clone())),
        ("revoke", revoke(false)),
        ("compromise", revoke(true)),
        (
            "schedule",
            KeyAction::ScheduleDestroy {
                version: version.clone(),
                after: None,
                force: false,
            },
        ),
        ("cancel", KeyAction::CancelDestroy(version.clone())),
        (
            "destroy",
            KeyAction::Destroy {
                version: version.clone(),
                force: false,
            },
        ),
    ]
}

fn step(vault: &Open, key: &str, version: &VersionId, name: &str) -> Result<Managed> {
    let mut steps = steps(version).into_iter();
    let (_, request) = steps.find(|(step, _)| *step == name).unwrap();
    manage(vault, key, &request)
}

/// A key with one version in a state.
fn key_in(vault: &Open, alias: &str, state: VersionState) -> (Box<KeyRecord>, VersionId) {
    let mut record = create(vault, alias);
    if state == PreActive {
        record = manage(vault, alias, &KeyAction::Rotate { waits: true })
            .unwrap()
            .key;
    }
    let id = record.versions[record.versions.len() - 1].id.clone();
    let way: &[&str] = match state {
        PreActive | Active => &[],
        Suspended => &["suspend"],
        Deactivated => &["revoke"],
        Compromised => &["compromise"],
        DestroyScheduled => &["revoke", "schedule"],
        Destroyed => &["destroy"],
    };
    for name in way {
        record = step(vault, alias, &id, name).unwrap().key;
    }
    assert_eq!(record.version(&id).unwrap().state, state);
    (record, id)
}

#[test]
fn every_operation_leads_from_every_state_where_it_may_and_says_why_where_not() {
    let forbidden = |from, to| Err(Error::Transition(from, to));
    // In the order of `steps`.
    let table: [(VersionState, [core::result::Result<VersionState, Error>; 8]); 7] = [
        (
            PreActive,
            [
                Ok(Active),
                forbidden(PreActive, Suspended),
                Err(Error::State(PreActive)),
                forbidden(PreActive, Deactivated),
                Ok(Compromised),
                Ok(DestroyScheduled),
                forbidden(PreActive, PreActive),
                Ok(Destroyed),
            ],
        ),
        (
            Active,
            [
                forbidden(Active, Active),
                Ok(Suspended),
                forbidden(Active, Active),
                Ok(Deactivated),
                Ok(Compromised),
                Ok(DestroyScheduled),
                forbidden(Active, Active),
                Ok(Destroyed),
            ],
        ),
        (
            Suspended,
            [
                Err(Error::State(Suspended)),
                forbidden(Suspended, Suspended),
                Ok(Active),
                Ok(Deactivated),
                Ok(Compromised),
                Ok(DestroyScheduled),
                forbidden(Suspended, Suspended),
                Ok(Destroyed),
            ],
        ),
        (
            Deactivated,
            [
                forbidden(Deactivated, Active),
                forbidden(Deactivated, Suspended),
                forbidden(Deactivated, Active),
                forbidden(Deactivated, Deactivated),
                Ok(Compromised),
                Ok(DestroyScheduled),
                forbidden(Deactivated, Deactivated),
                Ok(Destroyed),
            ],
        ),
        (
            Compromised,
            [
                forbidden(Compromised, Active),
                forbidden(Compromised, Suspended),
                forbidden(Compromised, Active),
                forbidden(Compromised, Deactivated),
                forbidden(Compromised, Compromised),
                Ok(DestroyScheduled),
                forbidden(Compromised, Compromised),
                Ok(Destroyed),
            ],
        ),
        (
            DestroyScheduled,
            [
                forbidden(DestroyScheduled, Active),
                forbidden(DestroyScheduled, Suspended),
                forbidden(DestroyScheduled, Active),
                Err(Error::State(DestroyScheduled)),
                Ok(DestroyScheduled),
                forbidden(DestroyScheduled, DestroyScheduled),
                Ok(Deactivated),
                Ok(Destroyed),
            ],
        ),
        (
            Destroyed,
            [
                forbidden(Destroyed, Active),
                forbidden(Destroyed, Suspended),
                forbidden(Destroyed, Active),
                forbidden(Destroyed, Deactivated),
                forbidden(Destroyed, Compromised),
                forbidden(Destroyed, DestroyScheduled),
                forbidden(Destroyed, Destroyed),
                forbidden(Destroyed, Destroyed),
            ],
        ),
    ];
    let place = Place::new();
    let vault = place.create();
    for (state, outcomes) in table {
        for (at, expected) in outcomes.into_iter().enumerate() {
            let alias = format!("{} {at}", state.as_str());
            let (before, id) = key_in(&vault, &alias, state);
            let rows = place.rows();
            let (name, request) = &steps(&id)[at];
            let outcome = manage(&vault, &before.id, request);
            let found = outcome.map(|managed| managed.key.version(&id).unwrap().state);
            assert_eq!(found, expected, "{name} of a version that is {state:?}");
            let allowed = VersionAction::ALL[at].is_allowed(state);
            assert_eq!(
                allowed,
                expected.is_ok(),
                "{name} of a version that is {state:?}"
            );
            if expected.is_err() {
                assert_eq!(key(&vault, &before.id), before);
                assert!(place.rows() == rows, "{name} changed nothing");
            }
        }
    }
}

#[test]
fn every_step_keeps_its_date_its_operation_and_its_reason() {
    let place = Place::new();
    let vault = place.create();
    let (record, id) = key_in(&vault, "photos", Active);
    let mut expected = vec![transition(Active, NOW, "create", None)];
    let lived = [
        ("suspend", Suspended),
        ("resume", Active),
        ("revoke", Deactivated),
        ("compromise", Compromised),
        ("schedule", DestroyScheduled),
        ("cancel", Compromised),
        ("destroy", Destroyed),
    ];
    for (name, state) in lived {
        place.pass(DAY);
        let reason = (state == Compromised && name == "compromise").then_some("seen on a forum");
        let by = match name {
            "compromise" => "revoke",
            "schedule" => "scheduleDestroy",
            "cancel" => "cancelDestroy",
            name => name,
        };
        if reason.is_some() {
            let request = KeyAction::Revoke {
                version: Some(id.to_string()),
                compromised: true,
            };
            manage(&vault.because(reason), "photos", &request).unwrap();
        } else {
            step(&vault, "photos", &id, name).unwrap();
        }
        expected.push(transition(state, place.clock.get(), by, reason));
    }
    // As it was written, not only as it is remembered.
    let again = place.unlock().unwrap();
    let found = key(&again, &record.id);
    assert_eq!(version(&found, 1).history, expected);
    assert_eq!(version(&found, 1).compromised_at(), Some(expected[4].at));
    assert_eq!(version(&found, 1).created, NOW);
}

fn transition(state: VersionState, at: Timestamp, by: &str, reason: Option<&str>) -> Transition {
    Transition {
        state,
        at,
        by: by.to_owned(),
        reason: reason.map(str::to_owned),
    }
}

#[test]
fn what_is_in_use_is_deactivated_on_its_way_to_destruction() {
    let place = Place::new();
    let vault = place.create();
    for (name, last) in [("schedule", DestroyScheduled), ("destroy", Destroyed)] {
        let (_, id) = key_in(&vault, name, Active);
        let destroyed = step(&vault, name, &id, name).unwrap().key;
        let states: Vec<_> = version(&destroyed, 1)
            .history
            .iter()
            .map(|step| step.state)
            .collect();
        assert_eq!(states, [Active, Deactivated, last]);
    }
}

#[test]
fn a_destruction_that_is_cancelled_leads_back_to_where_it_began() {
    let place = Place::new();
    let vault = place.create();
    for (state, back) in [
        (PreActive, PreActive),
        (Active, Deactivated),
        (Suspended, Deactivated),
        (Deactivated, Deactivated),
        (Compromised, Compromised),
    ] {
        let alias = state.as_str();
        let (_, id) = key_in(&vault, alias, state);
        let scheduled = step(&vault, alias, &id, "schedule").unwrap().key;
        let found = scheduled.version(&id).unwrap();
        assert_eq!(found.destroy_at, Some(NOW + 30 * DAY));
        let cancelled = step(&vault, alias, &id, "cancel").unwrap().key;
        let found = cancelled.version(&id).unwrap();
        assert_eq!((found.state, found.destroy_at), (back, None));
    }
}

#[test]
fn only_an_active_version_protects_and_what_it_protected_opens_as_long_as_its_state_lets_it() {
    let place = Place::new();
    let vault = place.create();
    for state in VersionState::ALL {
        let alias = state.as_str();
        let opens = matches!(state, Active | Deactivated | Compromised);
        let forbidden = Error::State(state);
        if state == PreActive {
            // It never was the primary, so nothing is under it, and nothing comes under it.
            let (record, id) = key_in(&vault, alias, state);
            assert_ne!(record.primary, id);
            let kid = kid_of(&seal(&vault, alias, "1").unwrap());
            assert_eq!(kid, [record.id.as_str(), record.primary.as_str()].join("."));
            continue;
        }
        let key_id = create(&vault, alias).id;
        let object = encrypt(&vault, alias, "hello");
        let value = seal(&vault, alias, "1").unwrap();
        let id = key(&vault, alias).primary;
        let way: &[&str] = match state {
            Suspended => &["suspend"],
            Deactivated => &["revoke"],
            Compromised => &["compromise"],
            DestroyScheduled => &["schedule"],
            Destroyed => &["destroy"],
            PreActive | Active => &[],
        };
        for name in way {
            step(&vault, alias, &id, name).unwrap();
        }
        let expected = if state == Active {
            Ok(())
        } else {
            Err(forbidden.clone())
        };
        let sealed = seal(&vault, &key_id, "2").map(drop);
        assert_eq!(sealed, expected, "{state:?}");
        let expected = match state {
            // It opens where that is accepted: see `compromised.rs`.
            Compromised => Err(Error::Unsigned),
            _ if opens => Ok(()),
            _ => Err(forbidden.clone()),
        };
        assert_eq!(open(&vault, &value).map(drop), expected, "{state:?}");
        let opened = decrypt(&vault, &object.header, &object.body);
        assert_eq!(opened.map(drop), expected, "{state:?}");
    }
}

#[test]
fn a_compromised_version_says_so_when_it_opens() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let object = encrypt(&vault, "photos", "hello");
    let state = |vault: &Open| {
        let options = DecryptOptions {
            allow_unsigned: true,
            ..DecryptOptions::default()
        };
        let context = Context::none();
        let opened = pollster::block_on(vault.decrypt(&object.header, &context, &options));
        opened.unwrap().state
    };
    assert_eq!(state(&vault), Some(Active));
    let id = key(&vault, "photos").primary;
    step(&vault, "photos", &id, "compromise").unwrap();
    assert_eq!(state(&vault), Some(Compromised));
}

#[test]
fn a_suspended_version_that_another_followed_is_resumed_to_open_only() {
    let place = Place::new();
    let vault = place.create();
    let (_, first) = key_in(&vault, "photos", Suspended);
    let rotated = rotate(&vault, "photos");
    assert_eq!(rotated.version(&first).unwrap().state, Suspended);
    let resumed = step(&vault, "photos", &first, "resume").unwrap().key;
    assert_eq!(resumed.version(&first).unwrap().state, Deactivated);
    assert_eq!(resumed.primary_version().state, Active);
    assert_ne!(resumed.primary, first);
}

#[test]
fn a_revoked_key_protects_again_once_it_is_rotated() {
    let place = Place::new();
    let vault = place.create();
    let (_, first) = key_in(&vault, "photos", Compromised);
    assert_eq!(seal(&vault, "photos", "1"), Err(Error::State(Compromised)));
    let rotated = rotate(&vault, "photos");
    assert!(seal(&vault, "photos", "1").is_ok());
    assert_eq!(rotated.version(&first).unwrap().state, Compromised);
}

#[test]
fn a_destroyed_versions_material_is_erased_and_its_tombstone_stays() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let old = seal(&vault, "photos", "1").unwrap();
    let record = rotate(&vault, "photos");
    let (first, second) = (&version(&record, 1).id, &version(&record, 2).id);
    step(&vault, "photos", first, "destroy").unwrap();
    let rows = place.rows_of(RecordType::Version);
    let left: Vec<_> = rows.iter().map(|row| &row.record_id.version).collect();
    assert_eq!(left, [second.as_str()]);

    let again = place.unlock().unwrap();
    let tombstone = key(&again, "photos");
    assert_eq!(tombstone.versions.len(), 2);
    assert_eq!(version(&tombstone, 1).state, Destroyed);
    assert_eq!(open(&again, &old), Err(Error::State(Destroyed)));
}

#[test]
fn a_key_all_of_whose_versions_are_destroyed_remembers_its_name_and_takes_no_new_version() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    rotate(&vault, "photos");
    let whole = KeyAction::Destroy {
        version: None,
        force: false,
    };
    let destroyed = manage(&vault, "photos", &whole).unwrap().key;
    let states: Vec<_> = destroyed.versions.iter().map(|one| one.state).collect();
    assert_eq!(states, [Destroyed, Destroyed]);
    assert!(place.rows_of(RecordType::Version).is_empty());
    for request in [whole, KeyAction::Rotate { waits: false }] {
        let refused = manage(&vault, &destroyed.id, &request).err();
        assert_eq!(refused, Some(Error::State(Destroyed)));
    }
    assert_eq!(key(&vault, &destroyed.id).alias.as_str(), "photos");
    assert!(place.unlock().is_ok());
}

#[test]
fn a_whole_key_is_scheduled_though_one_version_is_already_which_keeps_its_date() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let record = rotate(&vault, "photos");
    let schedule = |version: Option<&VersionId>, after: &str| KeyAction::ScheduleDestroy {
        version: version.map(VersionId::to_string),
        after: Some(period(after)),
        force: false,
    };
    let first = Some(&version(&record, 1).id);
    manage(&vault, "photos", &schedule(first, "P90D")).unwrap();
    let scheduled = manage(&vault, "photos", &schedule(None, "P7D"))
        .unwrap()
        .key;
    let dates: Vec<_> = scheduled
        .versions
        .iter()
        .map(|one| one.destroy_at.unwrap())
        .collect();
    assert_eq!(dates, [NOW + 90 * DAY, NOW + 7 * DAY]);
    let again = manage(&vault, "photos", &schedule(None, "P7D")).err();
    assert_eq!(again, Some(Error::State(DestroyScheduled)));
    let cancelled = manage(&vault, "photos", &KeyAction::CancelDestroy(None))
        .unwrap()
        .key;
    let states: Vec<_> = cancelled.versions.iter().map(|one| one.state).collect();
    assert_eq!(states, [Deactivated, Deactivated]);
}

#[test]
fn a_destruction_waits_for_a_day_to_a_year_unless_it_is_forced() {
    let place = Place::new();
    let vault = place.create();
    for (at, (after, force, waits)) in [
        (None, false, Some(30 * DAY)),
        (Some("P1D"), false, Some(DAY)),
        (Some("P365D"), false, Some(365 * DAY)),
        (Some("PT23H59M59S"), false, None),
        (Some("P365DT1S"), false, None),
        (Some("PT1S"), true, Some(1000)),
        (Some("P2Y"), true, Some(730 * DAY)),
    ]
    .into_iter()
    .enumerate()
    {
        let alias = at.to_string();
        create(&vault, &alias);
        let request = KeyAction::ScheduleDestroy {
            version: None,
            after: after.map(period),
            force,
        };
        let outcome = manage(&vault, &alias, &request);
        let found = outcome.map(|managed| managed.key.destroy_at());
        match waits {
            Some(waits) => assert_eq!(found, Ok(Some(NOW + waits))),
            None => assert!(matches!(found, Err(Error::Argument(_)))),
        }
    }
}

#[test]
fn what_is_not_there_is_told() {
    let place = Place::new();
    let vault = place.create();
    let photos = create(&vault, "photos");
    let videos = create(&vault, "videos");
    let nobody = "AAAAAAAAAAAAAAAAAAAAAA";
    for version in [&nobody.parse().unwrap(), &videos.primary] {
        for (name, request) in steps(version) {
            let refused = manage(&vault, &photos.id, &request).err();
            assert_eq!(refused, Some(Error::NoVersion), "{name}");
        }
    }
    for missing in ["pictures", nobody] {
        let refused = manage(&vault, missing, &KeyAction::Suspend(None)).err();
        assert_eq!(refused, Some(Error::NoKey));
    }
    let refused = manage(&vault, "photos", &KeyAction::Activate(None)).err();
    assert_eq!(refused, Some(Error::NoVersion), "none waits");
}

#[test]
fn keys_that_sign_and_share_live_as_others_do() {
    let place = Place::new();
    let vault = place.create();
    for purpose in [Purpose::Sign, Purpose::Share] {
        let alias = purpose.as_str();
        create_for(&vault, alias, purpose);
        let rotated = rotate(&vault, alias);
        let states: Vec<_> = rotated.versions.iter().map(|one| one.state).collect();
        assert_eq!(states, [Deactivated, Active]);
        let publics: Vec<_> = rotated.versions.iter().map(|one| &one.public).collect();
        assert!(publics[0].is_some() && publics[0] != publics[1]);
    }
}
