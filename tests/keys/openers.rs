//! Vaults that take two factors at once: nothing less opens them, whatever a store says.

use std::rc::Rc;

use pollster::block_on;
use strongroom::{
    Error, Result,
    base::{DeviceFault, SystemEntropy},
    factors::{Passkey, Present, RecoveryKit, RecoveryShares, ThisDevice, Together},
    keys::KeyAction,
    records::{FactorKind, FactorPair},
    store::{self, RecordType, Row},
    vault::{ExpectedVault, FactorInfo, Others, Vault},
};

use crate::{
    fixture::{
        NOW, OTHER_PHRASE, Open, PHRASE, Place, create, key, manage, name, open, passphrase, seal,
    },
    passkey::{Desk, passkey},
};

const STRANGE: &str = "a guess";

fn pair() -> FactorPair {
    FactorPair::new(&[FactorKind::Passphrase, FactorKind::Passkey]).unwrap()
}

fn together(first: impl Present + 'static, second: impl Present + 'static) -> Together {
    Together::new(Box::new(first), Box::new(second))
}

/// A passphrase and a passkey.
fn both() -> Together {
    together(passphrase(PHRASE), passkey())
}

fn kit() -> RecoveryKit {
    RecoveryKit::generate(&SystemEntropy).unwrap()
}

/// A place with authenticators.
fn place() -> (Place, Desk) {
    let desk = Desk::default();
    (Place::with(Box::new(desk.clone())), desk)
}

struct Fixture {
    place: Place,
    desk: Desk,
    kit: RecoveryKit,
    vault: Open,
}

fn make(place: &Place, factors: &[&dyn Present], pair: Option<FactorPair>) -> Result<Open> {
    let made = Vault::create_requiring(place.host.clone(), name(), factors, pair);
    block_on(made)
}

fn made(pair: Option<FactorPair>) -> Fixture {
    let ((place, desk), kit) = (place(), kit());
    let vault = make(&place, &[&passphrase(PHRASE), &passkey(), &kit], pair).unwrap();
    desk.0.asked.take();
    Fixture {
        place,
        desk,
        kit,
        vault,
    }
}

/// A vault that takes both, and a kit that opens it alone.
fn vault() -> Fixture {
    made(Some(pair()))
}

fn unlock(place: &Place, present: &dyn Present) -> Result<Open> {
    let vault = block_on(Vault::open(place.host.clone(), name())).unwrap();
    block_on(vault.unlock(present, None))
}

fn require(vault: &Open, pair: Option<FactorPair>, present: &dyn Present) -> Result<u64> {
    let required = vault.require_factors(pair, present, &|_, _| Ok(()));
    block_on(required).map(|rotated| rotated.generation)
}

fn add(vault: &Open, present: &dyn Present, new: &dyn Present) -> Result<FactorInfo> {
    block_on(vault.add_factor(present, new, None, &|_, _| Ok(())))
}

fn revoke(vault: &Open, id: &str, present: &dyn Present) -> Result<()> {
    block_on(vault.revoke_factor(id, present, &|_, _| Ok(()))).map(drop)
}

fn replace(vault: &Open, id: &str, present: &dyn Present, new: &dyn Present) -> Result<FactorInfo> {
    block_on(vault.replace_factor(id, present, new, None, &|_, _| Ok(())))
}

fn list(vault: &Open) -> Vec<FactorInfo> {
    block_on(vault.factors()).unwrap()
}

fn id_of(vault: &Open, kind: &str) -> String {
    let all = list(vault);
    let found = all.iter().find(|factor| factor.kind == kind);
    found.unwrap().id.to_string()
}

fn statement(place: &Place) -> serde_json::Value {
    let row = place.rows_of(RecordType::Statement).remove(0);
    let text = String::from_utf8(row.bytes).unwrap();
    let payload = text.split('.').nth(1).unwrap();
    let malformed = strongroom::base::InputError::Malformed("a payload");
    serde_json::from_slice(&strongroom::base::base64::decode(payload, malformed).unwrap()).unwrap()
}

/// What is missing, by what an unlock says.
fn missing(place: &Place, present: &dyn Present) -> &'static str {
    match unlock(place, present).err() {
        Some(Error::SecondFactor(kind)) => kind,
        other => panic!("{other:?}"),
    }
}

