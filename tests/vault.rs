//! A vault's life, and what is refused, on the memory store.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use pollster::block_on;
use strongroom::{
    Context, Error, Result,
    base::{Clock, Local, Secret, SystemEntropy, Timestamp},
    factors::{Answer, Challenge, FactorPort, InlineFactor, Passphrase, Present},
    keys::{KeyAction, KeyQuery},
    object::{FileMetadata, Origin, body::RustEngine},
    records::LastSeenHead,
    store::{Batch, MemoryStore, Range, RecordType, Row, Store, VaultName},
    vault::{DecryptOptions, Locked, Platform, Unlocked, Vault},
};

type Open = Vault<Unlocked, MemoryStore, RustEngine>;
type Shut = Vault<Locked, MemoryStore, RustEngine>;
type TestHost = Platform<MemoryStore, RustEngine>;

const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        NOW
    }
}

/// Argon2id at full strength, but each answer is computed once: the tests ask for the same again.
#[derive(Default)]
struct Remembered(RefCell<HashMap<Asked, Secret<32>>>);

/// A passphrase and a salt.
type Asked = (Vec<u8>, Vec<u8>);

impl FactorPort for Remembered {
    fn answer<'a>(&'a self, challenge: Challenge<'a>) -> Local<'a, Result<Answer>> {
        let Challenge::Argon2id {
            passphrase, kdf, ..
        } = challenge;
        Box::pin(async move {
            let asked = (passphrase.expose()?.to_vec(), kdf.salt()?);
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

fn host() -> Rc<TestHost> {
    Rc::new(Platform {
        store: MemoryStore::default(),
        factor: Box::new(Remembered::default()),
        engine: Rc::new(RustEngine),
        clock: Rc::new(FixedClock),
        rng: Box::new(SystemEntropy),
        listener: Box::new(|_| {}),
    })
}

fn name(text: &str) -> VaultName {
    text.parse().unwrap()
}

fn phrase(text: &str) -> Passphrase {
    Passphrase::new(text.as_bytes().to_vec()).unwrap()
}

fn context() -> Context {
    Context::try_from([("album", "42")]).unwrap()
}

fn create(host: &Rc<TestHost>) -> Open {
    block_on(Vault::create(
        host.clone(),
        name("acme"),
        &[&phrase("correct horse")],
    ))
    .unwrap()
}

fn unlock(host: &Rc<TestHost>) -> Result<Open> {
    let vault: Shut = block_on(Vault::open(host.clone(), name("acme")))?;
    block_on(vault.unlock(&phrase("correct horse"), None))
}

fn create_key(vault: &Open, alias: &str) -> Result<String> {
    block_on(vault.create_key(&alias.parse().unwrap())).map(|made| made.key.id.to_string())
}

/// An object's header and body.
fn encrypt(vault: &Open, plain: &[u8], context: &Context) -> (Vec<u8>, Vec<u8>) {
    let file = FileMetadata {
        name: Some("a.txt".into()),
        size: Some(plain.len() as u64),
        ..FileMetadata::default()
    };
    let object = block_on(vault.encrypt("photos", context, Some(&file))).unwrap();
    let mut body = block_on(object.encryptor.push(plain.to_vec())).unwrap();
    body.extend(block_on(object.encryptor.finish()).unwrap());
    (object.header.bytes().to_vec(), body.concat())
}

fn decrypt(vault: &Open, header: &[u8], body: &[u8], context: &Context) -> Result<Vec<u8>> {
    let object = block_on(vault.decrypt(header, context, &DecryptOptions::default()))?;
    assert_eq!(object.origin, Origin::Own);
    let mut plain = block_on(object.decryptor.push(body.to_vec()))?;
    plain.extend(block_on(object.decryptor.finish())?);
    Ok(plain.concat())
}

fn rows(host: &TestHost) -> Vec<Row> {
    block_on(host.store.read(&name("acme"), &[Range::all()]))
        .unwrap()
        .1
}

/// What somebody with write access to the store does: past the vault, straight into the rows.
fn overwrite(host: &TestHost, batch: Batch) {
    let (sequence, _) = block_on(host.store.read(&name("acme"), &[Range::all()])).unwrap();
    let next = sequence.next();
    block_on(host.store.commit(&name("acme"), sequence, next, &batch)).unwrap();
}

fn replace_all(host: &TestHost, rows: &[Row]) {
    let deletes = self::rows(host)
        .into_iter()
        .map(|row| row.record_id)
        .collect();
    overwrite(
        host,
        Batch {
            puts: rows.to_vec(),
            deletes,
        },
    );
}

fn integrity(outcome: Result<Open>) -> bool {
    matches!(outcome, Err(Error::Integrity(_)))
}

#[test]
fn a_vault_opens_again_with_its_passphrase_and_keys() {
    let host = host();
    let vault = create(&host);
    let id = create_key(&vault, "photos").unwrap();
    let (header, body) = encrypt(&vault, b"hello", &context());
    let locked = vault.lock();
    let again = block_on(locked.unlock(&phrase("correct horse"), None)).unwrap();
    let keys = block_on(again.keys()).unwrap();
    assert_eq!(
        (keys.len(), keys[0].key.id.as_str(), keys[0].key.created),
        (1, id.as_str(), NOW)
    );
    assert_eq!(
        decrypt(&again, &header, &body, &context()).unwrap(),
        b"hello"
    );
}

#[test]
fn any_of_several_passphrases_opens_it() {
    let host = host();
    let both = [phrase("correct horse"), phrase("battery staple")];
    let presented = [&both[0] as &dyn Present, &both[1]];
    drop(block_on(Vault::create(host.clone(), name("acme"), &presented)).unwrap());
    let vault: Shut = block_on(Vault::open(host, name("acme"))).unwrap();
    for passphrase in &both {
        assert!(block_on(vault.unlock(passphrase, None)).is_ok());
    }
}

#[test]
fn a_wrong_passphrase_opens_nothing() {
    let host = host();
    let locked = create(&host).lock();
    assert!(matches!(
        block_on(locked.unlock(&phrase("wrong"), None)),
        Err(Error::WrongFactor)
    ));
}

#[test]
fn a_vault_without_a_factor_is_refused_and_leaves_nothing() {
    let host = host();
    assert!(matches!(
        block_on(Vault::create(host.clone(), name("acme"), &[])),
        Err(Error::Argument(_))
    ));
    assert!(block_on(host.vaults()).unwrap().is_empty());
}

#[test]
fn a_taken_name_is_refused_and_left_alone() {
    let host = host();
    create(&host);
    let before = rows(&host);
    let second = block_on(Vault::create(
        host.clone(),
        name("acme"),
        &[&phrase("other")],
    ));
    assert!(matches!(second, Err(Error::VaultExists)));
    assert_eq!(rows(&host), before);
}

#[test]
fn a_removed_vault_is_gone() {
    let host = host();
    let vault = create(&host);
    block_on(host.remove(&name("acme"))).unwrap();
    assert!(matches!(unlock(&host), Err(Error::NoVault)));
    assert!(matches!(create_key(&vault, "photos"), Err(Error::NoVault)));
}

#[test]
fn an_alias_is_taken_once() {
    let host = host();
    let vault = create(&host);
    create_key(&vault, "photos").unwrap();
    assert_eq!(create_key(&vault, "photos"), Err(Error::KeyExists));
    assert!(matches!(block_on(vault.key("videos")), Err(Error::NoKey)));
}

#[test]
fn two_handles_see_each_others_keys_and_lose_none() {
    let host = host();
    let (a, b) = (create(&host), unlock(&host).unwrap());
    create_key(&a, "photos").unwrap();
    create_key(&b, "videos").unwrap();
    assert_eq!(create_key(&a, "videos"), Err(Error::KeyExists));
    let (header, body) = encrypt(&b, b"x", &Context::none());
    assert_eq!(decrypt(&a, &header, &body, &Context::none()).unwrap(), b"x");
    for vault in [a, b, unlock(&host).unwrap()] {
        let aliases: Vec<_> = block_on(vault.keys())
            .unwrap()
            .into_iter()
            .map(|key| key.key.alias.to_string())
            .collect();
        assert_eq!(aliases, ["photos", "videos"]);
    }
}

#[test]
fn an_object_opens_only_under_its_context() {
    let host = host();
    let vault = create(&host);
    create_key(&vault, "photos").unwrap();
    let (header, body) = encrypt(&vault, b"hello", &context());
    assert_eq!(
        decrypt(&vault, &header, &body, &Context::none()),
        Err(Error::Context)
    );
    let other = Context::try_from([("album", "43")]).unwrap();
    assert_eq!(decrypt(&vault, &header, &body, &other), Err(Error::Context));
    let (plain_header, plain_body) = encrypt(&vault, b"hello", &Context::none());
    assert_eq!(
        decrypt(&vault, &plain_header, &plain_body, &context()),
        Err(Error::Context)
    );
    // The body is bound too, not only the header.
    assert_eq!(
        decrypt(&vault, &header, &plain_body, &context()),
        Err(Error::Decrypt)
    );
}

#[test]
fn expect_pins_the_object() {
    let host = host();
    let vault = create(&host);
    create_key(&vault, "photos").unwrap();
    let (mine, _) = encrypt(&vault, b"mine", &Context::none());
    let (other, _) = encrypt(&vault, b"other", &Context::none());
    let opened =
        block_on(vault.decrypt(&mine, &Context::none(), &DecryptOptions::default())).unwrap();
    assert_eq!(opened.metadata.unwrap().name.as_deref(), Some("a.txt"));
    let options = DecryptOptions {
        expect: Some(opened.id),
        ..DecryptOptions::default()
    };
    assert!(block_on(vault.decrypt(&mine, &Context::none(), &options)).is_ok());
    assert!(matches!(
        block_on(vault.decrypt(&other, &Context::none(), &options)),
        Err(Error::Decrypt)
    ));
}

#[test]
fn another_vaults_object_is_told_by_its_key() {
    let (host, other) = (host(), self::host());
    let (vault, stranger) = (create(&host), create(&other));
    create_key(&vault, "photos").unwrap();
    create_key(&stranger, "photos").unwrap();
    let (header, body) = encrypt(&stranger, b"theirs", &Context::none());
    assert_eq!(
        decrypt(&vault, &header, &body, &Context::none()),
        Err(Error::NoKey)
    );
}

#[test]
fn a_values_json_comes_back() {
    let host = host();
    let vault = create(&host);
    create_key(&vault, "photos").unwrap();
    let token = block_on(vault.encrypt_value("photos", br#"{"card":"4111"}"#, &context())).unwrap();
    let value = block_on(vault.decrypt_value(&token, &context())).unwrap();
    assert_eq!(value.as_slice(), br#"{"card":"4111"}"#);
    assert!(matches!(
        block_on(vault.decrypt_value(&token, &Context::none())),
        Err(Error::Context)
    ));
    // A value is never an envelope, nor the other way round.
    assert!(
        block_on(vault.decrypt(token.as_bytes(), &context(), &DecryptOptions::default())).is_err()
    );
    let (header, _) = encrypt(&vault, b"x", &context());
    let header = String::from_utf8(header).unwrap();
    assert!(block_on(vault.decrypt_value(&header, &context())).is_err());
}

#[test]
fn a_backup_restores_into_a_free_name() {
    let host = host();
    let vault = create(&host);
    create_key(&vault, "photos").unwrap();
    let (header, body) = encrypt(&vault, b"hello", &context());
    let backup = block_on(vault.backup()).unwrap();
    let taken = block_on(Shut::restore(host.clone(), &backup, None));
    assert!(matches!(taken, Err(Error::VaultExists)));

    let elsewhere = self::host();
    let restored = block_on(Shut::restore(
        elsewhere.clone(),
        &backup,
        Some(name("copy")),
    ))
    .unwrap();
    assert_eq!(
        (restored.name().as_str(), restored.id()),
        ("copy", vault.id())
    );
    assert!(matches!(
        block_on(restored.unlock(&phrase("wrong"), None)),
        Err(Error::WrongFactor)
    ));
    let restored = block_on(restored.unlock(&phrase("correct horse"), None)).unwrap();
    assert_eq!(
        decrypt(&restored, &header, &body, &context()).unwrap(),
        b"hello"
    );
    assert!(create_key(&restored, "more").is_ok());
}

#[test]
fn a_damaged_backup_is_refused_and_writes_nothing() {
    let host = host();
    let vault = create(&host);
    create_key(&vault, "photos").unwrap();
    let backup = block_on(vault.backup()).unwrap();
    let elsewhere = self::host();
    // Every bit and length is tried in `refusal.rs`; here, what a refusal leaves behind.
    let mut flipped = backup.clone();
    flipped[backup.len() / 2] ^= 1;
    for damaged in [&flipped, &backup[..backup.len() - 1]] {
        let name = Some(name("acme"));
        let outcome = block_on(Shut::restore(elsewhere.clone(), damaged, name));
        assert!(outcome.is_err());
    }
    assert!(block_on(elsewhere.vaults()).unwrap().is_empty());
}

#[test]
fn a_record_of_another_revision_is_refused_whichever_it_is() {
    let host = host();
    create_key(&create(&host), "photos").unwrap();
    let genuine = rows(&host);
    assert_eq!(
        genuine.len(),
        13,
        "a row of every kind that a vault with one key has"
    );
    for (index, row) in genuine.iter().enumerate() {
        let mut rewritten = genuine.clone();
        rewritten[index].revision += 1;
        replace_all(&host, &rewritten);
        // The statement's place is in its payload, its revision only in the digest.
        assert!(
            unlock(&host).is_err(),
            "{:?} with another revision",
            row.record_id.kind
        );
    }
    replace_all(&host, &genuine);
    assert!(unlock(&host).is_ok());
}

#[test]
fn a_missing_record_is_refused_whichever_it_is() {
    let host = host();
    create_key(&create(&host), "photos").unwrap();
    let genuine = rows(&host);
    for index in 0..genuine.len() {
        let mut missing = genuine.clone();
        let removed = missing.remove(index);
        replace_all(&host, &missing);
        assert!(unlock(&host).is_err(), "{:?}", removed.record_id.kind);
    }
}

#[test]
fn a_record_in_another_ones_place_is_refused() {
    let host = host();
    let vault = create(&host);
    create_key(&vault, "photos").unwrap();
    create_key(&vault, "videos").unwrap();
    let mut moved = rows(&host);
    let versions: Vec<usize> = (0..moved.len())
        .filter(|&at| moved[at].record_id.kind == RecordType::Version)
        .collect();
    let first = moved[versions[0]].bytes.clone();
    moved[versions[0]].bytes = core::mem::replace(&mut moved[versions[1]].bytes, first);
    replace_all(&host, &moved);
    assert!(integrity(unlock(&host)));
}

#[test]
fn another_vaults_record_is_refused() {
    let (host, other) = (host(), self::host());
    create_key(&create(&host), "photos").unwrap();
    create_key(&create(&other), "photos").unwrap();
    let foreign = rows(&other)
        .into_iter()
        .filter(|row| matches!(row.record_id.kind, RecordType::Key | RecordType::Version));
    overwrite(
        &host,
        Batch {
            puts: foreign.collect(),
            deletes: Vec::new(),
        },
    );
    assert!(integrity(unlock(&host)));
}

#[test]
fn an_older_head_is_refused() {
    let host = host();
    let vault = create(&host);
    let old: Vec<_> = rows(&host)
        .into_iter()
        .filter(|row| row.record_id.kind == RecordType::Head)
        .collect();
    create_key(&vault, "photos").unwrap();
    overwrite(
        &host,
        Batch {
            puts: old,
            deletes: Vec::new(),
        },
    );
    assert!(integrity(unlock(&host)));
}

#[test]
fn a_revived_record_is_refused() {
    let host = host();
    let vault = create(&host);
    let before = rows(&host);
    create_key(&vault, "photos").unwrap();
    let revived: Vec<_> = rows(&host)
        .into_iter()
        .filter(|row| matches!(row.record_id.kind, RecordType::Key | RecordType::Version))
        .collect();
    // Back to before the key; another one is made; then the first one's records come back.
    replace_all(&host, &before);
    create_key(&unlock(&host).unwrap(), "videos").unwrap();
    overwrite(
        &host,
        Batch {
            puts: revived,
            deletes: Vec::new(),
        },
    );
    assert!(integrity(unlock(&host)));
}

#[test]
fn a_vault_opens_under_each_next_vault_key_and_not_under_an_old_one() {
    let host = host();
    let vault = create(&host);
    create_key(&vault, "photos").unwrap();
    let (header, body) = encrypt(&vault, b"hello", &context());
    let old = rows(&host);
    for generation in 2..4 {
        block_on(vault.rotate_vault_key()).unwrap();
        let again = unlock(&host).unwrap();
        assert_eq!(again.generation().unwrap(), generation);
        let plain = decrypt(&again, &header, &body, &context());
        assert_eq!(plain.unwrap(), b"hello");
        drop(again);
        // What the factor remembers now is in the store: nothing is left to write.
        let before = rows(&host);
        drop(unlock(&host).unwrap());
        assert_eq!(rows(&host), before);
    }
    let kept = |row: &Row| row.record_id.kind == RecordType::Factor;
    let mut mixed: Vec<_> = rows(&host).into_iter().filter(kept).collect();
    mixed.extend(old.into_iter().filter(|row| !kept(row)));
    replace_all(&host, &mixed);
    assert!(integrity(unlock(&host)));
}

#[test]
fn a_replay_of_everything_is_told_by_a_head_kept_elsewhere() {
    let host = host();
    let vault = create(&host);
    let before = rows(&host);
    create_key(&vault, "photos").unwrap();
    let seen = vault.seen().unwrap();
    let locked = vault.lock();
    assert!(block_on(locked.unlock(&phrase("correct horse"), Some(&seen))).is_ok());
    replace_all(&host, &before);
    assert!(block_on(locked.unlock(&phrase("correct horse"), None)).is_ok());
    assert!(integrity(block_on(
        locked.unlock(&phrase("correct horse"), Some(&seen))
    )));
    let nonsense = LastSeenHead("x".into());
    assert!(matches!(
        block_on(locked.unlock(&phrase("correct horse"), Some(&nonsense))),
        Err(Error::Argument(_))
    ));
}

#[test]
fn an_open_vault_refuses_what_was_written_past_it() {
    let host = host();
    let vault = create(&host);
    create_key(&vault, "photos").unwrap();
    let mut edited = rows(&host);
    let key = edited
        .iter_mut()
        .find(|row| row.record_id.kind == RecordType::Key)
        .unwrap();
    key.bytes[40] ^= 1;
    replace_all(&host, &edited);
    assert!(create_key(&vault, "videos").is_err());
    assert!(block_on(vault.keys()).is_err());
}

/// More records than are read whole when a vault is unlocked: what is listed is indexed page by page.
#[test]
fn a_list_of_a_large_vault_shows_what_this_and_another_tab_wrote_and_rotated() {
    let host = host();
    let vault = create(&host);
    for at in 0..520 {
        create_key(&vault, &format!("key-{at:03}")).unwrap();
    }
    let aliases = |vault: &Open| {
        let listed = |query: &KeyQuery| {
            let page = block_on(vault.list_keys(query));
            page.unwrap()
        };
        let first = listed(&KeyQuery::default());
        assert_eq!(first.next, None);
        let mut all = Vec::new();
        for key in first.keys {
            all.push(key.key.alias.to_string());
        }
        all
    };
    let (here, there) = (unlock(&host).unwrap(), unlock(&host).unwrap());
    let mut expected: Vec<_> = (0..520).map(|at| format!("key-{at:03}")).collect();
    assert_eq!(aliases(&here), expected);
    assert_eq!(aliases(&there), expected);

    create_key(&there, "key-000-there").unwrap();
    expected.insert(1, "key-000-there".into());
    assert_eq!(aliases(&here), expected);
    create_key(&here, "a-here").unwrap();
    expected.insert(0, "a-here".into());
    assert_eq!(aliases(&here), expected);
    assert_eq!(aliases(&there), expected);

    let renamed = KeyAction::Update {
        alias: Some("z".parse().unwrap()),
        labels: None,
        rotate_every: None,
    };
    drop(block_on(here.manage("key-003", &renamed)).unwrap());
    expected.retain(|alias| alias != "key-003");
    expected.push("z".into());
    assert_eq!(aliases(&here), expected);
    assert_eq!(aliases(&there), expected);

    block_on(here.rotate_vault_key()).unwrap();
    assert_eq!(aliases(&here), expected);
    create_key(&here, "b").unwrap();
    expected.insert(1, "b".into());
    assert_eq!(aliases(&here), expected);
    assert_eq!(block_on(here.survey()), Ok(()));
    assert_eq!(aliases(&unlock(&host).unwrap()), expected);
}

/// A batch that is given out in parts is given out whole: each record once, under one vault key.
#[test]
fn a_rotation_of_many_parts_leaves_nothing_behind() {
    let host = host();
    let vault = create(&host);
    for at in 0..300 {
        create_key(&vault, &format!("key-{at}")).unwrap();
    }
    let before = rows(&host);
    block_on(vault.rotate_vault_key()).unwrap();
    let after = rows(&host);
    assert_eq!(after.len(), before.len());
    for (old, new) in before.iter().zip(&after) {
        let stays = old.record_id.kind == RecordType::Factor;
        let expected = if stays {
            old.revision
        } else {
            old.revision + 1
        };
        assert_eq!((&new.record_id, new.revision), (&old.record_id, expected));
    }
    let again = unlock(&host).unwrap();
    assert_eq!(again.generation().unwrap(), 2);
    for at in [0, 150, 299] {
        let alias = format!("key-{at}");
        let token = block_on(again.encrypt_value(&alias, b"1", &Context::none()));
        assert!(token.is_ok(), "{alias}");
    }
}
