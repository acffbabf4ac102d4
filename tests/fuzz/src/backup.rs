//! A backup that reads holds the vault's records.

use strongroom::{store::Row, vault::Backup};

use crate::fixture::vault;

pub fn target(data: &[u8]) {
    if let Ok(backup) = Backup::read(data) {
        assert_eq!(backup.name().as_str(), "acme");
        assert_eq!(sorted(backup.into_rows()), sorted(vault().0));
    }
}

fn sorted(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by(|a, b| a.record_id.cmp(&b.record_id));
    rows
}

pub fn seeds() -> Vec<Vec<u8>> {
    vec![vault().1]
}