fn same(rows: &[Row], others: &[Row]) -> bool {
    let sorted = |rows: &[Row]| {
        let mut rows = rows.to_vec();
        rows.sort_by(|a, b| a.record_id.cmp(&b.record_id));
        rows
    };
    sorted(rows) == sorted(others)
}

#[test]
fn both_open_it_in_any_order_and_the_kit_alone() {
    let Fixture {
        place, kit, vault, ..
    } = vault();
    create(&vault, "photos");
    let token = seal(&vault, "photos", "1").unwrap();
    let swapped = together(passkey(), passphrase(PHRASE));
    for present in [&both() as &dyn Present, &swapped, &kit] {
        let vault = unlock(&place, present).unwrap();
        assert_eq!(open(&vault, &token).unwrap(), "1");
        assert_eq!(block_on(vault.required()), Ok(Some(pair())));
    }
    let stated = statement(&place);
    assert_eq!(stated["requires"], 2);
    let openers = serde_json::json!([["passphrase", "passkey"], ["recovery-kit"]]);
    assert_eq!(stated["openers"], openers);
    assert_eq!(stated["envelopes"][0], stated["envelope"]);
}

#[test]
fn one_factor_alone_opens_nothing_and_nobody_is_asked_for_it() {
    let Fixture {
        place, desk, vault, ..
    } = vault();
    create(&vault, "photos");
    let (phrase, key) = (passphrase(PHRASE), passkey());
    let two_phrases = together(passphrase(PHRASE), passphrase(PHRASE));
    let two_keys = together(passkey(), passkey());
    for (present, kind) in [
        (&phrase as &dyn Present, "passkey"),
        (&key, "passphrase"),
        (&two_phrases, "passkey"),
        (&two_keys, "passphrase"),
    ] {
        assert_eq!(missing(&place, present), kind);
        let needed = Some(Error::SecondFactor(kind));
        let before = place.rows();
        assert_eq!(add(&vault, present, &passphrase("new")).err(), needed);
        let id = id_of(&vault, "recovery-kit");
        assert_eq!(revoke(&vault, &id, present).err(), needed);
        let replaced = replace(&vault, &id, present, &kit()).err();
        assert_eq!(replaced, needed);
        let others = Others::default();
        let compromised = vault.revoke_compromised_factor(&id, present, others, &|_, _| Ok(()));
        assert_eq!(block_on(compromised).err(), needed);
        let exported = block_on(vault.dangerously_export("photos", None, present));
        assert_eq!(exported.err(), needed);
        assert_eq!(require(&vault, None, present).err(), needed);
        let confirmed = block_on(vault.confirm(present, &ExpectedVault::default()));
        assert_eq!(confirmed.err(), needed);
        assert_eq!(
            block_on(vault.rehearse(present, &|_, _| Ok(()))).err(),
            needed
        );
        assert!(same(&place.rows(), &before));
    }
    assert!(desk.0.asked.take().is_empty());
}

#[test]
fn paper_is_given_alone() {
    let Fixture { place, kit, .. } = vault();
    let words = kit.words();
    let kit = || RecoveryKit::from_words(&words).unwrap();
    for present in [
        together(passphrase(PHRASE), kit()),
        together(kit(), passkey()),
        together(kit(), kit()),
    ] {
        let refused = unlock(&place, &present).err();
        assert!(matches!(refused, Some(Error::Argument(_))), "{refused:?}");
    }
    let device = ThisDevice::new(Rc::clone(&place.host.clock));
    let refused = unlock(&place, &device).err();
    let reason = Error::ThisDevice(DeviceFault::TwoNeeded);
    assert_eq!(refused, Some(reason));
}

