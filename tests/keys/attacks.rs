//! What a store can answer that is not what the vault wrote, and which reads find it out: all of them, from the first.
//!
//! A table of attacks on what each operation reads. In each cell the operation says either that the vault was changed
//! from outside, or what is true; never what the attacker put there.

use std::cell::Cell;

use pollster::block_on;
use strongroom::{
    Context, Error, Result,
    base::{InputError, base64},
    keys::{KeyAction, KeyQuery},
    store::{RecordId, RecordType, Row},
    vault::{ExpectedVault, Header, ObjectQuery},
};

use crate::{
    fixture::{
        DAY, Open, PHRASE, Place, create, encrypt, genesis, manage, passphrase, period, rotate,
        seal,
    },
    material::Chosen,
    scale::large,
};

/// Rows that the attacker has: those of a moment before, those of now, and those of a vault of their own.
struct Known {
    before: Vec<Row>,
    after: Vec<Row>,
    intruders: Vec<Row>,
}

/// What was done to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attack {
    /// Nothing: what is true.
    None,
    /// A vault of the attacker's that has the same id.
    AnotherVault,
    /// Genuine rows that stand where others belong.
    AnotherKey,
    /// Rows of a moment before, the pages that prove them among them.
    OldRows,
    /// Rows of a moment before, with the pages of now.
    OldRowsUnderNewPages,
    /// Rows that were removed.
    Removed,
}

const ATTACKS: [Attack; 5] = [
    Attack::AnotherVault,
    Attack::AnotherKey,
    Attack::OldRows,
    Attack::OldRowsUnderNewPages,
    Attack::Removed,
];

/// Types that an attack is on: an unlock has read the others.
fn is_aim(kind: RecordType) -> bool {
    use RecordType::{Catalog, Key, Object, Usage, Version};
    matches!(kind, Catalog | Key | Object | Usage | Version)
}

impl Attack {
    fn strike(self, place: &Place, known: &Known) {
        let of_kind = |rows: &[Row], aim: &dyn Fn(RecordType) -> bool| {
            let aimed = rows.iter().filter(|row| aim(row.record_id.kind));
            aimed.cloned().collect::<Vec<_>>()
        };
        let fresh = |old: &[Row]| -> Vec<RecordId> {
            let now = place.rows().into_iter().map(|row| row.record_id);
            now.filter(|at| is_aim(at.kind) && old.iter().all(|row| row.record_id != *at))
                .collect()
        };
        let is_proof = |kind| matches!(kind, RecordType::Page | RecordType::Directory);
        match self {
            Self::None => {}
            Self::AnotherVault => {
                let all: Vec<_> = place.rows().into_iter().map(|row| row.record_id).collect();
                place.write_unnoticed(&known.intruders, &all);
            }
            Self::AnotherKey => place.write_unnoticed(&swapped(&known.after), &[]),
            Self::OldRows => {
                let old = of_kind(&known.before, &|kind| is_aim(kind) || is_proof(kind));
                place.write_unnoticed(&old, &fresh(&known.before));
            }
            Self::OldRowsUnderNewPages => {
                place.write_unnoticed(&of_kind(&known.before, &is_aim), &fresh(&known.before));
            }
            Self::Removed => place.write_unnoticed(&[], &fresh(&[])),
        }
    }
}

/// Each row with the bytes of its neighbour of the same type.
fn swapped(rows: &[Row]) -> Vec<Row> {
    let mut swapped: Vec<Row> = Vec::new();
    for pair in rows.windows(2) {
        if pair[0].record_id.kind == pair[1].record_id.kind && is_aim(pair[0].record_id.kind) {
            swapped.push(Row {
                record_id: pair[0].record_id.clone(),
                ..pair[1].clone()
            });
        }
    }
    swapped
}

