//! What an unlock tells of the factor that opened, and passphrases that were set when a guess cost less.

use std::rc::Rc;

use pollster::block_on;
use strongroom::{
    Error, Result,
    base::{Entropy, InputError, Local, Secret, base64},
    factors::{Answer, Answered, Challenge, FactorPort, Passphrase, Present},
    records::{Enrolment, FactorKind, Kdf, KdfCost},
    store::{self, RecordType, Row},
    vault::{ExpectedVault, UnlockReport, Vault},
};

use crate::fixture::{OTHER_PHRASE, Open, PHRASE, Place, Quick, create, name, passphrase};

const NOBODY: fn(u64, u64) -> Result<()> = |_, _| Ok(());

/// A passphrase as a release enrolled it whose default cost was lower.
pub struct Earlier(pub Passphrase);

impl Present for Earlier {
    fn kind(&self) -> FactorKind {
        FactorKind::Passphrase
    }

    fn answer<'a>(
        &'a self,
        port: &'a dyn FactorPort,
        enrolments: &'a [Enrolment],
        attempt: usize,
    ) -> Local<'a, Result<Option<Answered>>> {
        self.0.answer(port, enrolments, attempt)
    }

    fn enrol<'a>(
        &'a self,
        port: &'a dyn FactorPort,
        _: &'a [Enrolment],
        _: Option<&'a KdfCost>,
        entropy: &'a dyn Entropy,
    ) -> Local<'a, Result<(Enrolment, Secret<32>)>> {
        Box::pin(async move {
            let kdf = Kdf::with_cost(19 * 1024, 2, 1, entropy)?;
            let challenge = Challenge::Argon2id {
                passphrase: &self.0,
                form: 0,
                kdf: &kdf,
            };
            let Answer::Derived(kek) = port.answer(challenge).await?;
            Ok((Enrolment::Passphrase(kdf), kek))
        })
    }
}

/// What a guess takes at the lowest cost that is accepted, and at the default, in KiB.
const LOW: u64 = 19 * 1024;
const DEFAULT: u64 = 64 * 1024;

/// A vault of an earlier release, of two passphrases.
fn earlier() -> Place {
    earlier_in(Place::new())
}

fn earlier_in(place: Place) -> Place {
    let factors: [&dyn Present; 2] = [
        &Earlier(passphrase(PHRASE)),
        &Earlier(passphrase(OTHER_PHRASE)),
    ];
    let vault = block_on(Vault::create(place.host.clone(), name(), &factors)).unwrap();
    create(&vault, "photos");
    place
}

fn unlock(place: &Place, phrase: &str) -> Result<(Open, UnlockReport)> {
    let vault = block_on(Vault::open(Rc::clone(&place.host), name()))?;
    block_on(vault.unlock_watched(&passphrase(phrase), &ExpectedVault::default(), &NOBODY))
}

/// The memory that a guess at each passphrase takes, in KiB.
fn memory(rows: &[Row]) -> Vec<u64> {
    let factors = rows
        .iter()
        .filter(|row| row.record_id.kind == RecordType::Factor);
    let cost = |row: &Row| {
        let envelope: serde_json::Value = serde_json::from_slice(&row.bytes).unwrap();
        let aad = envelope["aad"].as_str().unwrap();
        let aad = base64::decode(aad, InputError::Malformed("an address")).unwrap();
        let address: serde_json::Value = serde_json::from_slice(&aad).unwrap();
        address["kdf"]["m"].as_u64().unwrap()
    };
    let mut costs: Vec<_> = factors.map(cost).collect();
    costs.sort_unstable();
    costs
}

#[test]
fn a_passphrase_that_is_guessed_too_cheaply_is_enrolled_again() {
    let place = earlier();
    let old = place.rows();
    assert_eq!(memory(&old), [LOW, LOW]);
    place.host.store.commits.take();
    let (vault, report) = unlock(&place, PHRASE).unwrap();
    assert!(report.strengthened);
    assert_eq!(place.host.store.commits.take().len(), 1, "one commit");
    assert_eq!(memory(&place.rows()), [LOW, DEFAULT]);
    block_on(vault.survey()).unwrap();
    block_on(vault.rotate_vault_key()).unwrap();

    let (again, report) = unlock(&place, PHRASE).unwrap();
    assert!(!report.strengthened);
    assert_eq!(block_on(again.factors()).unwrap()[0], report.factor);
    assert!(unlock(&place, OTHER_PHRASE).unwrap().1.strengthened);
    assert_eq!(memory(&place.rows()), [DEFAULT, DEFAULT]);
    assert!(matches!(unlock(&place, "wrong"), Err(Error::WrongFactor)));

    // The old record in the new one's place is not what the statement lists.
    let cheap = old
        .into_iter()
        .filter(|row| row.record_id.kind == RecordType::Factor);
    place.write(&cheap.collect::<Vec<_>>(), &[]);
    assert!(place.is_refused());
}