#[test]
fn which_of_the_two_was_wrong_is_not_told_and_both_are_asked() {
    let Fixture { place, desk, .. } = vault();
    let strangers = || Passkey::new("app.example".to_owned().try_into().unwrap(), 0);
    let wrong_phrase = unlock(&place, &together(passphrase(STRANGE), strangers())).err();
    assert_eq!(desk.0.asked.take(), [1]);
    desk.0.unstable.set(true);
    let wrong_key = unlock(&place, &both()).err();
    let wrong_both = unlock(&place, &together(passkey(), passphrase(STRANGE))).err();
    assert_eq!(desk.0.asked.take(), [1, 1]);
    assert_eq!(
        [wrong_phrase, wrong_key, wrong_both],
        [const { Some(Error::WrongFactor) }; 3]
    );
    // One event for each attempt, not one for each factor.
    desk.0.unstable.set(false);
    let vault = unlock(&place, &both()).unwrap();
    place.take_events();
    let guess = together(passphrase(STRANGE), passkey());
    let confirmed = block_on(vault.confirm(&guess, &ExpectedVault::default()));
    assert_eq!(confirmed.err(), Some(Error::WrongFactor));
    let told: Vec<_> = place.take_events();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].error, Some(Error::WrongFactor));
}

#[test]
fn the_report_names_both() {
    let Fixture { place, kit, .. } = vault();
    let vault = block_on(Vault::open(place.host.clone(), name())).unwrap();
    let any = ExpectedVault::default();
    let report = |present: &dyn Present| {
        block_on(vault.unlock_watched(present, &any, &|_, _| Ok(())))
            .unwrap()
            .1
    };
    let told = report(&both());
    assert_eq!(told.factor.kind, "passphrase");
    assert_eq!(told.second.unwrap().kind, "passkey");
    let told = report(&kit);
    assert_eq!(
        (told.factor.kind.as_str(), told.second),
        ("recovery-kit", None)
    );
}

#[test]
fn create_refuses_what_would_not_be_opened_or_opened_otherwise() {
    let (phrase, key) = (passphrase(PHRASE), passkey());
    let lasting = |place: &Place| ThisDevice::new(Rc::clone(&place.host.clock));
    let refused = |factors: &[&dyn Present]| {
        let (place, desk) = place();
        let refused = make(&place, factors, Some(pair())).err();
        assert_eq!(desk.0.credentials.borrow().len(), 0, "nobody was asked");
        assert_eq!(place.rows(), []);
        refused.unwrap()
    };
    let kit = kit();
    let last = Error::LastOfPair;
    assert_eq!(refused(&[&phrase, &key]), last("recovery-kit"));
    assert_eq!(refused(&[&phrase, &kit]), last("passkey"));
    assert_eq!(refused(&[&key, &kit]), last("passphrase"));
    assert_eq!(refused(&[]), last("passphrase"));
    let (other, _) = place();
    let device = lasting(&other);
    let reason = Error::ThisDevice(DeviceFault::TwoNeeded);
    assert_eq!(refused(&[&phrase, &key, &kit, &device]), reason);

    let (place, _) = place_with_shares();
    assert_eq!(missing(&place, &phrase), "passkey");
}

/// A vault whose recovery shares open it alone.
fn place_with_shares() -> (Place, RecoveryShares) {
    let (place, _) = place();
    let shares = RecoveryShares::split(2, 3, &SystemEntropy).unwrap();
    let words: Vec<_> = shares.mnemonics().collect();
    make(
        &place,
        &[&passphrase(PHRASE), &passkey(), &shares],
        Some(pair()),
    )
    .unwrap();
    let two = words.iter().take(2).map(|words| words.as_str());
    let two = RecoveryShares::from_mnemonics(two).unwrap();
    (place, two)
}

#[test]
fn shares_open_it_alone_too() {
    let (place, two) = place_with_shares();
    let vault = unlock(&place, &two).unwrap();
    let kit = kit();
    add(&vault, &two, &kit).unwrap();
    assert!(unlock(&place, &kit).is_ok());
    let openers = serde_json::json!([
        ["passphrase", "passkey"],
        ["recovery-kit"],
        ["recovery-shares"]
    ]);
    assert_eq!(statement(&place)["openers"], openers);
    revoke(&vault, &id_of(&vault, "recovery-shares"), &both()).unwrap();
    assert_eq!(statement(&place)["openers"].as_array().unwrap().len(), 2);
    assert!(unlock(&place, &kit).is_ok());
}

