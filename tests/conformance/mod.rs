//! What every store must do. `store_conformance!(run)` and `commit_conformance!(run)` call `run!(name)` for
//! each case, so that a store's own test file says how one case is run on it: on a fresh store each time.

mod commits;
mod order;

pub use commits::*;
pub use order::*;
use strongroom::store::{
    Batch, Error, Range, RecordId, RecordType, Row, Sequence, Store, VaultName,
};

/// Calls `run!` for every case of the suite.
#[macro_export]
macro_rules! store_conformance {
    ($run:ident) => {
        $run!(a_vault_that_is_not_there_has_no_rows);
        $run!(a_commit_is_read_back_as_it_was_written);
        $run!(a_commit_at_another_sequence_changes_nothing);
        $run!(one_batch_replaces_and_deletes);
        $run!(versions_of_one_id_are_rows_of_their_own);
        $run!(ranges_give_what_begins_with_their_prefix);
        $run!(entries_of_an_audit_log_are_no_records);
        $run!(a_range_is_read_a_page_at_a_time);
        $run!(a_prefix_is_of_whole_parts);
        $run!(a_page_begins_behind_what_is_gone);
        $run!(rows_come_in_the_order_of_utf_16_code_units);
        $run!(many_rows_keep_their_order_whatever_order_they_come_in);
        $run!(a_bare_range_tells_where_rows_stand);
        $run!(vaults_do_not_see_each_other);
        $run!(a_removed_vault_leaves_no_row_behind);
        $run!(a_handle_of_a_removed_vault_changes_nothing_in_its_successor);
        $run!(of_two_commits_at_once_one_lands);
        $run!(large_rows_are_kept_whole);
    };
}

/// Calls `run!` for every case of commits whose rows come in parts and whose next sequence is told.
#[macro_export]
macro_rules! commit_conformance {
    ($run:ident) => {
        $run!(a_commit_sets_the_sequence_that_it_is_told);
        $run!(a_row_that_is_deleted_and_written_in_one_commit_is_there);
        $run!(rows_that_take_long_to_compute_are_one_commit);
        $run!(rows_that_fail_midway_change_nothing);
        $run!(parts_at_another_sequence_change_nothing);
        $run!(ten_thousand_rows_are_one_commit);
        $run!(rows_of_many_megabytes_are_kept_whole);
    };
}
/// Where there is no vault.
const NONE: Sequence = Sequence(0);
/// Sequences as new vaults have them.
const FIRST: Sequence = Sequence((1 << 52) - 1);
const OTHER: Sequence = Sequence(1 << 32);

fn name(text: &str) -> VaultName {
    text.parse().expect("a vault name")
}

fn row(kind: RecordType, id: &str, revision: u64, bytes: &[u8]) -> Row {
    Row {
        record_id: RecordId::new(kind, id),
        revision,
        bytes: bytes.to_vec(),
    }
}

fn put(rows: &[Row]) -> Batch {
    Batch {
        puts: rows.to_vec(),
        deletes: Vec::new(),
    }
}

async fn rows(store: &impl Store, vault: &VaultName) -> Vec<Row> {
    let (_, mut rows) = store.read(vault, &[Range::all()]).await.expect("readable");
    rows.sort_by(|a, b| a.record_id.cmp(&b.record_id));
    rows
}

pub async fn a_vault_that_is_not_there_has_no_rows(store: &impl Store) {
    assert_eq!(
        store.read(&name("acme"), &[Range::all()]).await,
        Ok((NONE, Vec::new()))
    );
    assert_eq!(store.vaults().await, Ok(Vec::new()));
}

