//! What somebody could try who knows the factors' public keys and can write to the store.

mod device;
mod locations;
mod merged_aliases;
mod openers;
mod rotation_parts;
mod sidecars;
mod tombstones;

use std::rc::Rc;

use pollster::block_on;

use super::{
    Platform, Unlocked, Vault, keyring::Keyring, locked_records::LockedRecords,
    manifest::ManifestCache, new_vault::NewVault, open_vault::OpenVault,
};
use crate::{
    base::{
        Clock, Context, Error, KeyId, Object, Result, Secret, Sidecar, SystemEntropy, Timestamp,
    },
    factors::{Factor, InlineFactor},
    jose::{Envelope, Jwk, SigningKey, unwrap_own},
    keys::{KeyAction, KeyListing, KeyQuery, catalog},
    object::body::RustEngine,
    records::{
        Address, Enrolment, Head, Kdf, RecordCipher, SetDigest, Statement, VaultKey, digest,
        seal_to,
    },
    store::{Batch, MemoryStore, Range, RecordId, RecordType, Row, Sequence, Store},
};

const ENTROPY: SystemEntropy = SystemEntropy;

/// A vault's rows and its factor, opened.
fn vault() -> (Vec<Row>, Box<Factor>) {
    let mut genesis = NewVault::begin(&ENTROPY).expect("entropy");
    let kdf = Kdf::generate(&ENTROPY).expect("entropy");
    let stretched = Secret::generate(&ENTROPY).expect("entropy");
    genesis
        .add(Enrolment::Passphrase(kdf), stretched.clone(), &ENTROPY)
        .expect("entropy");
    let (rows, made) = genesis.finish(&ENTROPY).expect("a factor");
    let factor = at(&rows, RecordType::Factor);
    let factor =
        crate::factors::FactorRecord::parse(made.keyring.vault(), factor).expect("a factor's row");
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

fn open(rows: Vec<Row>, factor: &Factor) -> Result<Keyring> {
    LockedRecords::new(Sequence(1), rows)?.open(&[factor], None)
}

/// The head of a later format, among records that this release can make nothing of.
fn later_format(rows: &mut [Row], factor: &Factor) {
    let vault_key = at(rows, RecordType::VaultKey);
    let envelope = Envelope::parse(&vault_key.bytes).expect("an envelope");
    let jwk = unwrap_own(&envelope, &[factor.identity()]).expect("its own envelope");
    let vault = vault_key.record_id.id.parse().expect("a vault id");
    let cipher = RecordCipher {
        vault: &vault,
        generation: 1,
        key: &VaultKey::from_jwk(&jwk).expect("the vault key"),
    };
    let record_id = RecordId::new(RecordType::Head, vault.as_str());
    let head = Object::new()
        .with("format", 3_u64)
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
        identity: identity.thumbprint(),
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
    replace(
        &mut rows,
        forged
            .sign(&vault, 1, &identity, &ENTROPY)
            .expect("a signature"),
    );
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
        &ENTROPY,
    );
    replace(&mut rows, forged.expect("a signature"));
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
        .and_then(|keyring| keyring.identity())
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
    let signed = older
        .sign(&vault, 1, &identity(&rows, &factor), &ENTROPY)
        .expect("a signature");
    replace(&mut rows, signed);
    let expected = Error::Integrity("a statement older than this factor has seen");
    assert_eq!(open(rows, &factor).err(), Some(expected));
}

#[test]
fn a_vault_key_of_another_generation_than_the_statement_is_refused() {
    let (mut rows, factor) = vault();
    let genuine = at(&rows, RecordType::VaultKey).clone();
    let envelope = Envelope::parse(&genuine.bytes).expect("an envelope");
    let jwk = unwrap_own(&envelope, &[factor.identity()]).expect("its factor");
    let row = rewrap(&genuine, &jwk, &factor, 2);
    let vault = genuine.record_id.id.parse().expect("a vault id");
    let stated = Statement {
        envelope: digest(&row),
        ..statement(&rows, &factor)
    };
    let signed = stated
        .sign(&vault, 1, &identity(&rows, &factor), &ENTROPY)
        .expect("a signature");
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
    let signed = stricter
        .sign(&vault, 1, &identity(&rows, &factor), &ENTROPY)
        .expect("a signature");
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

type Open = Vault<Unlocked, MemoryStore, RustEngine>;

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_790_000_000_000)
    }
}