#[test]
fn the_last_one_of_each_kind_stays() {
    let Fixture { vault, .. } = vault();
    let last = |kind: &str| {
        let id = id_of(&vault, kind);
        revoke(&vault, &id, &both()).err()
    };
    for kind in ["passphrase", "passkey", "recovery-kit"] {
        let refused = last(kind);
        assert!(matches!(refused, Some(Error::LastOfPair(named)) if named == kind));
        assert_eq!(refused.unwrap().code(), "ERR_LAST_FACTOR");
    }
    let replaced = replace(&vault, &id_of(&vault, "passkey"), &both(), &passphrase("b"));
    assert_eq!(replaced.err(), Some(Error::LastOfPair("passkey")));
    add(&vault, &both(), &passphrase(OTHER_PHRASE)).unwrap();
    assert_eq!(last("passphrase"), None);
    let other = together(passphrase(OTHER_PHRASE), passkey());
    let refused = revoke(&vault, &id_of(&vault, "passphrase"), &other).err();
    assert_eq!(refused, Some(Error::LastOfPair("passphrase")));
}

#[test]
fn what_is_added_or_replaced_takes_its_place_at_its_level() {
    let Fixture {
        place, kit, vault, ..
    } = vault();
    add(&vault, &both(), &passphrase(OTHER_PHRASE)).unwrap();
    let other = || together(passphrase(OTHER_PHRASE), passkey());
    assert!(unlock(&place, &other()).is_ok());
    assert_eq!(missing(&place, &passphrase(OTHER_PHRASE)), "passkey");
    let two_phrases = together(passphrase(PHRASE), passphrase(OTHER_PHRASE));
    assert_eq!(missing(&place, &two_phrases), "passkey");
    // Another passkey, by the kit alone.
    add(&vault, &kit, &passkey()).unwrap();
    assert_eq!(list(&vault).len(), 5);
    assert!(unlock(&place, &both()).is_ok());

    let phrase = list(&vault).remove(0).id.to_string();
    replace(&vault, &phrase, &both(), &passphrase("new")).unwrap();
    let vault = unlock(&place, &together(passphrase("new"), passkey())).unwrap();
    assert_eq!(unlock(&place, &both()).err(), Some(Error::WrongFactor));
    assert!(unlock(&place, &other()).is_ok());
    block_on(vault.rotate_vault_key()).unwrap();
    assert!(unlock(&place, &other()).is_ok());
    assert!(unlock(&place, &kit).is_ok());
    assert_eq!(missing(&place, &passphrase("new")), "passkey");
}

#[test]
fn a_device_is_no_way_in() {
    let Fixture { place, vault, .. } = vault();
    let device = ThisDevice::new(Rc::clone(&place.host.clock));
    let before = place.rows();
    let reason = Error::ThisDevice(DeviceFault::TwoNeeded);
    assert_eq!(add(&vault, &both(), &device).err(), Some(reason.clone()));
    let phrase = id_of(&vault, "passphrase");
    let replaced = replace(&vault, &phrase, &both(), &device).err();
    assert_eq!(replaced, Some(reason));
    assert!(same(&place.rows(), &before));
}

#[test]
fn turning_it_on_gives_new_keys_and_turning_it_off_a_new_vault_key() {
    let Fixture {
        place, kit, vault, ..
    } = made(None);
    create(&vault, "photos");
    let old = key(&vault, "photos").primary.clone();
    let token = seal(&vault, "photos", "1").unwrap();
    assert_eq!(require(&vault, Some(pair()), &both()), Ok(2));
    let rotated = key(&vault, "photos");
    assert_ne!(rotated.primary, old);
    assert_eq!(rotated.version(&old).unwrap().state.as_str(), "deactivated");
    assert_eq!(open(&vault, &token).unwrap(), "1");
    assert_eq!(block_on(vault.required()), Ok(Some(pair())));
    assert_eq!(missing(&place, &passphrase(PHRASE)), "passkey");
    let listed = block_on(vault.list_keys(&Default::default())).unwrap();
    assert_eq!(listed.keys.len(), 1);
    block_on(vault.survey()).unwrap();

    for present in [&both() as &dyn Present, &kit] {
        let vault = unlock(&place, present).unwrap();
        assert_eq!(open(&vault, &token).unwrap(), "1");
        block_on(vault.survey()).unwrap();
    }
    // Off: by the kit alone, or by both.
    let vault = unlock(&place, &both()).unwrap();
    assert_eq!(require(&vault, None, &kit), Ok(3));
    assert_eq!(key(&vault, "photos").primary, rotated.primary);
    assert_eq!(block_on(vault.required()), Ok(None));
    for present in [&passphrase(PHRASE) as &dyn Present, &passkey(), &kit] {
        assert_eq!(
            open(&unlock(&place, present).unwrap(), &token).unwrap(),
            "1"
        );
    }
    let stated = statement(&place);
    assert_eq!(stated["requires"], 1);
    assert_eq!(
        (stated.get("openers"), stated.get("envelopes")),
        (None, None)
    );
}

