//! A vault that takes two factors, of which somebody who once had its vault key has signed a further way in.

use super::*;
use crate::{
    factors::{Present, RecoveryKit},
    jose::{AgreementKey, Recipient},
    records::{Credential, CredentialId, FactorEntry, FactorKind, FactorPair, PrfInput, RpId},
    vault::vault_key_envelope::VaultKeyEnvelope,
};

const OTHERS: Error = Error::Integrity("a vault key for others than the factors");
const UNEQUAL: Error = Error::Integrity("factors that do not open the vault as they should");

/// A vault's rows, and its factors, opened: a passphrase, a passkey and a kit.
struct Pair {
    rows: Vec<Row>,
    factors: Vec<Factor>,
}

fn pair() -> FactorPair {
    FactorPair::new(&[FactorKind::Passphrase, FactorKind::Passkey]).expect("two kinds")
}

fn passkey() -> Enrolment {
    Enrolment::Passkey(Credential {
        id: CredentialId::new(vec![7; 16]).expect("an id"),
        rp_id: RpId::try_from("app.example".to_owned()).expect("a host"),
        input: PrfInput::generate(&ENTROPY).expect("entropy"),
    })
}

impl Pair {
    fn new() -> Self {
        let genesis = NewVault::begin(&ENTROPY).expect("entropy");
        let mut genesis = genesis.requiring(Some(pair()));
        let kit = RecoveryKit::generate(&ENTROPY).expect("entropy");
        let kit = block_on(kit.enrol(&InlineFactor, &[], None, &ENTROPY)).expect("a kit");
        let secret = || Secret::generate(&ENTROPY).expect("entropy");
        let kdf = Kdf::generate(&ENTROPY).expect("entropy");
        let enrolled = [
            (Enrolment::Passphrase(kdf), secret()),
            (passkey(), secret()),
            kit,
        ];
        for (enrolment, kek) in enrolled.clone() {
            genesis.add(enrolment, kek, &ENTROPY).expect("entropy");
        }
        let (rows, made) = genesis.finish(&ENTROPY).expect("factors");
        let (vault, mut factors) = (made.keyring.vault(), Vec::new());
        for (enrolment, kek) in enrolled {
            let record = rows
                .iter()
                .filter(|row| row.record_id.kind == RecordType::Factor);
            let record = record
                .map(|row| crate::factors::FactorRecord::parse(vault, row).expect("a record"))
                .find(|record| *record.enrolment() == enrolment);
            factors.push(*record.expect("its own").open(kek).expect("its own"));
        }
        Self { rows, factors }
    }

    fn both(&self) -> [&Factor; 2] {
        [&self.factors[0], &self.factors[1]]
    }

    fn kit(&self) -> [&Factor; 1] {
        [&self.factors[2]]
    }

    fn keyring(&self) -> Keyring {
        open_by(self.rows.clone(), &self.both()).expect("a genuine vault")
    }

    fn entries(&self) -> Vec<FactorEntry> {
        self.keyring().statement.factors
    }

    fn publics(&self) -> Vec<Recipient> {
        let factors = self.factors.iter();
        factors.map(|factor| factor.public().into()).collect()
    }

    fn vault_key(&self) -> Jwk {
        let row = at(&self.rows, RecordType::VaultKey);
        let keyring = self.keyring();
        let opened = VaultKeyEnvelope::open(keyring.vault(), row, &keyring.statement, &self.both());
        opened.expect("its own factors").1
    }

    fn address(&self) -> Address {
        let (row, keyring) = (at(&self.rows, RecordType::VaultKey), self.keyring());
        Address::new(keyring.vault(), &row.record_id, row.revision, 1)
    }

