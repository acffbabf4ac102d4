//! Every record of the fixture, the statement and the backup: read, and written to the same bytes.

use super::support::Fixture;
use crate::store::RecordType;

#[test]
fn every_record_is_written_as_it_was() {
    let fixture = Fixture::read();
    assert!(fixture.rows.len() > 70);
    for row in &fixture.rows {
        let written = fixture.rewritten(row).expect("a record of its type");
        let [kind, id, version] = row.record_id.parts();
        assert!(written == row.bytes, "{kind} {id} {version}");
    }
}

#[test]
fn a_record_of_every_type_is_among_them() {
    let mut kinds: Vec<_> = Fixture::read()
        .rows
        .iter()
        .map(|row| row.record_id.kind)
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!((kinds.len(), kinds.last()), (16, Some(&RecordType::Upload)));
}

#[test]
fn the_backup_is_written_as_it_was() {
    let written = Fixture::read().rewritten_backup().expect("a backup");
    assert!(written == Fixture::file("backup.json"));
}
