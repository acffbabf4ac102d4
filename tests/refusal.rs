//! Every change is refused: each single bit that flips, and each place where a file may be cut.
//!
//! Nothing is sampled, but of backups and of the records that an unlock opens, where each change takes milliseconds: one bit of each
//! byte flips in a test run, and every bit in `cargo xtask refusals`. Values, envelopes of one recipient and bare statements have the same test in
//! `jose_tokens.rs` and `jose_opening.rs`. No byte is without meaning, with one exception that is
//! named below: our JSON is written without white space, and one bit does not add any without
//! changing a name, a number or a string.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{cell::RefCell, collections::HashMap, env, rc::Rc, thread};

use pollster::block_on;
use strongroom::{
    Context, Error, Result,
    base::{Clock, Kid, Local, Secret, SystemEntropy, Timestamp},
    factors::{Answer, Challenge, FactorPort, InlineFactor, Passphrase},
    jose::{self, AgreementKey, Envelope, Identity, Jwk, Kek, SigningKey, unwrap, wrap},
    keys::{OrganisationPolicy, Policy},
    object::{FileMetadata, attached, body::RustEngine, decrypt_object, encrypt_object},
    records::{Enrolment, Kdf},
    store::{Batch, MemoryStore, RecordType, Row, Sequence, Store, VaultName},
    vault::{Backup, Keyring, NewVault, Others, Platform, Proposal, Unlocked, Vault},
};

const ENTROPY: SystemEntropy = SystemEntropy;

/// Each copy of `bytes` with one bit changed, and where.
fn flips(bytes: &[u8]) -> impl Iterator<Item = (usize, u32, Vec<u8>)> {
    (0..bytes.len()).flat_map(move |at| {
        (0..8).map(move |bit| {
            let mut flipped = bytes.to_vec();
            flipped[at] ^= 1 << bit;
            (at, bit, flipped)
        })
    })
}

/// Holds `open` to refusing every flip and every truncation of what it does open.
fn refuses_every_change<T>(what: &str, bytes: &[u8], open: impl Fn(&[u8]) -> Result<T>) {
    refuses_changes(what, bytes, |_, _| true, open);
}

/// As [`refuses_every_change`], of those bits of each byte.
fn refuses_changes<T>(
    what: &str,
    bytes: &[u8],
    is_flipped: fn(usize, u32) -> bool,
    open: impl Fn(&[u8]) -> Result<T>,
) {
    assert!(open(bytes).is_ok(), "{what} opens unchanged");
    let chosen = flips(bytes).filter(|(at, bit, _)| is_flipped(*at, *bit));
    for (at, bit, flipped) in chosen {
        assert!(open(&flipped).is_err(), "{what}: byte {at} bit {bit}");
    }
    for length in 0..bytes.len() {
        assert!(open(&bytes[..length]).is_err(), "{what} cut to {length}");
    }
}

/// Which bits flip where each change takes milliseconds: one of each byte, or all where that is asked for.
fn is_chosen() -> fn(usize, u32) -> bool {
    if env::var_os("STRONGROOM_EVERY_BIT").is_some() {
        |_, _| true
    } else {
        |at, bit| at % 8 == bit as usize
    }
}

fn kek(kid: &str) -> Kek {
    Kek::new(Kid::new(kid).unwrap(), Secret::generate(&ENTROPY).unwrap())
}

fn context() -> Context {
    Context::try_from([("album", "42")]).unwrap()
}

#[test]
fn every_change_of_an_attached_object_is_refused() {
    let kek = kek("photos.1");
    for size in [Some(5), None] {
        let file = FileMetadata {
            name: Some("a.txt".into()),
            size,
            ..FileMetadata::default()
        };
        let object = attached_object(&kek, b"hello", &file);
        let identity = Identity::Kek(kek.clone());
        let opened = open_attached(&object, &identity).unwrap();
        assert_eq!(opened, b"hello");
        refuses_every_change("attached object", &object, |bytes| {
            open_attached(bytes, &identity)
        });
    }
}