    /// The rows with another vault key's record, and a statement that names it.
    fn signed(&self, outer: &Envelope, change: impl FnOnce(&mut Statement)) -> Vec<Row> {
        let (mut rows, keyring) = (self.rows.clone(), self.keyring());
        let old = at(&rows, RecordType::VaultKey).clone();
        replace(&mut rows, Row::of(old.record_id, old.revision, outer));
        let mut statement = keyring.statement.clone();
        statement.envelope = crate::records::digest_of(outer.bytes());
        if let Some(first) = statement.envelopes.first_mut() {
            first.clone_from(&statement.envelope);
        }
        change(&mut statement);
        let identity = keyring.identity().expect("its own");
        let signed = statement.sign(keyring.vault(), 1, &identity, &ENTROPY);
        replace(&mut rows, signed.expect("a signature"));
        // Whoever has the vault key accounts for it too.
        let head_row = at(&rows, RecordType::Head).clone();
        let others = rows
            .iter()
            .filter(|row| row.record_id != head_row.record_id);
        let digest = SetDigest::of(&keyring.mac().expect("its own"), others);
        let head = Head {
            digest,
            core: Some(digest),
            ..keyring.head.1.clone()
        };
        let (record_id, cipher) = (head_row.record_id, keyring.cipher());
        let row = cipher.encrypt_json(record_id, head_row.revision, &head.to_json(), &ENTROPY);
        replace(&mut rows, row.expect("entropy"));
        rows
    }

    /// As [`signed`](Self::signed), of an envelope to those at each level.
    fn nested(&self, outer: &[Recipient], inner: &[Recipient]) -> Vec<Row> {
        let (address, jwk) = (self.address(), self.vault_key());
        let inner = seal_to(&address, &jwk, inner, &ENTROPY).expect("recipients");
        let aad = address.text();
        let outer = crate::jose::nest(&inner, outer, aad.as_bytes(), &ENTROPY).expect("recipients");
        let hash = crate::records::digest_of(inner.bytes());
        self.signed(&outer, |statement| statement.envelopes[1] = hash)
    }

    /// What is said by whichever of the ways in.
    fn refused(&self, rows: &[Row]) -> Vec<Option<Error>> {
        let ways: [&[&Factor]; 4] = [
            &self.both(),
            &self.kit(),
            &[&self.factors[0]],
            &[&self.factors[1]],
        ];
        let refused = ways.map(|way| open_by(rows.to_vec(), way).err());
        refused.to_vec()
    }
}

fn open_by(rows: Vec<Row>, factors: &[&Factor]) -> Result<Keyring> {
    LockedRecords::new(Sequence(1), rows)?.open(factors, None)
}

#[test]
fn both_open_it_and_the_kit_and_neither_alone() {
    let made = Pair::new();
    let refused = made.refused(&made.rows);
    assert_eq!(refused[..2], [None, None]);
    assert_eq!(refused[2..], [Some(Error::Decrypt), Some(Error::Decrypt)]);
    // What is alike and signed opens too: the attacks below differ from it in one thing each.
    let [phrase, key, kit] = made.publics().try_into().expect("three");
    let alike = made.nested(&[phrase, kit.clone()], &[key, kit]);
    assert_eq!(made.refused(&alike)[..2], [None, None]);
}

#[test]
fn an_envelope_of_one_level_is_refused_whatever_is_signed() {
    let made = Pair::new();
    let single = seal_to(
        &made.address(),
        &made.vault_key(),
        &made.publics(),
        &ENTROPY,
    );
    let single = single.expect("recipients");
    for refused in made.refused(&made.signed(&single, |_| ())) {
        assert!(refused.is_some());
    }
    // A statement that takes one, with the envelope of a vault that takes two.
    let row = at(&made.rows, RecordType::VaultKey);
    let genuine = Envelope::parse(&row.bytes).expect("an envelope");
    let downgraded = made.signed(&genuine, |statement| {
        (statement.requires, statement.openers) = (1, Vec::new());
        statement.envelopes = Vec::new();
    });
    for refused in made.refused(&downgraded) {
        assert_eq!(refused, Some(OTHERS));
    }
}

