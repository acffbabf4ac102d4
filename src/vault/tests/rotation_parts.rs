//! A new vault key is given out in parts, none of which takes long.

use super::*;
use crate::vault::{
    caller::Caller, gate::Request, transaction::Transaction, vault_key_rotation::NextFactors,
};

/// Rows of a part, and pages of one.
const MOST: usize = 256 + 64;

#[test]
fn no_part_of_a_rotation_has_all_of_the_manifest() {
    let (rows, factor) = vault();
    let keyring = open(rows.clone(), &factor).expect("a genuine vault");
    let vault = unlocked(rows, keyring);
    let filled = vault.change_unasked("fill", async |tx| {
        for at in 0..20_000 {
            let record_id = RecordId::new(RecordType::Usage, format!("{at}"));
            tx.insert(record_id, Object::new());
        }
        Ok(())
    });
    block_on(filled).expect("a store in memory");

    let caller = Caller::default();
    let asked = (&Request::of("rotateVaultKey"), &caller);
    let tx = Transaction::begin(&vault.state, &vault, &ENTROPY, Noon.moment(), asked);
    let mut tx = tx.expect("unlocked");
    block_on(tx.rotate_vault_key(&InlineFactor, NextFactors::default()))
        .expect("all rows are accounted for");
    let rotation = tx.end().change.and_then(|change| change.rotation);
    let mut rotation = rotation.expect("a rotation");
    let (mut left, mut pages) = (rotation.left(), 0);
    while let Some(part) = rotation.next(&ENTROPY).expect("rows that open") {
        assert!(part.len() <= MOST, "{} rows", part.len());
        pages += part
            .iter()
            .filter(|row| row.record_id.kind == RecordType::Page)
            .count();
        left -= part.len() as u64;
        assert_eq!(rotation.left(), left);
    }
    assert!(pages > 300, "{pages} pages");
    assert_eq!(left, 0);

    block_on(vault.rotate_vault_key()).expect("the same, committed");
    block_on(vault.survey()).expect("all rows are accounted for");
}