fn attached_object(kek: &Kek, plain: &[u8], file: &FileMetadata) -> Vec<u8> {
    let recipients = [kek.clone().into()];
    let (engine, context) = (Rc::new(RustEngine), context());
    let sealing = encrypt_object(engine, &ENTROPY, &recipients, &context, Some(file));
    let object = sealing.unwrap();
    let mut bytes = attached::prefix(&object.header);
    bytes.extend(
        block_on(object.encryptor.push(plain.to_vec()))
            .unwrap()
            .concat(),
    );
    bytes.extend(block_on(object.encryptor.finish()).unwrap().concat());
    bytes
}

fn open_attached(bytes: &[u8], identity: &Identity) -> Result<Vec<u8>> {
    let length = attached::header_len(bytes)?;
    let (header, body) = bytes[attached::PREFIX..]
        .split_at_checked(length)
        .ok_or(Error::Malformed("an object without its body"))?;
    let header = Envelope::parse(header)?;
    let engine = Rc::new(RustEngine);
    let object = decrypt_object(
        engine,
        &header,
        core::slice::from_ref(identity),
        &context(),
        None,
    )?;
    let mut plain = block_on(object.decryptor.push(body.to_vec()))?;
    plain.extend(block_on(object.decryptor.finish())?);
    Ok(plain.concat())
}

#[test]
fn every_change_of_a_shared_envelope_is_refused_but_in_the_others_entries() {
    let (mine, other) = (kek("mine"), kek("other"));
    let pair = AgreementKey::generate(&ENTROPY).unwrap();
    let recipients = [other.into(), mine.clone().into(), pair.public().into()];
    let jwk = Jwk::oct(Secret::generate(&ENTROPY).unwrap());
    let envelope = wrap(&jwk, &recipients, &context(), None, &ENTROPY).unwrap();
    let agreement = Identity::Agreement(pair);
    for (decryptor, others) in [(Identity::Kek(mine), [0, 2]), (agreement, [0, 1])] {
        let free = others.map(|index| entry_at(envelope.bytes(), index));
        hold_outside(&envelope, &decryptor, &jwk, &free);
    }
}

/// An envelope's recipients are not authenticated (RFC 7516 §5.1 step 14 binds the protected header
/// and the `aad`), so whoever stores it can add or spoil entries that the decryptor does not use. Such
/// an envelope gives the same key, and never proves who wrote it.
fn hold_outside(
    envelope: &Envelope,
    decryptor: &Identity,
    jwk: &Jwk,
    free: &[core::ops::Range<usize>],
) {
    let mut opened = 0;
    for (at, bit, flipped) in flips(envelope.bytes()) {
        let outcome = Envelope::parse(&flipped)
            .and_then(|flipped| unwrap(&flipped, core::slice::from_ref(decryptor), &context()));
        let Ok(unwrapped) = outcome else { continue };
        assert!(
            free.iter().any(|range| range.contains(&at)),
            "byte {at} bit {bit}"
        );
        assert_eq!(unwrapped.jwk.thumbprint(), jwk.thumbprint());
        assert!(!unwrapped.proves_writer);
        opened += 1;
    }
    assert!(opened > 0, "the ranges listed are the ones that are free");
}