#[test]
fn a_store_that_plants_an_envelope_is_refused_by_the_statement() {
    let made = Pair::new();
    let (_, jwk) = VaultKey::generate(&ENTROPY).expect("entropy");
    let [phrase, key, kit] = made.publics().try_into().expect("three");
    let single = seal_to(&made.address(), &jwk, &made.publics(), &ENTROPY).expect("recipients");
    let inner = seal_to(&made.address(), &jwk, &[key, kit.clone()], &ENTROPY).expect("recipients");
    let aad = made.address().text();
    let nested = crate::jose::nest(&inner, &[phrase, kit], aad.as_bytes(), &ENTROPY);
    for planted in [single, nested.expect("recipients")] {
        let mut rows = made.rows.clone();
        let old = at(&rows, RecordType::VaultKey).clone();
        replace(&mut rows, Row::of(old.record_id, old.revision, &planted));
        let unnamed = Error::Integrity("a vault key that the statement does not name");
        for refused in made.refused(&rows) {
            assert_eq!(refused, Some(unnamed.clone()));
        }
    }
}

#[test]
fn the_recipients_of_both_levels_are_those_that_the_statement_lists() {
    let made = Pair::new();
    let [phrase, key, kit] = made.publics().try_into().expect("three");
    let stranger = AgreementKey::generate(&ENTROPY).expect("a key");
    let stranger = Recipient::from(stranger.public());
    let at = |list: &[&Recipient]| list.iter().map(|one| (*one).clone()).collect::<Vec<_>>();
    let planted = [
        // A way in for somebody else, at one level or both.
        (at(&[&phrase, &kit, &stranger]), at(&[&key, &kit])),
        (at(&[&phrase, &kit]), at(&[&key, &kit, &stranger])),
        (
            at(&[&phrase, &kit, &stranger]),
            at(&[&key, &kit, &stranger]),
        ),
        // One factor that opens both.
        (at(&[&phrase, &kit]), at(&[&key, &kit, &phrase])),
        (at(&[&phrase, &key, &kit]), at(&[&key, &kit])),
        (at(&[&phrase, &kit]), at(&[&phrase, &kit])),
        // A recovery factor that is listed and opens nothing.
        (at(&[&phrase, &kit]), at(&[&key])),
        (at(&[&phrase]), at(&[&key, &kit])),
        // The levels of each other.
        (at(&[&key, &kit]), at(&[&phrase, &kit])),
    ];
    for (count, (outer, inner)) in planted.iter().enumerate() {
        let refused = made.refused(&made.nested(outer, inner));
        assert!(refused.iter().all(Option::is_some), "{count}: {refused:?}");
        assert!(refused[..2].contains(&Some(OTHERS)), "{count}: {refused:?}");
    }
}

#[test]
fn the_hash_of_the_inner_envelope_is_held_against_the_statement() {
    let made = Pair::new();
    let row = at(&made.rows, RecordType::VaultKey);
    let genuine = Envelope::parse(&row.bytes).expect("an envelope");
    let rows = made.signed(&genuine, |statement| {
        statement.envelopes[1].clone_from(&statement.envelope);
    });
    let unnamed = Error::Integrity("a vault key that the statement does not name");
    assert_eq!(
        made.refused(&rows)[..2],
        [Some(unnamed.clone()), Some(unnamed)]
    );
}

