//! Commits whose rows are computed while they are written.

use strongroom::{
    Error, Result,
    store::{self, Range, RecordType, Row, Sequence, Store, VaultName},
};

use super::{name, row, rows};

/// Where vaults begin that a later release creates.
const START: Sequence = Sequence(1 << 40);

fn numbered(at: usize) -> Row {
    row(RecordType::Object, &format!("{at:05}"), 1, &[at as u8; 600])
}

/// So many parts of so many rows.
fn parts(count: usize, size: usize) -> impl Iterator<Item = Result<Vec<Row>>> {
    (0..count).map(move |part| Ok((part * size..(part + 1) * size).map(numbered).collect()))
}

async fn begin(store: &impl Store, vault: &VaultName, next: Sequence, written: &[Row]) {
    let mut parts = std::iter::once(Ok(written.to_vec()));
    store
        .commit_rows(vault, Sequence(0), next, &[], &mut parts)
        .await
        .expect("a free name");
}

pub async fn a_commit_sets_the_sequence_that_it_is_told(store: &impl Store) {
    let acme = name("acme");
    let (a, b) = (
        row(RecordType::Key, "a", 1, b"a"),
        row(RecordType::Key, "b", 1, b"b"),
    );
    begin(store, &acme, START, std::slice::from_ref(&a)).await;
    let (sequence, found) = store.read(&acme, &[Range::all()]).await.expect("readable");
    assert_eq!((sequence, found), (START, vec![a.clone()]));
    let mut parts = [Ok(Vec::new()), Ok(vec![b.clone()])].into_iter();
    let next = START.next();
    assert_eq!(
        store
            .commit_rows(&acme, START, next, &[a.record_id], &mut parts)
            .await,
        Ok(())
    );
    let (sequence, found) = store.read(&acme, &[Range::all()]).await.expect("readable");
    assert_eq!((sequence, found), (next, vec![b]));
}

pub async fn a_row_that_is_deleted_and_written_in_one_commit_is_there(store: &impl Store) {
    let acme = name("acme");
    let (old, new) = (
        row(RecordType::Key, "a", 1, b"old"),
        row(RecordType::Key, "a", 2, b"new"),
    );
    begin(store, &acme, START, std::slice::from_ref(&old)).await;
    let mut parts = [Ok(vec![old.clone()]), Ok(vec![new.clone()])].into_iter();
    store
        .commit_rows(&acme, START, START.next(), &[old.record_id], &mut parts)
        .await
        .expect("the sequence is right");
    assert_eq!(rows(store, &acme).await, [new]);
}

pub async fn rows_that_take_long_to_compute_are_one_commit(store: &impl Store) {
    let acme = name("acme");
    let mut slow = parts(30, 20).inspect(|_| {
        for step in 0..300_000_u32 {
            std::hint::black_box(step);
        }
    });
    store
        .commit_rows(&acme, Sequence(0), START, &[], &mut slow)
        .await
        .expect("a free name");
    let expected: Vec<_> = (0..600).map(numbered).collect();
    assert_eq!(rows(store, &acme).await, expected);
}

pub async fn rows_that_fail_midway_change_nothing(store: &impl Store) {
    let acme = name("acme");
    let kept = row(RecordType::Object, "00007", 9, b"kept");
    begin(store, &acme, START, std::slice::from_ref(&kept)).await;
    let mut failing = parts(9, 300)
        .chain([Err(Error::Decrypt)])
        .chain(parts(1, 1));
    let deletes = [kept.record_id.clone()];
    assert_eq!(
        store
            .commit_rows(&acme, START, START.next(), &deletes, &mut failing)
            .await,
        Err(store::Error::rows(Error::Decrypt))
    );
    let (sequence, found) = store.read(&acme, &[Range::all()]).await.expect("readable");
    assert_eq!((sequence, found), (START, vec![kept]));

    let other = name("other");
    let mut failing = [Err(Error::Decrypt)].into_iter();
    let never = store
        .commit_rows(&other, Sequence(0), START, &[], &mut failing)
        .await;
    assert_eq!(never, Err(store::Error::rows(Error::Decrypt)));
    assert_eq!(store.vaults().await, Ok(vec![acme]));
}

pub async fn parts_at_another_sequence_change_nothing(store: &impl Store) {
    let acme = name("acme");
    begin(store, &acme, START, &[]).await;
    for stale in [Sequence(0), Sequence(1), START.next()] {
        assert_eq!(
            store
                .commit_rows(&acme, stale, stale.next(), &[], &mut parts(2, 3))
                .await,
            Err(store::Error::Conflict)
        );
    }
    let found = store.read(&acme, &[Range::all()]).await;
    assert_eq!(found, Ok((START, Vec::new())));
}

pub async fn ten_thousand_rows_are_one_commit(store: &impl Store) {
    const MANY: usize = 10_000;
    let acme = name("acme");
    store
        .commit_rows(&acme, Sequence(0), START, &[], &mut parts(40, MANY / 40))
        .await
        .expect("a free name");
    // In parts of one row, and all of them again.
    let mut newer = (0..MANY).map(|at| {
        Ok(vec![Row {
            revision: 2,
            ..numbered(at)
        }])
    });
    store
        .commit_rows(&acme, START, START.next(), &[], &mut newer)
        .await
        .expect("the sequence is right");
    let mut after = None;
    for page in 0..4 {
        let range = Range::of(RecordType::Object).page(after, 3000);
        let (sequence, found) = store.read(&acme, &[range]).await.expect("readable");
        assert_eq!(sequence, START.next());
        let expected = page * 3000..MANY.min((page + 1) * 3000);
        assert_eq!(found.len(), expected.len());
        for (row, at) in found.iter().zip(expected) {
            assert!(row.revision == 2 && row.record_id.id == format!("{at:05}"));
        }
        after = found.last().map(|row| row.record_id.clone());
    }
}

pub async fn rows_of_many_megabytes_are_kept_whole(store: &impl Store) {
    let acme = name("acme");
    let bytes: Vec<u8> = (0..8_388_608_u32).map(|n| n.to_le_bytes()[1]).collect();
    let written = [
        row(RecordType::Object, "a", 1, &bytes),
        row(RecordType::Object, "b", 1, &bytes[..5_000_001]),
    ];
    let mut parts = written.iter().map(|row| Ok(vec![row.clone()]));
    store
        .commit_rows(&acme, Sequence(0), START, &[], &mut parts)
        .await
        .expect("a free name");
    assert!(rows(store, &acme).await == written);
}
