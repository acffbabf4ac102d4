//! What somebody could try who knows the factors' public keys and can write to the store.

use super::{holdings::Holdings, locked_records::LockedRecords, new_vault::NewVault};
use crate::{
    base::{Error, Object, Result, Secret, Sidecar, SystemEntropy},
    factors::Factor,
    jose::{Envelope, Jwk, SigningKey},
    records::{Address, Kdf, RecordCipher, Statement, VaultKey, digest, seal_to},
    store::{Range, RecordId, RecordType, Row, Sequence},
};

const ENTROPY: SystemEntropy = SystemEntropy;

/// A vault's rows and its factor, opened.
fn vault() -> (Vec<Row>, Box<Factor>) {
    let mut genesis = NewVault::begin(&ENTROPY).expect("entropy");
    let kdf = Kdf::generate(&ENTROPY).expect("entropy");
    let stretched = Secret::generate(&ENTROPY).expect("entropy");
    genesis
        .add_passphrase(kdf, stretched.clone(), &ENTROPY)
        .expect("entropy");
    let (rows, holdings) = genesis.finish(&ENTROPY).expect("a factor");
    let factor = at(&rows, RecordType::Factor);
    let factor =
        crate::factors::FactorRecord::parse(holdings.vault(), factor).expect("a factor's row");
    (rows, factor.open(stretched).expect("its own secret"))
}

fn at(rows: &[Row], kind: RecordType) -> &Row {
    rows.iter()
        .find(|row| row.record_id.kind == kind)
        .expect("a row of every kind")
}

fn replace(rows: &mut [Row], row: Row) {
    let old = rows
        .iter_mut()
        .find(|old| old.record_id == row.record_id)
        .expect("a row of every kind");
    *old = row;
}

fn open(rows: Vec<Row>, factor: &Factor) -> Result<Box<Holdings>> {
    LockedRecords::new(Sequence(1), rows)?.open(factor)
}

/// The head of a later format, among records that this release can make nothing of.
fn later_format(rows: &mut [Row], factor: &Factor) {
    let vault_key = at(rows, RecordType::VaultKey);
    let envelope = Envelope::parse(&vault_key.bytes).expect("an envelope");
    let jwk = factor.open_vault_key(&envelope).expect("its own envelope");
    let vault = vault_key.record_id.id.parse().expect("a vault id");
    let cipher = RecordCipher {
        vault: &vault,
        generation: 1,
        key: &VaultKey::from_jwk(&jwk).expect("the vault key"),
    };
    let record_id = RecordId::new(RecordType::Head, vault.as_str());
    let head = Object::new()
        .with("format", 2_u64)
        .with("root", "of a tree");
    let row = cipher.encrypt_json(record_id, 2, &head, &ENTROPY);
    replace(rows, row.expect("entropy"));
    for kind in [
        RecordType::Identity,
        RecordType::Mac,
        RecordType::Index,
        RecordType::Recipient,
    ] {
        let row = at(rows, kind).clone();
        let bytes = b"of a later release".to_vec();
        replace(rows, Row { bytes, ..row });
    }
}

#[test]
fn a_vault_of_a_later_format_is_told_before_its_other_records_are_read() {
    let (mut rows, factor) = vault();
    later_format(&mut rows, &factor);
    let refused = open(rows, &factor).err();
    let later = "a vault that a newer release wrote; reload to get the newer release";
    assert_eq!(refused, Some(Error::Unsupported(later)));
}

/// A vault key of the attacker's, in an envelope like the genuine one, to the factor's public key.
fn swapped(genuine: &Row, factor: &Factor) -> (VaultKey, Row) {
    let (key, jwk) = VaultKey::generate(&ENTROPY).expect("entropy");
    (key, rewrap(genuine, &jwk, factor, 1))
}

fn rewrap(genuine: &Row, jwk: &Jwk, factor: &Factor, generation: u64) -> Row {
    let vault = genuine.record_id.id.parse().expect("a vault id");
    let address = Address::new(&vault, &genuine.record_id, genuine.revision, generation);
    let envelope =
        seal_to(&address, jwk, &[factor.public().into()], &ENTROPY).expect("one recipient");
    Row {
        bytes: envelope.bytes().to_vec(),
        ..genuine.clone()
    }
}

