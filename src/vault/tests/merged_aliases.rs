//! What a backup that proves nothing calls its keys.

use super::*;
use crate::{
    base::Local,
    factors::{Answer, Challenge, FactorPort, Passphrase, Present},
    keys::{KeyOptions, KeyRecord},
    store::VaultName,
    vault::{Backup, ExpectedVault},
};

/// Derives the same of every passphrase.
struct Same;

impl FactorPort for Same {
    fn answer<'a>(&'a self, _: Challenge<'a>) -> Local<'a, Result<Answer>> {
        let derived = Secret::from_slice(&[7; 32]);
        Box::pin(async { Ok(Answer::Derived(derived?)) })
    }
}

pub(super) fn platform() -> Rc<Platform<MemoryStore, RustEngine>> {
    Rc::new(Platform {
        store: MemoryStore::default(),
        factor: Box::new(Same),
        engine: Rc::new(RustEngine),
        clock: Rc::new(Noon),
        rng: Box::new(ENTROPY),
        listener: Box::new(|_| {}),
    })
}

pub(super) fn phrase() -> Passphrase {
    Passphrase::new(b"correct horse battery staple".to_vec()).expect("not empty")
}

/// Plants a key whose alias this release gives to none.
pub(super) fn plant(vault: &Open, alias: &str) -> KeyId {
    let planted = vault.change_unasked("create", async |tx| {
        let options = KeyOptions::named("planted".parse()?);
        let (mut key, jwk) = KeyRecord::generate(&options, None, tx.cause("create")?, &ENTROPY)?;
        key.alias = alias.parse()?;
        tx.insert_key(&key);
        tx.insert(key.version_record_id(&key.primary), jwk);
        Ok(key.id.clone())
    });
    block_on(planted).expect("an alias that no key has")
}

/// Merges into a vault a copy of it, under another vault key, whose keys have these aliases.
fn merged(aliases: &[&str]) -> (Open, Vec<KeyId>, crate::vault::MergeReport) {
    let (name, phrase) = ("acme".parse::<VaultName>().expect("a name"), phrase());
    let factors: [&dyn Present; 1] = [&phrase];
    let made = Vault::create(platform(), name.clone(), &factors);
    let vault = block_on(made).expect("a store in memory");
    let backup = || Backup::read(&block_on(vault.backup()).expect("an unlocked vault"));
    let expected = ExpectedVault::default();
    let copy = Vault::restore_backup(
        platform(),
        backup().expect("its own"),
        Some(name),
        &expected,
        &|_, _| Ok(()),
    );
    let copy = block_on(copy).expect("an empty store");
    let theirs = block_on(copy.unlock(&phrase, None)).expect("its own passphrase");
    let planted = aliases.iter().map(|alias| plant(&theirs, alias)).collect();
    let file = block_on(theirs.backup()).expect("an unlocked vault");
    block_on(vault.rotate_vault_key()).expect("a store in memory");
    let present: &dyn Present = &phrase;
    let report = block_on(vault.merge(&file, Some(present), &|_, _| Ok(())));
    let report = report.expect("a copy of this vault");
    assert!(!report.proven);
    (vault, planted, report)
}

#[test]
fn an_alias_with_characters_that_are_not_seen_is_not_taken_from_it_and_the_report_says_so() {
    let unseen = "pho\u{200b}tos";
    let (vault, planted, report) = merged(&[unseen, "orders"]);
    assert_eq!(block_on(vault.key(unseen)).err(), Some(Error::NoKey));
    let key = block_on(vault.key(planted[0].as_str())).expect("it was taken in");
    assert!(key.alias.check_new().is_ok());
    assert!(block_on(vault.key("orders")).is_ok());
    let told: Vec<_> = report
        .renamed
        .iter()
        .map(|renamed| (&renamed.key, renamed.from.as_str(), &renamed.to))
        .collect();
    assert_eq!(told, [(&planted[0], unseen, &key.alias)]);
    block_on(vault.survey()).expect("all rows are accounted for");
}

/// The alias that it gets is another key's already, which keeps it.
#[test]
fn what_it_is_called_instead_is_no_other_keys_alias() {
    let (vault, planted, report) = merged(&["a\u{202e}b", "c\u{2028}d"]);
    let alias = |id: &KeyId| {
        block_on(vault.key(id.as_str()))
            .expect("it was taken in")
            .alias
            .clone()
    };
    assert_ne!(alias(&planted[0]), alias(&planted[1]));
    assert_eq!(report.renamed.len(), 2);
}