/// The vault of some rows, unlocked, in a store that has them.
fn unlocked(rows: Vec<Row>, keyring: Keyring) -> Open {
    let platform = Platform {
        store: MemoryStore::default(),
        factor: Box::new(InlineFactor),
        engine: Rc::new(RustEngine),
        clock: Rc::new(Noon),
        rng: Box::new(ENTROPY),
        listener: Box::new(|_| {}),
    };
    let (name, id) = ("acme".parse().expect("a name"), keyring.vault().clone());
    let batch = Batch {
        puts: rows,
        deletes: Vec::new(),
    };
    let stored = platform
        .store
        .commit(&name, Sequence::default(), keyring.sequence(), &batch);
    block_on(stored).expect("a store in memory");
    Vault::<Unlocked, _, _>::new(Rc::new(platform), name, id)
        .with(Box::new(OpenVault::new(keyring)))
}

/// A vault with a key, and one record of each kind that an unlock does not open.
fn rows_of_other_kinds() -> (Open, Vec<Row>) {
    let (rows, factor) = vault();
    let keyring = open(rows.clone(), &factor).expect("a genuine vault");
    let vault = unlocked(rows, keyring);
    let parent = Jwk::oct(Secret::generate(&ENTROPY).expect("entropy")).thumbprint();
    let sidecar = Sidecar::new(parent, "thumbnail").expect("a name");
    let context = Context::none().of_sidecar(sidecar).expect("a context");
    let made = block_on(async {
        vault.create_key(&"photos".parse()?).await?;
        vault.encrypt_kept("photos", &context, None).await?;
        vault.backup().await?;
        vault.tick().await?;
        vault.platform.read(&vault.name, &[Range::all()]).await
    });
    let (_, mut others) = made.expect("an unlocked vault");
    let core = Keyring::core();
    others.retain(|row| !core.iter().any(|range| range.has(&row.record_id)));
    (vault, others)
}

