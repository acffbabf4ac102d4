//! Vaults that the crate makes here, and what they encrypt.

use std::{
    rc::Rc,
    time::{SystemTime, UNIX_EPOCH},
};

use pollster::block_on;
use strongroom::{
    Context,
    base::{Clock, InputError, Object, SystemEntropy, Timestamp},
    factors::{FactorPort, InlineFactor, Passphrase, Present},
    keys::{KeyOptions, Policy, Purpose},
    object::{FileMetadata, attached, body::RustEngine},
    records::{FactorKind, FactorPair},
    store::MemoryStore,
    vault::{Platform, Unlocked, Vault},
};

use crate::shop::Shop;

pub type Made = Vault<Unlocked, MemoryStore, RustEngine>;

pub const PHRASE: &str = "correct horse battery";

struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Timestamp::from_millis(u64::try_from(since.as_millis()).unwrap())
    }
}

pub fn platform(factor: Box<dyn FactorPort>) -> Rc<Platform<MemoryStore, RustEngine>> {
    Rc::new(Platform {
        store: MemoryStore::default(),
        factor,
        engine: Rc::new(RustEngine),
        clock: Rc::new(SystemClock),
        rng: Box::new(SystemEntropy),
        listener: Box::new(|_| {}),
    })
}

pub fn phrase(text: &str) -> Passphrase {
    Passphrase::new(text.as_bytes().to_vec()).unwrap()
}

/// A vault with a key `photos`.
pub fn vault_of(factors: &[&dyn Present]) -> Made {
    vault_by(Box::new(InlineFactor), factors)
}

/// The same, of a vault that takes a factor of both kinds.
pub fn vault_that_requires(factors: &[&dyn Present], kinds: [FactorKind; 2]) -> Made {
    let (name, pair) = ("acme".parse().unwrap(), FactorPair::new(&kinds).unwrap());
    let platform = platform(Box::new(InlineFactor));
    let vault = Vault::create_requiring(platform, name, factors, Some(pair));
    let vault = block_on(vault).unwrap();
    add(&vault, "photos", Purpose::Encrypt, None);
    vault
}

/// As `vault_of`, on a platform that can more.
pub fn vault_by(port: Box<dyn FactorPort>, factors: &[&dyn Present]) -> Made {
    let name = "acme".parse().unwrap();
    let vault = block_on(Vault::create(platform(port), name, factors)).unwrap();
    add(&vault, "photos", Purpose::Encrypt, None);
    vault
}

pub fn policy(text: &str) -> Policy {
    let members = Object::parse(text.as_bytes(), InputError::Malformed("a test"));
    Policy::parse(members.unwrap()).unwrap()
}

pub fn add(vault: &Made, alias: &str, purpose: Purpose, rules: Option<&str>) {
    let options = KeyOptions {
        purpose,
        policy: rules.map(policy),
        ..KeyOptions::named(alias.parse().unwrap())
    };
    block_on(vault.add_key(&options, None)).unwrap();
}

pub fn backup(vault: &Made) -> Vec<u8> {
    block_on(vault.backup()).unwrap()
}

pub fn named(name: &str) -> FileMetadata {
    FileMetadata {
        name: Some(name.to_owned()),
        ..FileMetadata::default()
    }
}

/// An object in one file.
pub fn object(vault: &Made, key: &str, file: &FileMetadata, plain: &[u8]) -> Vec<u8> {
    let begun = block_on(vault.encrypt(key, &Context::none(), Some(file))).unwrap();
    let mut object = attached::prefix(&begun.header);
    for part in plain.chunks(4 * 1024 * 1024) {
        for piece in block_on(begun.encryptor.push(part.to_vec())).unwrap() {
            object.extend(piece);
        }
    }
    for piece in block_on(begun.encryptor.finish()).unwrap() {
        object.extend(piece);
    }
    object
}

/// A folder with a vault's backup, its passphrase and an object of it, `object.srm`, that is called `cat.jpg`.
pub fn shop() -> (Shop, Made) {
    let (shop, vault) = (Shop::new(), vault_of(&[&phrase(PHRASE)]));
    shop.write("backup.json", backup(&vault));
    shop.write("phrase", PHRASE);
    shop.write(
        "object.srm",
        object(&vault, "photos", &named("cat.jpg"), b"meow"),
    );
    (shop, vault)
}

/// What opens a vault whose backup and passphrase are there.
pub const OPEN: [&str; 4] = ["--vault", "backup.json", "--passphrase-file", "phrase"];

/// A command line that begins with a command and a file, and opens by that.
pub fn opening<'a>(file: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["open", file], &OPEN[..], more].concat()
}