#[test]
fn a_vault_opens_where_the_record_cannot_be_written() {
    let place = earlier();
    place.host.store.fails.set(true);
    assert!(!unlock(&place, PHRASE).unwrap().1.strengthened);
    place.host.store.fails.set(false);
    assert_eq!(memory(&place.rows()), [LOW, LOW]);
    assert!(unlock(&place, PHRASE).unwrap().1.strengthened);
}

#[test]
fn a_store_that_commits_and_says_that_it_did_not_has_the_new_record() {
    let place = earlier();
    place
        .host
        .store
        .fails_after
        .replace(Some(store::Error::Conflict));
    assert!(unlock(&place, PHRASE).unwrap().1.strengthened);
    assert_eq!(memory(&place.rows()), [LOW, DEFAULT]);
    assert!(!unlock(&place, PHRASE).unwrap().1.strengthened);
}

/// Has no memory for more than the lowest cost.
struct Small;

impl FactorPort for Small {
    fn answer<'a>(&'a self, challenge: Challenge<'a>) -> Local<'a, Result<Answer>> {
        let Challenge::Argon2id { kdf, .. } = &challenge;
        if kdf.cost().0 > LOW as u32 {
            return Box::pin(async { Err(Error::Unsupported("so much memory")) });
        }
        Quick.answer(challenge)
    }
}

#[test]
fn a_vault_opens_where_there_is_no_memory_for_more() {
    let place = earlier_in(Place::with(Box::new(Small)));
    assert!(!unlock(&place, PHRASE).unwrap().1.strengthened);
    assert_eq!(memory(&place.rows()), [LOW, LOW]);
}

#[test]
fn a_factor_that_another_tab_revokes_meanwhile_does_not_come_back() {
    let place = Rc::new(earlier());
    let (vault, _) = unlock(&place, OTHER_PHRASE).unwrap();
    let mine = block_on(vault.factors()).unwrap().remove(0);
    let revoke = {
        let elsewhere = Rc::clone(&place);
        move || {
            let (tab, _) = unlock(&elsewhere, OTHER_PHRASE).unwrap();
            let theirs = passphrase(OTHER_PHRASE);
            block_on(tab.revoke_factor(mine.id.as_str(), &theirs, &NOBODY)).unwrap();
        }
    };
    place.host.store.meanwhile.replace(Some(Box::new(revoke)));
    assert!(matches!(unlock(&place, PHRASE), Err(Error::Rotated)));
    assert_eq!(memory(&place.rows()).len(), 1);
    assert!(unlock(&place, OTHER_PHRASE).is_ok());
}

#[test]
fn two_tabs_that_strengthen_at_once_leave_a_record_that_opens() {
    let place = Rc::new(earlier());
    let other = {
        let elsewhere = Rc::clone(&place);
        move || assert!(unlock(&elsewhere, PHRASE).unwrap().1.strengthened)
    };
    place.host.store.meanwhile.replace(Some(Box::new(other)));
    let (vault, report) = unlock(&place, PHRASE).unwrap();
    assert!(!report.strengthened, "the other tab has done it");
    assert_eq!(memory(&place.rows()), [LOW, DEFAULT]);
    block_on(vault.survey()).unwrap();
    assert!(!unlock(&place, PHRASE).unwrap().1.strengthened);
}

#[test]
fn an_unlock_tells_how_far_the_factor_was_behind() {
    let place = Place::new();
    let vault = place.create();
    let first = unlock(&place, PHRASE).unwrap().1;
    assert_eq!((first.behind, first.superseded.clone()), (0, None));
    assert_eq!(first.factor, block_on(vault.factors()).unwrap()[0]);
    for _ in 0..3 {
        block_on(vault.rotate_vault_key()).unwrap();
    }
    let away = block_on(vault.confirm(&passphrase(PHRASE), &ExpectedVault::default()));
    assert_eq!(away.unwrap().behind, 3);
    assert_eq!(unlock(&place, PHRASE).unwrap().1.behind, 3);
    assert_eq!(unlock(&place, PHRASE).unwrap().1, first);
    assert_eq!(unlock(&place, OTHER_PHRASE).unwrap().1.behind, 3);
}

#[test]
fn a_tab_that_is_behind_leaves_the_record_that_another_has_strengthened() {
    let place = Rc::new(earlier());
    let (vault, _) = unlock(&place, OTHER_PHRASE).unwrap();
    block_on(vault.rotate_vault_key()).unwrap();
    let other = {
        let elsewhere = Rc::clone(&place);
        move || assert!(unlock(&elsewhere, PHRASE).unwrap().1.strengthened)
    };
    place.host.store.meanwhile.replace(Some(Box::new(other)));
    let (vault, report) = unlock(&place, PHRASE).unwrap();
    assert!(!report.strengthened, "the other tab has done it");
    assert_eq!(memory(&place.rows()), [DEFAULT, DEFAULT]);
    block_on(vault.survey()).unwrap();
    assert_eq!(unlock(&place, PHRASE).unwrap().1.behind, 0);
}