fn statement(rows: &[Row], factor: &Factor) -> Statement {
    Statement::verify(at(rows, RecordType::Statement), factor.pin()).expect("the genuine statement")
}

#[test]
fn a_genuine_vault_opens() {
    let (rows, factor) = vault();
    assert!(open(rows, &factor).is_ok());
}

#[test]
fn a_swapped_in_vault_key_is_refused() {
    let (mut rows, factor) = vault();
    let (_, row) = swapped(at(&rows, RecordType::VaultKey), &factor);
    replace(&mut rows, row);
    assert!(matches!(
        open(rows, &factor),
        Err(Error::Integrity(
            "a vault key that the statement does not name"
        ))
    ));
}

#[test]
fn a_swapped_in_vault_key_with_a_statement_of_its_own_is_refused() {
    let (mut rows, factor) = vault();
    let (key, row) = swapped(at(&rows, RecordType::VaultKey), &factor);
    let vault = row.record_id.id.parse().expect("a vault id");
    let identity = SigningKey::generate(&ENTROPY).expect("entropy");
    let forged = Statement {
        envelope: digest(&row),
        identity: identity.thumbprint().to_string(),
        ..statement(&rows, &factor)
    };
    let cipher = RecordCipher {
        vault: &vault,
        generation: 1,
        key: &key,
    };
    let record_id = RecordId::new(RecordType::Identity, vault.as_str());
    replace(
        &mut rows,
        cipher
            .encrypt_key(record_id, 1, &identity.to_jwk(), &ENTROPY)
            .expect("entropy"),
    );
    replace(&mut rows, row);
    replace(&mut rows, forged.sign(&vault, 1, &identity));
    assert!(matches!(
        open(rows, &factor),
        Err(Error::Integrity("a statement by another identity"))
    ));
}

#[test]
fn a_statement_that_another_key_signed_in_the_identitys_name_is_refused() {
    let (mut rows, factor) = vault();
    let vault = at(&rows, RecordType::Statement)
        .record_id
        .id
        .parse()
        .expect("a vault id");
    let forged = statement(&rows, &factor).sign(
        &vault,
        1,
        &SigningKey::generate(&ENTROPY).expect("entropy"),
    );
    replace(&mut rows, forged);
    assert!(matches!(
        open(rows, &factor),
        Err(Error::Integrity("a statement by another identity"))
    ));
}

#[test]
fn a_statement_of_another_vault_is_refused() {
    let ((mut rows, factor), (others, _)) = (vault(), vault());
    let foreign = at(&others, RecordType::Statement).bytes.clone();
    let row = at(&rows, RecordType::Statement).clone();
    replace(
        &mut rows,
        Row {
            bytes: foreign,
            ..row
        },
    );
    assert!(matches!(open(rows, &factor), Err(Error::Integrity(_))));
}

/// The signing identity, which only the vault key opens: for statements that only it could sign.
fn identity(rows: &[Row], factor: &Factor) -> SigningKey {
    open(rows.to_vec(), factor)
        .and_then(|holdings| holdings.identity())
        .expect("a genuine vault")
}

#[test]
fn a_statement_older_than_the_factor_has_seen_is_refused() {
    let (mut rows, factor) = vault();
    let vault = at(&rows, RecordType::Statement)
        .record_id
        .id
        .parse()
        .expect("a vault id");
    let older = Statement {
        generation: 0,
        ..statement(&rows, &factor)
    };
    let signed = older.sign(&vault, 1, &identity(&rows, &factor));
    replace(&mut rows, signed);
    let expected = Error::Integrity("a statement older than this factor has seen");
    assert_eq!(open(rows, &factor).err(), Some(expected));
}

#[test]
fn a_vault_key_of_another_generation_than_the_statement_is_refused() {
    let (mut rows, factor) = vault();
    let genuine = at(&rows, RecordType::VaultKey).clone();
    let jwk = factor
        .open_vault_key(&Envelope::parse(&genuine.bytes).expect("an envelope"))
        .expect("its factor");
    let row = rewrap(&genuine, &jwk, &factor, 2);
    let vault = genuine.record_id.id.parse().expect("a vault id");
    let stated = Statement {
        envelope: digest(&row),
        ..statement(&rows, &factor)
    };
    let signed = stated.sign(&vault, 1, &identity(&rows, &factor));
    replace(&mut rows, row);
    replace(&mut rows, signed);
    assert_eq!(
        open(rows, &factor).err(),
        Some(Error::Integrity("a vault key of another generation"))
    );
}

