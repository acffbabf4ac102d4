//! Where tombstones stand.

use super::{
    merged_aliases::{phrase, plant, platform},
    *,
};
use crate::{
    base::Context,
    factors::Present,
    inventory::{Tombstone, Tombstones},
    vault::Others,
};

/// The tombstones, each of which is held to the shard that the vault finds it in.
fn found(vault: &Open) -> usize {
    let counted = std::cell::Cell::new(0);
    let read = vault.read_unasked("look", async |tx| {
        let rows = tx.all_rows().await?;
        let mac = tx.keyring()?.mac()?;
        for row in rows.iter() {
            if row.record_id.kind != RecordType::Tombstone {
                continue;
            }
            for tombstone in Tombstones::read(Some(row), &tx.keyring()?.cipher())? {
                assert_eq!(Tombstone::record_id(&tombstone.id, &mac), row.record_id);
                counted.set(counted.get() + 1);
            }
        }
        Ok(())
    });
    block_on(read).expect("a vault of its own");
    counted.get()
}

#[test]
fn tombstones_stand_where_the_key_of_after_a_compromised_factor_finds_them() {
    let (first, second) = (phrase(), phrase());
    let factors: [&dyn Present; 2] = [&first, &second];
    let made = Vault::create(platform(), "acme".parse().expect("a name"), &factors);
    let vault = block_on(made).expect("a store in memory");
    plant(&vault, "photos");
    for _ in 0..20 {
        let made = block_on(vault.encrypt_kept("photos", &Context::none(), None));
        let id = made.expect("a key that encrypts").id;
        block_on(vault.untrack(id.as_str(), true)).expect("it is there");
    }
    assert_eq!(found(&vault), 20);
    // Both passphrases open either factor here: the one that is not asked goes.
    let ids = block_on(vault.factors()).expect("two").into_iter();
    let revoked = ids.map(|factor| {
        let others = Others::default();
        let id = factor.id.as_str().to_owned();
        block_on(vault.revoke_compromised_factor(&id, &first, others, &|_, _| Ok(())))
    });
    assert_eq!(revoked.filter(Result::is_ok).count(), 1);
    assert_eq!(found(&vault), 20);
}