pub async fn a_commit_is_read_back_as_it_was_written(store: &impl Store) {
    let acme = name("acmé 🗝");
    let written = vec![
        row(RecordType::Statement, "s", 1, b"\x00\xff"),
        row(RecordType::Head, "h", u64::from(u32::MAX) + 1, b""),
    ];
    assert_eq!(
        store.commit(&acme, NONE, FIRST, &put(&written)).await,
        Ok(())
    );
    assert_eq!(
        store
            .read(&acme, &[Range::all()])
            .await
            .expect("readable")
            .0,
        FIRST
    );
    assert_eq!(rows(store, &acme).await, written);
    assert_eq!(store.vaults().await, Ok(vec![acme]));
}

pub async fn a_commit_at_another_sequence_changes_nothing(store: &impl Store) {
    let acme = name("acme");
    let first = row(RecordType::Key, "a", 1, b"first");
    assert_eq!(
        store
            .commit(
                &acme,
                Sequence(1),
                FIRST,
                &put(std::slice::from_ref(&first))
            )
            .await,
        Err(Error::Conflict)
    );
    assert_eq!(store.vaults().await, Ok(Vec::new()));

    store
        .commit(&acme, NONE, FIRST, &put(std::slice::from_ref(&first)))
        .await
        .expect("a free name");
    let second = row(RecordType::Key, "a", 2, b"second");
    for stale in [NONE, Sequence(1), FIRST.next()] {
        assert_eq!(
            store
                .commit(
                    &acme,
                    stale,
                    FIRST.next(),
                    &put(std::slice::from_ref(&second))
                )
                .await,
            Err(Error::Conflict)
        );
    }
    assert_eq!(rows(store, &acme).await, [first]);
}

pub async fn one_batch_replaces_and_deletes(store: &impl Store) {
    let acme = name("acme");
    let (a, b) = (
        row(RecordType::Key, "a", 1, b"a"),
        row(RecordType::Key, "b", 1, b"b"),
    );
    store
        .commit(&acme, NONE, FIRST, &put(&[a.clone(), b.clone()]))
        .await
        .expect("a free name");
    let (a, c) = (
        row(RecordType::Key, "a", 2, b"A"),
        row(RecordType::Key, "c", 1, b"c"),
    );
    let batch = Batch {
        puts: vec![a.clone(), c.clone()],
        deletes: vec![b.record_id],
    };
    assert_eq!(
        store.commit(&acme, FIRST, FIRST.next(), &batch).await,
        Ok(())
    );
    assert_eq!(rows(store, &acme).await, [a, c]);
}

pub async fn versions_of_one_id_are_rows_of_their_own(store: &impl Store) {
    let acme = name("acme");
    let version = |version: &str, bytes: &[u8]| Row {
        record_id: RecordId {
            version: version.into(),
            ..RecordId::new(RecordType::Version, "a")
        },
        revision: 1,
        bytes: bytes.to_vec(),
    };
    let written = vec![
        version("", b"none"),
        version("1", b"one"),
        version("2", b"two"),
    ];
    store
        .commit(&acme, NONE, FIRST, &put(&written))
        .await
        .expect("a free name");
    assert_eq!(rows(store, &acme).await, written);
}

fn version(id: &str, version: &str) -> Row {
    Row {
        record_id: RecordId {
            version: version.into(),
            ..RecordId::new(RecordType::Version, id)
        },
        revision: 7,
        bytes: vec![1, 2, 3],
    }
}

/// Rows of several kinds, in the order that every store has them in.
async fn several(store: &impl Store) -> (VaultName, Vec<Row>) {
    let acme = name("acme");
    let sorted = vec![
        row(RecordType::Head, "h", 1, b"head"),
        row(RecordType::Key, "B", 1, b"B"),
        row(RecordType::Key, "a", 1, b"a"),
        row(RecordType::Key, "ab", 1, b"ab"),
        version("a", "1"),
        version("a", "10"),
        version("a", "2"),
        version("ab", "1"),
    ];
    let mut mixed = sorted.clone();
    mixed.reverse();
    store
        .commit(&acme, NONE, FIRST, &put(&mixed))
        .await
        .expect("a free name");
    (acme, sorted)
}