/// Who has one of the factors, and a copy of before, has the material of all versions that there were.
#[test]
fn no_version_of_before_protects_once_it_is_on() {
    let Fixture { vault, .. } = made(None);
    for alias in ["suspended", "waiting", "doomed", "revoked"] {
        create(&vault, alias);
    }
    let act = |key: &str, action| manage(&vault, key, &action).unwrap();
    let ids = |alias: &str| -> Vec<String> {
        let key = key(&vault, alias);
        key.versions
            .iter()
            .map(|version| version.id.to_string())
            .collect()
    };
    act("suspended", KeyAction::Suspend(None));
    act(
        "revoked",
        KeyAction::Revoke {
            version: None,
            compromised: false,
        },
    );
    act("waiting", KeyAction::Rotate { waits: true });
    act("doomed", KeyAction::Rotate { waits: true });
    let doomed = ids("doomed").remove(1);
    act(
        "doomed",
        KeyAction::ScheduleDestroy {
            version: Some(doomed.clone()),
            after: None,
            force: false,
        },
    );
    let before = ["suspended", "waiting", "doomed", "revoked"].map(ids);

    require(&vault, Some(pair()), &both()).unwrap();
    let state = |alias: &str, version: &str| {
        let key = key(&vault, alias);
        key.find_version(version).unwrap().state.as_str()
    };
    // Suspended it stays, with other material; and what was suspended does not protect again.
    let suspended = key(&vault, "suspended");
    assert_eq!(suspended.versions.len(), 2);
    assert_eq!(suspended.primary_version().state.as_str(), "suspended");
    act("suspended", KeyAction::Resume(None));
    act("suspended", KeyAction::Resume(Some(before[0][0].clone())));
    assert_eq!(state("suspended", &before[0][0]), "deactivated");
    assert_eq!(
        key(&vault, "suspended").primary_version().state.as_str(),
        "active"
    );
    // What waits is never activated, now or once its destruction is cancelled.
    assert_eq!(state("waiting", &before[1][1]), "compromised");
    assert_eq!(
        manage(&vault, "waiting", &KeyAction::Activate(None)).err(),
        Some(Error::NoVersion)
    );
    act("doomed", KeyAction::CancelDestroy(Some(doomed)));
    assert_eq!(state("doomed", &before[2][1]), "compromised");
    // What nobody can use again has no other version.
    assert_eq!(ids("revoked"), before[3]);
    for (alias, old) in ["suspended", "waiting", "doomed", "revoked"]
        .iter()
        .zip(&before)
    {
        let key = key(&vault, alias);
        let primary = key.primary_version();
        assert!(
            !primary.state.protects() || !old.contains(&primary.id.to_string()),
            "{alias}"
        );
    }
    block_on(vault.survey()).unwrap();
}

#[test]
fn factors_that_were_presented_remember_who_signs_after_a_compromise() {
    let Fixture {
        place, kit, vault, ..
    } = made(None);
    let thief = add(
        &vault,
        &passphrase(PHRASE),
        &passphrase("a thief's own words"),
    )
    .unwrap();
    let new = self::kit();
    let others = Others {
        keep: None,
        kit: Some(&new),
    };
    let (id, phrase) = (thief.id.as_str(), passphrase(PHRASE));
    block_on(vault.revoke_compromised_factor(id, &phrase, others, &|_, _| Ok(()))).unwrap();
    assert!(unlock(&place, &kit).is_err());
    let behind = |vault: &Open| list(vault).iter().filter(|factor| !factor.pinned).count();
    assert_eq!(behind(&vault), 1, "the passkey");
    require(&vault, Some(pair()), &both()).unwrap();
    assert_eq!(behind(&vault), 0);
    assert_eq!(behind(&unlock(&place, &both()).unwrap()), 0);
}