type Operation = (&'static str, fn(&Place, &Open) -> Result<String>);

/// Everything that reads a store.
const OPERATIONS: [Operation; 11] = [
    ("unlock", |place, _| {
        let again = place.unlock()?;
        block_on(again.key("s/photos")).map(|key| key.primary_version().state.as_str().to_owned())
    }),
    ("second unlock", |_, vault| {
        block_on(vault.confirm(&passphrase(PHRASE), &ExpectedVault::default()))
            .map(|_| "confirmed".to_owned())
    }),
    ("re-authentication", |_, vault| {
        let exported = block_on(vault.dangerously_export("s/open", None, &passphrase(PHRASE)))?;
        Ok(exported.thumbprint().as_str().to_owned())
    }),
    ("refresh", |place, vault| {
        // Somebody says that something was written.
        place.write(&[], &[]);
        block_on(vault.head()).map(|seen| seen.0)
    }),
    ("survey", |_, vault| {
        block_on(vault.survey()).map(|()| "whole".to_owned())
    }),
    ("index", |_, vault| {
        let under = seal(vault, "s/photos", "1");
        let moved = block_on(vault.key("s/moved")).map(|key| key.id.to_string());
        let gone = block_on(vault.key("s/before")).map(|key| key.id.to_string());
        Ok(format!(
            "{:?} {} {}",
            under.map(drop),
            said(moved)?,
            said(gone)?
        ))
    }),
    ("lookup", |_, vault| {
        let id = block_on(vault.key("s/open"))?.id.to_string();
        let key = block_on(vault.key(&id))?;
        Ok(format!("{} {}", key.alias, key.versions.len()))
    }),
    ("list", |_, vault| {
        let query = KeyQuery {
            prefix: Some("s/".to_owned()),
            limit: 100,
            ..KeyQuery::default()
        };
        let page = block_on(vault.list_keys(&query))?;
        let keys = page.keys.iter().map(|info| {
            let key = &info.key;
            format!("{} {}", key.alias, key.primary_version().state.as_str())
        });
        Ok(keys.collect::<Vec<_>>().join(", "))
    }),
    ("dependents", |_, vault| {
        let destroy = KeyAction::Destroy {
            version: None,
            force: false,
        };
        let outcome = manage(vault, "s/photos", &destroy).map(|_| "destroyed".to_owned());
        said(outcome)
    }),
    ("inventory", |_, vault| {
        let page = block_on(vault.list_objects(&ObjectQuery::first(10)))?;
        let at = page.objects.iter().map(|object| object.location.clone());
        Ok(format!("{} {:?}", page.total, at.collect::<Vec<_>>()))
    }),
    ("timer", |_, vault| {
        let done = block_on(vault.tick())?;
        Ok(format!("{} {}", done.rotated.len(), done.destroyed.len()))
    }),
];

/// What was found, or why nothing was, unless it is that something was changed from outside.
fn said(outcome: Result<String>) -> Result<String> {
    match outcome {
        Err(error @ (Error::Integrity(_) | Error::NoVault)) => Err(error),
        Err(error) => Ok(error.code().to_owned()),
        found => found,
    }
}

/// A vault that something happened in since the attacker copied its rows.
fn lived(rows: &[Row]) -> Known {
    let place = Place::of(rows);
    let vault = place.unlock().unwrap();
    for alias in ["s/before", "s/open", "s/photos"] {
        create(&vault, alias);
    }
    let track = |at: &'static str| {
        let object = encrypt(&vault, "s/photos", "hello");
        let header = strongroom::jose::Envelope::parse(&object.header).unwrap();
        block_on(vault.track(&Header::Given(header), None, Some(at), None)).unwrap();
    };
    track("here");
    let before = place.rows();
    track("there");
    rotate(&vault, "s/open");
    let rename = KeyAction::Update {
        alias: Some("s/moved".parse().unwrap()),
        labels: None,
        rotate_every: Some(Some(period("P1D"))),
    };
    manage(&vault, "s/before", &rename).unwrap();
    manage(&vault, "s/photos", &KeyAction::Suspend(None)).unwrap();
    Known {
        before,
        after: place.rows(),
        intruders: intruders(&vault),
    }
}

/// The rows of a vault that has the same id, and keys of the same names.
fn intruders(genuine: &Open) -> Vec<Row> {
    let id = base64::decode_array(genuine.id().as_str(), InputError::Malformed("an id")).unwrap();
    let place = Place::of(&genesis(&Chosen(Cell::new(Some(id))), &["intruder"]));
    let vault = place.unlock_with("intruder").unwrap();
    for alias in ["s/before", "s/open", "s/photos"] {
        create(&vault, alias);
        block_on(vault.encrypt_value(alias, b"1", &Context::none())).unwrap();
    }
    place.rows()
}

/// One row of the table: the operations that were refused.
fn row(known: &Known, attack: Attack, surveyed: bool) -> Vec<&'static str> {
    let mut refused = Vec::new();
    for (name, operation) in OPERATIONS {
        // By a handle that has read nothing since it was unlocked, or surveyed.
        let found = |attack: Attack| {
            let place = Place::of(&known.after);
            let vault = place.unlock().unwrap();
            if surveyed {
                block_on(vault.survey()).unwrap();
            }
            place.pass(2 * DAY);
            attack.strike(&place, known);
            operation(&place, &vault)
        };
        match found(attack) {
            Err(Error::Integrity(_) | Error::NoVault | Error::WrongFactor) => refused.push(name),
            outcome => assert_eq!(outcome, found(Attack::None), "{name} under {attack:?}"),
        }
    }
    refused
}

#[test]
fn a_large_vault_finds_out_each_attack_by_the_read_that_it_is_on() {
    let known = lived(large());
    for surveyed in [false, true] {
        for attack in ATTACKS {
            let refused = row(&known, attack, surveyed);
            let mut expected = vec![
                "unlock",
                "index",
                "lookup",
                "list",
                "dependents",
                "inventory",
                "timer",
            ];
            match attack {
                Attack::AnotherVault => {
                    expected = OPERATIONS.map(|(name, _)| name).to_vec();
                }
                _ => expected.extend(["survey", "re-authentication"]),
            }
            let missed = expected.iter().filter(|name| !refused.contains(name));
            assert_eq!(
                missed.collect::<Vec<_>>(),
                Vec::<&&str>::new(),
                "{attack:?}"
            );
        }
    }
}

#[test]
fn a_small_vault_reads_its_rows_once_and_finds_out_each_attack_when_it_reads_again() {
    let rows = {
        let place = Place::new();
        drop(place.create());
        place.rows()
    };
    let known = lived(&rows);
    for attack in ATTACKS {
        let refused = row(&known, attack, true);
        for reads in ["unlock", "refresh"] {
            assert!(
                refused.contains(&reads),
                "{reads} under {attack:?}: {refused:?}"
            );
        }
    }
}

#[test]
fn without_an_attack_nothing_is_refused() {
    assert_eq!(
        row(&lived(large()), Attack::None, false),
        Vec::<&str>::new()
    );
}