async fn found(store: &impl Store, vault: &VaultName, range: Range) -> Vec<Row> {
    store.read(vault, &[range]).await.expect("readable").1
}

pub async fn ranges_give_what_begins_with_their_prefix(store: &impl Store) {
    let (acme, sorted) = several(store).await;
    assert_eq!(found(store, &acme, Range::all()).await, sorted);
    assert_eq!(
        found(store, &acme, Range::of(RecordType::Key)).await,
        sorted[1..4]
    );
    let of_a = Range::of_id(RecordType::Version, "a");
    assert_eq!(found(store, &acme, of_a.clone()).await, sorted[4..7]);
    let one = Range::record_id(&sorted[5].record_id);
    assert_eq!(found(store, &acme, one.clone()).await, sorted[5..6]);
    let none = Range::record_id(&RecordId::new(RecordType::Key, "c"));
    assert_eq!(found(store, &acme, none.clone()).await, []);

    let (sequence, rows) = store
        .read(&acme, &[one, none, of_a])
        .await
        .expect("readable");
    assert_eq!((sequence, rows.len()), (FIRST, 4));
    assert_eq!(rows[0], sorted[5]);
    assert_eq!(rows[1..], sorted[4..7]);
}

pub async fn entries_of_an_audit_log_are_no_records(store: &impl Store) {
    let (acme, sorted) = several(store).await;
    let entries = Row {
        record_id: RecordId {
            version: "0000000000000000".into(),
            ..RecordId::new(RecordType::Audit, "zzzzzzzzzzzzzzzzzzzzzA")
        },
        ..sorted[0].clone()
    };
    let index = Row {
        record_id: RecordId {
            kind: RecordType::AuditIndex,
            ..entries.record_id.clone()
        },
        ..entries.clone()
    };
    let batch = Batch {
        puts: vec![index.clone(), entries.clone()],
        deletes: Vec::new(),
    };
    let committed = store.commit(&acme, FIRST, FIRST.next(), &batch).await;
    committed.expect("the sequence is the first");
    assert_eq!(found(store, &acme, Range::all()).await, sorted);
    let all = [&[entries.clone(), index][..], &sorted].concat();
    assert_eq!(found(store, &acme, Range::everything()).await, all);
    let log = Range::of_id(RecordType::Audit, &entries.record_id.id);
    assert_eq!(found(store, &acme, log).await, [entries]);
}

pub async fn a_range_is_read_a_page_at_a_time(store: &impl Store) {
    let (acme, sorted) = several(store).await;
    let page = |from: usize, limit| {
        let after = from.checked_sub(1).map(|at| sorted[at].record_id.clone());
        Range::all().page(after, limit)
    };
    for from in 0..=sorted.len() {
        let until = sorted.len().min(from + 3);
        let rows = found(store, &acme, page(from, 3)).await;
        assert_eq!(rows, sorted[from..until], "from {from}");
    }
    let versions = Range::of(RecordType::Version).page(Some(sorted[5].record_id.clone()), 9);
    assert_eq!(found(store, &acme, versions).await, sorted[6..]);
}

pub async fn a_bare_range_tells_where_rows_stand(store: &impl Store) {
    let (acme, sorted) = several(store).await;
    let bare: Vec<_> = sorted[4..].iter().map(Row::bare).collect();
    let rows = found(store, &acme, Range::of(RecordType::Version).bare()).await;
    assert_eq!(rows, bare);
}

pub async fn vaults_do_not_see_each_other(store: &impl Store) {
    let (acme, acme2) = (name("acme"), name("acme2"));
    let (a, b) = (
        row(RecordType::Key, "a", 1, b"a"),
        row(RecordType::Key, "a", 1, b"b"),
    );
    store
        .commit(&acme, NONE, FIRST, &put(std::slice::from_ref(&a)))
        .await
        .expect("a free name");
    store
        .commit(&acme2, NONE, FIRST, &put(std::slice::from_ref(&b)))
        .await
        .expect("a free name");
    assert_eq!(rows(store, &acme).await, [a]);
    assert_eq!(rows(store, &acme2).await, [b]);
    let mut vaults = store.vaults().await.expect("readable");
    vaults.sort();
    assert_eq!(vaults, [acme, acme2]);
}