#[test]
fn a_vault_that_asks_for_several_factors_is_not_opened_by_one() {
    let (mut rows, factor) = vault();
    let vault = at(&rows, RecordType::Statement)
        .record_id
        .id
        .parse()
        .expect("a vault id");
    let stricter = Statement {
        requires: 2,
        ..statement(&rows, &factor)
    };
    let signed = stricter.sign(&vault, 1, &identity(&rows, &factor));
    replace(&mut rows, signed);
    assert!(matches!(open(rows, &factor), Err(Error::Unsupported(_))));
}

#[test]
fn a_factor_that_the_statement_does_not_name_is_refused() {
    let ((mut rows, factor), (others, _)) = (vault(), vault());
    rows.push(at(&others, RecordType::Factor).clone());
    let expected = Error::Integrity("factors that the statement does not name");
    assert_eq!(open(rows, &factor).err(), Some(expected));
}

/// A vault with a key, and one record of each kind that an unlock does not open.
fn rows_of_other_kinds() -> (Box<Holdings>, Vec<Row>) {
    let (rows, factor) = vault();
    let mut holdings = open(rows.clone(), &factor).expect("a genuine vault");
    holdings.add(vec![Range::all()], rows);
    let options = crate::keys::KeyOptions::named("photos".parse().expect("an alias"));
    let (key, change) = holdings
        .create_key(&options, None, 1, &ENTROPY)
        .expect("a free alias");
    holdings.apply(&change);

    let ring = super::keyring::Keyring {
        holdings: &holdings,
        sessions: &[],
        now: 2,
    };
    let under = ring.protecting("photos").expect("an active key");
    let kid = under.kid().expect("its name");
    let to = [under.kek().expect("a KEK").into()];
    let dek = Jwk::oct(Secret::generate(&ENTROPY).expect("entropy"));
    let none = crate::base::Context::none();
    let header = crate::jose::wrap(&dek, &to, &none, None, &ENTROPY);
    let header = header.expect("one recipient");
    let sidecar = Sidecar::new(dek.thumbprint(), "thumbnail").expect("a name");
    let kept = holdings.keep(&header, &kid, Some(&sidecar), Some(9), 2, &ENTROPY);
    holdings.apply(&kept.expect("a key of the vault's"));
    let backup = holdings.note_backup(3, &ENTROPY);
    holdings.apply(&backup.expect("entropy"));
    let mut uses = crate::base::Map::<crate::keys::Usage>::default();
    uses.of(&key.id).note(&key.primary, 4);
    let (_, counted) = holdings.tick(uses, 5, &ENTROPY).expect("nothing is due");
    holdings.apply(&counted.expect("use counts"));

    let all = holdings.range(Range::all()).expect("what was added");
    let core = Holdings::core();
    let others = all
        .iter()
        .filter(|row| !core.iter().any(|range| range.has(&row.record_id)));
    let others = others.cloned().collect();
    (holdings, others)
}

/// Each single bit that flips, and each place where a record may be cut.
#[test]
fn every_change_of_a_record_under_the_vault_key_is_refused() {
    let (holdings, rows) = rows_of_other_kinds();
    let kinds: Vec<_> = rows.iter().map(|row| row.record_id.kind.as_str()).collect();
    let expected = [
        "backup", "catalog", "key", "object", "sidecar", "usage", "version",
    ];
    assert_eq!(kinds, expected, "one record of each kind");
    for row in &rows {
        let refused = |bytes: &[u8]| {
            let row = Row {
                bytes: bytes.to_vec(),
                ..row.clone()
            };
            match row.record_id.kind {
                RecordType::Version => holdings.cipher().decrypt_key(&row).is_err(),
                _ => holdings.cipher().decrypt_json(&row).is_err(),
            }
        };
        assert!(!refused(&row.bytes), "{:?} opens unchanged", row.record_id);
        for at in 0..row.bytes.len() {
            assert!(refused(&row.bytes[..at]), "{:?} cut at {at}", row.record_id);
            for bit in 0..8 {
                let mut flipped = row.bytes.clone();
                flipped[at] ^= 1 << bit;
                assert!(
                    refused(&flipped),
                    "{:?}: byte {at} bit {bit}",
                    row.record_id
                );
            }
        }
    }
}