/// Each single bit that flips, and each place where a record may be cut.
#[test]
fn every_change_of_a_record_under_the_vault_key_is_refused() {
    let (vault, rows) = rows_of_other_kinds();
    let open = vault.state.open().expect("an unlocked vault");
    let cipher = open.keyring.cipher();
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
                RecordType::Version => cipher.decrypt_key(&row).is_err(),
                _ => cipher.decrypt_json(&row).is_err(),
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

/// As many records as make a vault large, in one commit.
fn fill(vault: &Open) {
    let filled = vault.change_unasked("fill", async |tx| {
        for at in 0..1100 {
            let record_id = RecordId::new(RecordType::Usage, format!("{at}"));
            tx.insert(record_id, Object::new());
        }
        Ok(())
    });
    block_on(filled).expect("a store in memory");
}

fn all_rows(vault: &Open) -> Vec<Row> {
    let all = [Range::all()];
    block_on(vault.platform.read(&vault.name, &all))
        .expect("a store in memory")
        .1
}

/// The rows as an earlier release would have left them, which knew of no manifest.
fn of_an_earlier_release(vault: &Open) -> Vec<Row> {
    let open = vault.state.open().expect("an unlocked vault");
    let mut rows = all_rows(vault);
    rows.retain(|row| {
        let kind = row.record_id.kind;
        !matches!(
            kind,
            RecordType::Page | RecordType::Directory | RecordType::Head | RecordType::AuditKey
        )
    });
    let (revision, head) = &open.keyring.head;
    let head = Head {
        digest: SetDigest::of(&open.keyring.mac().expect("its key"), &rows),
        records: Some(rows.len() as u64),
        core: None,
        manifest: None,
        device: None,
        log: None,
        quiet: None,
        ..head.clone()
    };
    let record_id = open.keyring.singleton(RecordType::Head);
    let cipher = open.keyring.cipher();
    let row = cipher.put_json(record_id, *revision, &head.to_json(), &ENTROPY);
    rows.push(row.expect("entropy"));
    rows
}

#[test]
fn a_large_vault_of_an_earlier_release_gets_its_manifest() {
    let (rows, factor) = vault();
    let keyring = open(rows.clone(), &factor).expect("a genuine vault");
    let made = unlocked(rows, keyring);
    fill(&made);
    let old = of_an_earlier_release(&made);
    let keyring = open(old.clone(), &factor).expect("its own vault");
    assert!(keyring.is_old() && keyring.manifest().is_none());
    let upgraded = unlocked(old, keyring);
    block_on(upgraded.change_unasked("upgrade", async |tx| tx.upgrade().await))
        .expect("a whole vault");
    let rows = all_rows(&upgraded);
    assert!(
        rows.iter()
            .any(|row| row.record_id.kind == RecordType::Page)
    );

    // Opened again, each row is proven by itself, and all of them.
    let keyring = open(rows.clone(), &factor).expect("its own vault");
    let again = unlocked(rows, keyring);
    let read = again.read_unasked("read", async |tx| {
        for at in 0..1100 {
            let record_id = RecordId::new(RecordType::Usage, format!("{at}"));
            assert!(tx.row(&record_id).await?.is_some(), "{at}");
        }
        let none = RecordId::new(RecordType::Usage, "1100");
        assert_eq!(tx.row(&none).await?, None);
        Ok(())
    });
    block_on(read).expect("each row is proven");
    block_on(again.survey()).expect("all rows are accounted for");
}

/// A vault whose only key is destroyed, listed by its alias as earlier releases do.
fn with_a_destroyed_key_of_an_earlier_release(vault: &Open) -> KeyId {
    let destroy = KeyAction::Destroy {
        version: None,
        force: false,
    };
    let photos = "photos".parse().expect("an alias");
    let made = block_on(vault.create_key(&photos)).expect("a new key");
    let gone = block_on(vault.manage("photos", &destroy)).expect("a key that nothing needs");
    let listed = block_on(vault.change_unasked("list", async |tx| {
        let listing = KeyListing {
            destroyed: false,
            ..KeyListing::of(&gone.info.key)
        };
        tx.put(tx.shard_id(made.key.id.as_str())?, catalog::shard(&[]));
        tx.put(tx.shard_id("photos")?, catalog::shard(&[listing]));
        Ok(())
    }));
    listed.expect("a store in memory");
    made.key.id.clone()
}

#[test]
fn a_key_that_an_earlier_release_destroyed_leaves_the_list_and_frees_its_alias() {
    for large in [false, true] {
        let (rows, factor) = vault();
        let keyring = open(rows.clone(), &factor).expect("a genuine vault");
        let made = unlocked(rows, keyring);
        let gone = with_a_destroyed_key_of_an_earlier_release(&made);
        if large {
            fill(&made);
        }
        let old = of_an_earlier_release(&made);
        let keyring = open(old.clone(), &factor).expect("its own vault");
        let upgraded = unlocked(old, keyring);
        block_on(upgraded.change_unasked("upgrade", async |tx| tx.upgrade().await))
            .expect("a whole vault");

        let found = |query: &KeyQuery| {
            let page = block_on(upgraded.list_keys(query)).expect("an unlocked vault");
            page.keys.len()
        };
        let all = KeyQuery {
            destroyed: true,
            ..KeyQuery::default()
        };
        assert_eq!((found(&KeyQuery::default()), found(&all)), (0, 1));
        assert_eq!(block_on(upgraded.key("photos")).err(), Some(Error::NoKey));
        assert!(block_on(upgraded.key(gone.as_str())).is_ok());
        block_on(upgraded.create_key(&"photos".parse().expect("an alias"))).expect("it is free");
        assert_eq!((found(&KeyQuery::default()), found(&all)), (1, 2));
        block_on(upgraded.survey()).expect("all rows are accounted for");
    }
}

#[test]
fn an_older_record_of_the_core_is_refused_though_it_was_genuine() {
    let (rows, factor) = vault();
    let keyring = open(rows.clone(), &factor).expect("a genuine vault");
    let made = unlocked(rows.clone(), keyring);
    let restated = made.change_unasked("restate", async |tx| {
        let row = at(&all_rows(&made), RecordType::Index).clone();
        let jwk = tx.open_key(&row)?;
        tx.put(row.record_id, jwk);
        Ok(())
    });
    block_on(restated).expect("a store in memory");
    let mut mixed = all_rows(&made);
    assert!(open(mixed.clone(), &factor).is_ok());
    replace(&mut mixed, at(&rows, RecordType::Index).clone());
    let unaccounted = Error::Integrity("records that the head does not account for");
    assert_eq!(open(mixed, &factor).err(), Some(unaccounted));
}

#[test]
fn a_page_that_another_operation_made_room_for_meanwhile_is_read_again() {
    let (rows, factor) = vault();
    let keyring = open(rows.clone(), &factor).expect("a genuine vault");
    let vault = unlocked(rows, keyring);
    fill(&vault);
    let record_id = RecordId::new(RecordType::Usage, "no such key");
    let open = vault.state.open().expect("an open vault");
    let reading = open.reading(vec![Range::record_id(&record_id)], &[], &[]);
    let reading = reading.expect("a single row");
    let checked = reading.check(&[], &open.keyring, &mut ManifestCache::default());
    assert_eq!(checked, Err(Error::Conflict));
}

#[test]
fn an_older_record_of_the_core_of_an_earlier_release_is_refused_once_all_records_are_read() {
    let (rows, factor) = vault();
    let keyring = open(rows.clone(), &factor).expect("a genuine vault");
    let made = unlocked(rows.clone(), keyring);
    let restated = made.change_unasked("restate", async |tx| {
        let row = at(&rows, RecordType::Index).clone();
        let jwk = tx.open_key(&row)?;
        tx.put(row.record_id, jwk);
        Ok(())
    });
    block_on(restated).expect("a store in memory");
    let all = of_an_earlier_release(&made);
    let keyring = open(all.clone(), &factor).expect("its own vault");
    assert_eq!(keyring.check(&all), Ok(()));
    // A store may answer with one at first, and with all others later.
    let mut mixed = all.clone();
    replace(&mut mixed, at(&rows, RecordType::Index).clone());
    let keyring = open(mixed, &factor).expect("nothing tells them apart yet");
    let unaccounted = Error::Integrity("records that the head does not account for");
    assert_eq!(keyring.check(&all), Err(unaccounted));
}

#[test]
fn of_several_writes_of_a_record_the_last_one_counts() {
    let (rows, factor) = vault();
    let keyring = open(rows.clone(), &factor).expect("a genuine vault");
    let vault = unlocked(rows, keyring);
    let before = all_rows(&vault).len();
    let id = |name: &str| RecordId::new(RecordType::Usage, name);
    let record = |text: &str| Object::new().with("text", text);
    let written = vault.change_unasked("write", async |tx| {
        tx.put(id("put"), record("first"));
        tx.insert(id("deleted"), Object::new());
        tx.delete(id("put"));
        tx.insert(id("inserted"), record("first"));
        tx.put(id("put"), record("last"));
        tx.delete(id("deleted"));
        tx.put(id("inserted"), record("last"));
        Ok(())
    });
    block_on(written).expect("a store in memory");
    assert_eq!(all_rows(&vault).len(), before + 2);
    let read = vault.read_unasked("read", async |tx| {
        for name in ["put", "inserted"] {
            let row = tx.row(&id(name)).await?.expect("a row");
            assert_eq!((row.revision, tx.open_json(&row)?), (1, record("last")));
        }
        assert_eq!(tx.row(&id("deleted")).await?, None);
        Ok(())
    });
    block_on(read).expect("each row is proven");
}