pub async fn a_removed_vault_leaves_no_row_behind(store: &impl Store) {
    let (acme, other) = (name("acme"), name("other"));
    let written = row(RecordType::Key, "a", 1, b"a");
    store
        .commit(&acme, NONE, FIRST, &put(std::slice::from_ref(&written)))
        .await
        .expect("a free name");
    store
        .commit(&other, NONE, FIRST, &put(std::slice::from_ref(&written)))
        .await
        .expect("a free name");
    for _again in 0..2 {
        assert_eq!(store.remove(&acme).await, Ok(()));
    }
    assert_eq!(
        store.read(&acme, &[Range::all()]).await,
        Ok((NONE, Vec::new()))
    );
    assert_eq!(store.vaults().await, Ok(vec![other.clone()]));
    assert_eq!(rows(store, &other).await, [written]);

    let second = row(RecordType::Key, "b", 1, b"b");
    assert_eq!(
        store
            .commit(&acme, NONE, OTHER, &put(std::slice::from_ref(&second)))
            .await,
        Ok(())
    );
    assert_eq!(rows(store, &acme).await, [second]);
}

pub async fn a_handle_of_a_removed_vault_changes_nothing_in_its_successor(store: &impl Store) {
    let acme = name("acme");
    let (old, new) = (
        row(RecordType::Key, "a", 1, b"old"),
        row(RecordType::Key, "b", 1, b"new"),
    );
    for (first, written) in [(FIRST, &old), (OTHER, &new)] {
        assert_eq!(store.remove(&acme).await, Ok(()));
        let batch = put(std::slice::from_ref(written));
        assert_eq!(store.commit(&acme, NONE, first, &batch).await, Ok(()));
    }
    let stale = Batch {
        puts: vec![old],
        deletes: vec![new.record_id.clone()],
    };
    for held in [NONE, FIRST, FIRST.next()] {
        let refused = store.commit(&acme, held, held.next(), &stale).await;
        assert_eq!(refused, Err(Error::Conflict));
    }
    assert_eq!(
        store.read(&acme, &[Range::all()]).await,
        Ok((OTHER, vec![new]))
    );
}

pub async fn of_two_commits_at_once_one_lands(store: &impl Store) {
    let acme = name("acme");
    let (a, b) = (
        row(RecordType::Key, "a", 1, b"a"),
        row(RecordType::Key, "b", 1, b"b"),
    );
    let (put_a, put_b) = (put(std::slice::from_ref(&a)), put(std::slice::from_ref(&b)));
    let first = store.commit(&acme, NONE, FIRST, &put_a);
    let second = store.commit(&acme, NONE, OTHER, &put_b);
    let outcome = futures_util::future::join(first, second).await;
    let landed = match outcome {
        (Ok(()), Err(Error::Conflict)) => a,
        (Err(Error::Conflict), Ok(())) => b,
        other => panic!("both or neither landed: {other:?}"),
    };
    assert_eq!(rows(store, &acme).await, [landed]);
}

pub async fn large_rows_are_kept_whole(store: &impl Store) {
    let acme = name("acme");
    let bytes: Vec<u8> = (0..1_048_576_u32).map(|n| n.to_le_bytes()[1]).collect();
    let written = row(RecordType::VaultKey, "v", 1, &bytes);
    store
        .commit(&acme, NONE, FIRST, &put(std::slice::from_ref(&written)))
        .await
        .expect("a free name");
    assert_eq!(rows(store, &acme).await, [written]);
}