/// It has factors of one kind, and the vault takes two by now.
#[test]
fn a_backup_of_before_there_were_two_is_merged_by_what_opens_it() {
    let (place, _desk) = place();
    let vault = make(&place, &[&passphrase(PHRASE)], None).unwrap();
    create(&vault, "photos");
    let backup = block_on(vault.backup()).unwrap();
    add(&vault, &passphrase(PHRASE), &passkey()).unwrap();
    add(&vault, &passphrase(PHRASE), &kit()).unwrap();
    require(&vault, Some(pair()), &both()).unwrap();
    let merge =
        |present: &dyn Present| block_on(vault.merge(&backup, Some(present), &|_, _| Ok(())));
    assert!(merge(&passphrase(PHRASE)).is_ok());
    assert_eq!(merge(&both()).err(), Some(Error::NoFactor));
}

#[test]
fn turning_it_on_takes_both_and_a_recovery_factor() {
    let Fixture {
        place, kit, vault, ..
    } = made(None);
    let before = place.rows();
    let on = |present: &dyn Present| require(&vault, Some(pair()), present).err();
    assert_eq!(
        on(&passphrase(PHRASE)),
        Some(Error::SecondFactor("passkey"))
    );
    assert_eq!(on(&passkey()), Some(Error::SecondFactor("passphrase")));
    assert!(matches!(on(&kit), Some(Error::Argument(_))));
    let wrong = together(passphrase(STRANGE), passkey());
    assert_eq!(on(&wrong), Some(Error::WrongFactor));
    let already = require(&vault, None, &passphrase(PHRASE)).err();
    assert!(matches!(already, Some(Error::Argument(_))));
    assert!(same(&place.rows(), &before));

    let kinds: [(&[&dyn Present], Error); 3] = [
        (
            &[&passphrase(PHRASE), &passkey()],
            Error::LastOfPair("recovery-kit"),
        ),
        (&[&passphrase(PHRASE), &kit], Error::LastOfPair("passkey")),
        (&[&passkey(), &kit], Error::LastOfPair("passphrase")),
    ];
    for (factors, refused) in kinds {
        let (place, _) = self::place();
        let vault = make(&place, factors, None).unwrap();
        assert_eq!(require(&vault, Some(pair()), &both()).err(), Some(refused));
    }
}

#[test]
fn whoever_gives_two_expects_a_vault_that_takes_both() {
    let Fixture { place, vault, .. } = made(None);
    let plain = place.rows();
    let refused = unlock(&place, &both()).err();
    assert!(matches!(refused, Some(Error::Argument(_))), "{refused:?}");
    // The whole of an older copy: one factor opens it, as it did then, and two do not.
    require(&vault, Some(pair()), &both()).unwrap();
    let seen = block_on(vault.head()).unwrap();
    place.replay(&plain);
    assert!(matches!(
        unlock(&place, &both()).err(),
        Some(Error::Argument(_))
    ));
    let older = block_on(Vault::open(place.host.clone(), name())).unwrap();
    let refused = block_on(older.unlock(&passphrase(PHRASE), Some(&seen))).err();
    assert!(matches!(refused, Some(Error::Integrity(_))), "{refused:?}");
    // What is open is not fooled by it.
    let refused = add(&vault, &both(), &passphrase("new")).err();
    assert!(refused.is_some());
}

#[test]
fn a_vault_key_or_statement_of_before_is_refused() {
    let Fixture {
        place, kit, vault, ..
    } = made(None);
    let plain = place.rows();
    require(&vault, Some(pair()), &both()).unwrap();
    let now = place.rows();
    let of = |kinds: &[RecordType]| -> Vec<Row> {
        let rows = plain.iter();
        let rows = rows.filter(|row| kinds.contains(&row.record_id.kind));
        rows.cloned().collect()
    };
    use RecordType::{Factor, Statement, VaultKey};
    let sets: [&[RecordType]; 5] = [
        &[VaultKey],
        &[Statement],
        &[VaultKey, Statement],
        &[VaultKey, Statement, Factor],
        &[Factor],
    ];
    for kinds in sets {
        place.replay(&now);
        place.write(&of(kinds), &[]);
        for present in [
            &both() as &dyn Present,
            &passphrase(PHRASE),
            &passkey(),
            &kit,
        ] {
            let refused = unlock(&place, present).err();
            assert!(refused.is_some(), "{kinds:?}");
        }
    }
    place.replay(&now);
    assert!(unlock(&place, &both()).is_ok());
}