#[test]
fn a_statement_that_says_it_otherwise_is_refused() {
    let made = Pair::new();
    let row = at(&made.rows, RecordType::VaultKey);
    let genuine = Envelope::parse(&row.bytes).expect("an envelope");
    let later = Error::Unsupported("a vault that needs several factors at once");
    let texts = |list: &[&[&str]]| {
        let list = list.iter();
        list.map(|kinds| kinds.iter().map(|kind| (*kind).to_owned()).collect())
            .collect::<Vec<Vec<String>>>()
    };
    let openers = [
        (texts(&[]), later.clone()),
        (texts(&[&["passphrase"]]), later.clone()),
        (texts(&[&["recovery-kit"]]), later.clone()),
        (texts(&[&["passphrase", "passphrase"]]), later.clone()),
        (texts(&[&["passphrase", "this-device"]]), later.clone()),
        (texts(&[&["passphrase", "sundial"]]), later.clone()),
        (
            texts(&[&["passphrase", "passkey", "sundial"]]),
            later.clone(),
        ),
        (texts(&[&["passphrase", "passkey"]]), UNEQUAL),
        (
            texts(&[&["passkey", "passphrase"], &["recovery-kit"]]),
            UNEQUAL,
        ),
        (
            texts(&[
                &["passphrase", "passkey"],
                &["recovery-kit"],
                &["passphrase"],
            ]),
            UNEQUAL,
        ),
        (
            texts(&[&["passphrase", "passkey"], &["recovery-shares"]]),
            UNEQUAL,
        ),
    ];
    for (openers, expected) in openers {
        let rows = made.signed(&genuine, |statement| statement.openers.clone_from(&openers));
        for refused in made.refused(&rows) {
            assert_eq!(refused.as_ref(), Some(&expected), "{openers:?}");
        }
    }
    for requires in [0, 1, 3] {
        let rows = made.signed(&genuine, |statement| statement.requires = requires);
        assert_eq!(made.refused(&rows)[0].as_ref(), Some(&later), "{requires}");
    }
    for envelopes in [0, 1, 3] {
        let rows = made.signed(&genuine, |statement| {
            statement.envelopes = vec![statement.envelope.clone(); envelopes];
        });
        assert_eq!(made.refused(&rows)[0], Some(UNEQUAL), "{envelopes}");
    }
}

/// A factor that only the statement says is of another kind.
#[test]
fn a_factor_that_would_be_a_further_way_in_is_refused() {
    let made = Pair::new();
    let row = at(&made.rows, RecordType::VaultKey);
    let genuine = Envelope::parse(&row.bytes).expect("an envelope");
    let entries = made.entries();
    for (at, kind, expected) in [
        (0, "passkey", UNEQUAL),
        (2, "this-device", UNEQUAL),
        (2, "passphrase", UNEQUAL),
        (0, "recovery-kit", UNEQUAL),
        (
            1,
            "sundial",
            Error::Unsupported("a vault that needs several factors at once"),
        ),
    ] {
        let rows = made.signed(&genuine, |statement| {
            statement.factors.clone_from(&entries);
            statement.factors[at].kind = kind.to_owned();
        });
        for refused in made.refused(&rows) {
            assert_eq!(refused, Some(expected.clone()), "{at} {kind}");
        }
    }
}

#[test]
fn an_inner_envelope_of_another_address_is_refused() {
    let made = Pair::new();
    let [phrase, key, kit] = made.publics().try_into().expect("three");
    let (address, jwk) = (made.address(), made.vault_key());
    let row = at(&made.rows, RecordType::VaultKey);
    let keyring = made.keyring();
    for other in [
        Address::new(keyring.vault(), &row.record_id, row.revision, 2),
        Address::new(keyring.vault(), &row.record_id, row.revision + 1, 1),
    ] {
        let inner = [key.clone(), kit.clone()];
        let inner = seal_to(&other, &jwk, &inner, &ENTROPY).expect("recipients");
        let (outer, aad) = ([phrase.clone(), kit.clone()], address.text());
        let outer = crate::jose::nest(&inner, &outer, aad.as_bytes(), &ENTROPY);
        let hash = crate::records::digest_of(inner.bytes());
        let rows = made.signed(&outer.expect("recipients"), |statement| {
            statement.envelopes[1] = hash;
        });
        let refused = made.refused(&rows);
        assert!(
            matches!(refused[0], Some(Error::Integrity(_))),
            "{refused:?}"
        );
    }
}