/// The bytes of one entry of `recipients`, from brace to brace.
fn entry_at(envelope: &[u8], index: usize) -> core::ops::Range<usize> {
    let text = core::str::from_utf8(envelope).unwrap();
    let starts: Vec<usize> = text
        .match_indices(r#"{"header":"#)
        .map(|(at, _)| at)
        .collect();
    let end = starts.get(index + 1).map(|next| next - 1);
    let end = end.unwrap_or_else(|| starts[index] + text[starts[index]..].find(']').unwrap());
    assert!(text[..end].ends_with('}'));
    starts[index]..end
}

#[test]
fn every_change_of_a_backup_is_refused() {
    let (host, vault) = vault_of(&[passphrase()]);
    let backup = block_on(vault.backup()).unwrap();
    refuses_changes("backup", &backup, is_chosen(), Backup::read);
    assert!(block_on(Vault::restore(host, &backup, Some("copy".parse().unwrap()))).is_ok());
}

/// What a new vault has none of, of the core.
const LATER: [RecordType; 6] = [
    RecordType::Succession,
    RecordType::AuditKey,
    RecordType::Policy,
    RecordType::Requests,
    RecordType::Organisation,
    RecordType::Witness,
];

/// Of the records that an unlock opens. The others have the same test in `src/vault/tests.rs`, where they
/// can be opened one by one: here the head would refuse them all.
#[test]
fn every_change_of_every_record_that_an_unlock_opens_is_refused() {
    let rows = rows_of_a_vault(&[passphrase()]);
    assert_eq!(
        rows.len(),
        Keyring::core().len() - LATER.len(),
        "one of each kind of the core but those that come later"
    );
    assert!(!rows.iter().any(|row| LATER.contains(&row.record_id.kind)));
    // Thousands of unlocks for each record: as many at once as there are processors.
    thread::scope(|scope| {
        for index in 0..rows.len() {
            let rows = &rows;
            scope.spawn(move || every_change_of_one_record_is_refused(rows, index));
        }
    });
}

/// It says who signs since a factor was compromised, and stands among what the head proves.
#[test]
fn every_change_of_a_succession_is_refused() {
    let (host, vault) = vault_of(&[passphrase(), stolen()]);
    let factors = block_on(vault.factors()).unwrap();
    let (lost, present) = (factors[1].id.as_str(), passphrase());
    block_on(vault.revoke_compromised_factor(lost, &present, Others::default(), &|_, _| Ok(())))
        .unwrap();
    let (_, rows) = block_on(host.store.read(&name(), &Keyring::core())).unwrap();
    let is_succession = |row: &Row| row.record_id.kind == RecordType::Succession;
    let index = rows.iter().position(is_succession).unwrap();
    every_change_of_one_record_is_refused(&rows, index);
}

/// What the vault itself may be used for, once somebody has said so.
#[test]
fn every_change_of_a_vaults_policy_is_refused() {
    let (host, vault) = vault_of(&[passphrase()]);
    block_on(vault.set_policy(Some(&Policy::default()))).unwrap();
    let (_, rows) = block_on(host.store.read(&name(), &Keyring::core())).unwrap();
    let is_policy = |row: &Row| row.record_id.kind == RecordType::Policy;
    let index = rows.iter().position(is_policy).unwrap();
    every_change_of_one_record_is_refused(&rows, index);
}

/// What somebody else was asked to approve.
#[test]
fn every_change_of_the_requests_is_refused() {
    let (host, vault) = vault_of(&[passphrase()]);
    let asked = block_on(vault.request_approval(&Proposal::VaultPolicy(None), 1000));
    assert!(asked.is_ok());
    let (_, rows) = block_on(host.store.read(&name(), &Keyring::core())).unwrap();
    let are_requests = |row: &Row| row.record_id.kind == RecordType::Requests;
    let index = rows.iter().position(are_requests).unwrap();
    every_change_of_one_record_is_refused(&rows, index);
}

/// What the organisation says, which its signature holds as well.
#[test]
fn every_change_of_an_organisations_policy_is_refused() {
    let (host, vault) = vault_of(&[passphrase()]);
    let key = SigningKey::generate(&ENTROPY).unwrap();
    let id = key.thumbprint();
    let payload =
        format!(r#"{{"organisation":"{id}","sequence":1,"notAfter":1900000000000,"rules":{{}}}}"#);
    let token = jose::sign("sr-policy+jws", payload.as_bytes(), &key, &ENTROPY).unwrap();
    let policy = OrganisationPolicy::parse(&token).unwrap();
    block_on(vault.set_organisation(&policy, &id)).unwrap();
    let (_, rows) = block_on(host.store.read(&name(), &Keyring::core())).unwrap();
    let is_policy = |row: &Row| row.record_id.kind == RecordType::Organisation;
    let index = rows.iter().position(is_policy).unwrap();
    every_change_of_one_record_is_refused(&rows, index);
}

/// What the vault has seen as a witness.
#[test]
fn every_change_of_what_a_witness_has_seen_is_refused() {
    let (host, vault) = vault_of(&[passphrase()]);
    block_on(vault.witness_key()).unwrap();
    let (_, rows) = block_on(host.store.read(&name(), &Keyring::core())).unwrap();
    let is_seen = |row: &Row| row.record_id.kind == RecordType::Witness;
    let index = rows.iter().position(is_seen).unwrap();
    every_change_of_one_record_is_refused(&rows, index);
}

fn every_change_of_one_record_is_refused(rows: &[Row], index: usize) {
    let (row, stretch) = (&rows[index], Remembered::default());
    refuses_changes(
        row.record_id.kind.as_str(),
        &row.bytes,
        is_chosen(),
        |bytes| {
            let mut rows = rows.to_vec();
            rows[index].bytes = bytes.to_vec();
            let host = host(stretch.clone());
            store(&host, rows);
            let vault = block_on(Vault::open(host, name()))?;
            let vault = block_on(vault.unlock(&passphrase(), None))?;
            block_on(vault.keys())
        },
    );
}

/// The records of a vault without keys.
fn rows_of_a_vault(phrases: &[Passphrase]) -> Vec<Row> {
    let mut genesis = NewVault::begin(&ENTROPY).unwrap();
    for phrase in phrases {
        let kdf = Kdf::with_cost(19 * 1024, 2, 1, &ENTROPY).unwrap();
        let challenge = Challenge::Argon2id {
            passphrase: phrase,
            form: 0,
            kdf: &kdf,
        };
        let Answer::Derived(stretched) = block_on(InlineFactor.answer(challenge)).unwrap();
        genesis
            .add(Enrolment::Passphrase(kdf), stretched, &ENTROPY)
            .unwrap();
    }
    genesis.finish(&ENTROPY).unwrap().0
}

type TestHost = Platform<MemoryStore, RustEngine>;
type Open = Vault<Unlocked, MemoryStore, RustEngine>;

/// A vault with factors at the lowest cost that is accepted, opened by the first.
fn vault_of(phrases: &[Passphrase]) -> (Rc<TestHost>, Open) {
    let host = host(Remembered::default());
    store(&host, rows_of_a_vault(phrases));
    let vault = block_on(Vault::open(host.clone(), name())).unwrap();
    let vault = block_on(vault.unlock(&passphrase(), None)).unwrap();
    (host, vault)
}

fn store(host: &TestHost, puts: Vec<Row>) {
    let batch = Batch {
        puts,
        deletes: Vec::new(),
    };
    let name = name();
    let commit = host.store.commit(&name, Sequence(0), Sequence(1), &batch);
    block_on(commit).unwrap();
}

fn host(stretch: Remembered) -> Rc<TestHost> {
    Rc::new(Platform {
        store: MemoryStore::default(),
        factor: Box::new(stretch),
        engine: Rc::new(RustEngine),
        clock: Rc::new(FixedClock),
        rng: Box::new(ENTROPY),
        listener: Box::new(|_| {}),
    })
}

struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_790_000_000_000)
    }
}

fn name() -> VaultName {
    "acme".parse().unwrap()
}

fn passphrase() -> Passphrase {
    Passphrase::new(b"correct horse".to_vec()).unwrap()
}

fn stolen() -> Passphrase {
    Passphrase::new(b"battery staple".to_vec()).unwrap()
}

/// Argon2id, run once for each salt and cost: most changes leave both as they are.
#[derive(Clone, Default)]
struct Remembered(Rc<RefCell<HashMap<Asked, Secret<32>>>>);

/// A cost and a salt.
type Asked = ((u32, u32, u32), Vec<u8>);

impl FactorPort for Remembered {
    fn answer<'a>(&'a self, challenge: Challenge<'a>) -> Local<'a, Result<Answer>> {
        let Challenge::Argon2id { kdf, .. } = challenge;
        Box::pin(async move {
            let asked = (kdf.cost(), kdf.salt()?);
            if let Some(known) = self.0.borrow().get(&asked) {
                return Ok(Answer::Derived(known.clone()));
            }
            let answer = InlineFactor.answer(challenge).await?;
            let Answer::Derived(derived) = &answer;
            self.0.borrow_mut().insert(asked, derived.clone());
            Ok(answer)
        })
    }
}