#[test]
fn a_compromised_factor_goes_with_everything_that_it_opened() {
    let Fixture {
        place, vault, kit, ..
    } = vault();
    create(&vault, "photos");
    add(&vault, &both(), &passphrase(OTHER_PHRASE)).unwrap();
    let other = together(passphrase(OTHER_PHRASE), passkey());
    let phrase = list(&vault).remove(0).id.to_string();
    let revoke = |present: &dyn Present, kit: Option<&dyn Present>| {
        let others = Others { keep: None, kit };
        block_on(vault.revoke_compromised_factor(&phrase, present, others, &|_, _| Ok(())))
    };
    // Not with the one that goes, though a second is beside it.
    assert!(matches!(revoke(&both(), None), Err(Error::Argument(_))));
    let new_kit = self::kit();
    let done = revoke(&other, Some(&new_kit)).unwrap();
    assert_eq!(done.remaining, []);
    for present in [&other as &dyn Present, &new_kit] {
        let vault = unlock(&place, present).unwrap();
        block_on(vault.survey()).unwrap();
    }
    assert_eq!(unlock(&place, &both()).err(), Some(Error::WrongFactor));
    assert!(matches!(unlock(&place, &kit), Err(Error::KitReplaced(NOW))));
    assert_eq!(missing(&place, &passphrase(OTHER_PHRASE)), "passkey");
}

#[test]
fn rehearsing_both_notes_both() {
    let Fixture {
        place, vault, kit, ..
    } = vault();
    block_on(vault.rotate_vault_key()).unwrap();
    let vault = unlock(&place, &kit).unwrap();
    let told = block_on(vault.rehearse(&both(), &|_, _| Ok(()))).unwrap();
    assert_eq!(
        (told.kind.as_str(), told.rehearsed),
        ("passphrase", Some(NOW))
    );
    let rehearsed: Vec<_> = list(&vault).into_iter().map(|one| one.rehearsed).collect();
    assert_eq!(rehearsed, [Some(NOW), Some(NOW), None]);
    // Both remember the vault key of now.
    assert!(unlock(&place, &both()).is_ok());
    block_on(vault.survey()).unwrap();
}

#[test]
fn a_backup_takes_what_the_vault_took_then() {
    let Fixture {
        place, kit, vault, ..
    } = made(None);
    create(&vault, "photos");
    let plain = block_on(vault.backup()).unwrap();
    require(&vault, Some(pair()), &both()).unwrap();
    create(&vault, "music");
    let copy = block_on(vault.backup()).unwrap();
    let merge = |backup: &[u8], present: &dyn Present| {
        block_on(vault.merge(backup, Some(present), &|_, _| Ok(()))).map(drop)
    };
    // One is enough, and both together are not refused.
    assert_eq!(merge(&plain, &passphrase(PHRASE)), Ok(()));
    assert_eq!(merge(&plain, &both()), Ok(()));
    assert_eq!(merge(&plain, &kit), Ok(()));
    block_on(vault.rotate_vault_key()).unwrap();
    assert_eq!(
        merge(&copy, &passkey()),
        Err(Error::SecondFactor("passphrase"))
    );
    assert_eq!(merge(&copy, &both()), Ok(()));

    require(&vault, None, &kit).unwrap();
    let one = merge(&copy, &passphrase(PHRASE));
    assert_eq!(one, Err(Error::SecondFactor("passkey")));
    assert_eq!(merge(&copy, &both()), Ok(()));

    let restored = block_on(Vault::restore(
        place.host.clone(),
        &copy,
        Some("b".parse().unwrap()),
    ));
    let restored = restored.unwrap();
    let one = block_on(restored.unlock(&passphrase(PHRASE), None)).err();
    assert_eq!(one, Some(Error::SecondFactor("passkey")));
    assert!(block_on(restored.unlock(&both(), None)).is_ok());
}

#[test]
fn what_fails_in_the_midst_changes_nothing() {
    let Fixture {
        place, kit, vault, ..
    } = made(None);
    create(&vault, "photos");
    let before = place.rows();
    let store = &place.host.store;
    let on = || require(&vault, Some(pair()), &self::both()).err();
    store.fails.set(true);
    assert!(on().is_some());
    store.fails.set(false);
    assert!(same(&place.rows(), &before));
    let (both, stop) = (self::both(), |_, _| Err(Error::Aborted));
    let stopped = vault.require_factors(Some(pair()), &both, &stop);
    assert_eq!(block_on(stopped).err(), Some(Error::Aborted));
    assert!(same(&place.rows(), &before));
    // Its caller is told that it failed, and it did not.
    store.fails_after.replace(Some(store::Error::Conflict));
    assert!(matches!(
        on(),
        None | Some(Error::Argument(_) | Error::Rotated)
    ));
    assert_eq!(missing(&place, &passphrase(PHRASE)), "passkey");
    let vault = unlock(&place, &both).unwrap();
    block_on(vault.survey()).unwrap();

    let before = place.rows();
    store.fails.set(true);
    assert!(require(&vault, None, &kit).is_err());
    assert!(add(&vault, &both, &passphrase("new")).is_err());
    store.fails.set(false);
    assert!(same(&place.rows(), &before));
}

#[test]
fn a_tab_that_is_open_unlocks_again_once_another_has_turned_it_on() {
    let Fixture { place, vault, .. } = made(None);
    create(&vault, "photos");
    let other = unlock(&place, &passphrase(PHRASE)).unwrap();
    require(&vault, Some(pair()), &both()).unwrap();
    // One factor does not get the older key out either, though this tab knows of nothing: it looks before it asks for one.
    let exported = block_on(other.dangerously_export("photos", None, &passphrase(PHRASE)));
    assert_eq!(exported.err(), Some(Error::Rotated));
    assert_eq!(block_on(other.factors()).err(), Some(Error::Rotated));
    let device = ThisDevice::new(Rc::clone(&place.host.clock));
    assert!(add(&other, &passphrase(PHRASE), &device).is_err());
}

#[test]
fn a_factor_that_another_tab_takes_meanwhile_is_not_counted_on() {
    let Fixture {
        place, vault, kit, ..
    } = made(None);
    let place = Rc::new(place);
    let words = kit.words();
    let id = id_of(&vault, "recovery-kit");
    let there = Rc::clone(&place);
    let meanwhile = move || {
        let vault = unlock(&there, &passphrase(PHRASE)).unwrap();
        revoke(&vault, &id, &passphrase(PHRASE)).unwrap();
    };
    place
        .host
        .store
        .meanwhile
        .replace(Some(Box::new(meanwhile)));
    let refused = require(&vault, Some(pair()), &both()).err();
    assert!(
        matches!(refused, Some(Error::Rotated | Error::LastOfPair(_))),
        "{refused:?}"
    );
    assert!(unlock(&place, &passphrase(PHRASE)).is_ok());
    assert!(unlock(&place, &RecoveryKit::from_words(&words).unwrap()).is_err());
}

#[test]
fn a_weak_factor_of_two_is_strengthened_or_left_and_both_remember_the_vault_key() {
    let Fixture { place, vault, .. } = vault();
    block_on(vault.rotate_vault_key()).unwrap();
    let stale = place.rows_of(RecordType::Factor);
    unlock(&place, &both()).unwrap();
    let fresh = place.rows_of(RecordType::Factor);
    let changed = stale.iter().filter(|row| !fresh.contains(row)).count();
    assert_eq!(changed, 2, "those that were presented");
    let vault = block_on(Vault::open(place.host.clone(), name())).unwrap();
    let any = ExpectedVault::default();
    let (_, report) = block_on(vault.unlock_watched(&both(), &any, &|_, _| Ok(()))).unwrap();
    assert_eq!(report.behind, 0);
}
