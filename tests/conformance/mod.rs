//! What every store must do. `store_conformance!(run)` calls `run!(name)` for each case, so that a
//! store's own test file says how one case is run on it: on a fresh store each time.

use strongroom::{
    Error,
    custody::{Batch, Kind, Row, Sequence, Slot, Store, VaultName},
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
        $run!(vaults_do_not_see_each_other);
        $run!(a_removed_vault_leaves_no_row_behind);
        $run!(of_two_commits_at_once_one_lands);
        $run!(large_rows_are_kept_whole);
    };
}

fn name(text: &str) -> VaultName {
    text.parse().expect("a vault name")
}

fn row(kind: Kind, id: &str, revision: u64, bytes: &[u8]) -> Row {
    Row {
        slot: Slot::new(kind, id),
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
    let (_, mut rows) = store.read(vault).await.expect("readable");
    rows.sort_by(|a, b| a.slot.cmp(&b.slot));
    rows
}

pub async fn a_vault_that_is_not_there_has_no_rows(store: &impl Store) {
    assert_eq!(
        store.read(&name("acme")).await,
        Ok((Sequence(0), Vec::new()))
    );
    assert_eq!(store.vaults().await, Ok(Vec::new()));
}

pub async fn a_commit_is_read_back_as_it_was_written(store: &impl Store) {
    let acme = name("acmé 🗝");
    let written = vec![
        row(Kind::Statement, "s", 1, b"\x00\xff"),
        row(Kind::Head, "h", u64::from(u32::MAX) + 1, b""),
    ];
    assert_eq!(
        store.commit(&acme, Sequence(0), put(&written)).await,
        Ok(Sequence(1))
    );
    assert_eq!(store.read(&acme).await.expect("readable").0, Sequence(1));
    assert_eq!(rows(store, &acme).await, written);
    assert_eq!(store.vaults().await, Ok(vec![acme]));
}

pub async fn a_commit_at_another_sequence_changes_nothing(store: &impl Store) {
    let acme = name("acme");
    let first = row(Kind::Key, "a", 1, b"first");
    assert_eq!(
        store
            .commit(&acme, Sequence(1), put(std::slice::from_ref(&first)))
            .await,
        Err(&Error::Conflict)
    );
    assert_eq!(store.vaults().await, Ok(Vec::new()));

    store
        .commit(&acme, Sequence(0), put(std::slice::from_ref(&first)))
        .await
        .expect("a free name");
    let second = row(Kind::Key, "a", 2, b"second");
    for stale in [Sequence(0), Sequence(2)] {
        assert_eq!(
            store
                .commit(&acme, stale, put(std::slice::from_ref(&second)))
                .await,
            Err(&Error::Conflict)
        );
    }
    assert_eq!(rows(store, &acme).await, [first]);
}

pub async fn one_batch_replaces_and_deletes(store: &impl Store) {
    let acme = name("acme");
    let (a, b) = (row(Kind::Key, "a", 1, b"a"), row(Kind::Key, "b", 1, b"b"));
    store
        .commit(&acme, Sequence(0), put(&[a.clone(), b.clone()]))
        .await
        .expect("a free name");
    let (a, c) = (row(Kind::Key, "a", 2, b"A"), row(Kind::Key, "c", 1, b"c"));
    let batch = Batch {
        puts: vec![a.clone(), c.clone()],
        deletes: vec![b.slot],
    };
    assert_eq!(
        store.commit(&acme, Sequence(1), batch).await,
        Ok(Sequence(2))
    );
    assert_eq!(rows(store, &acme).await, [a, c]);
}

pub async fn versions_of_one_id_are_rows_of_their_own(store: &impl Store) {
    let acme = name("acme");
    let version = |version: &str, bytes: &[u8]| Row {
        slot: Slot {
            version: version.into(),
            ..Slot::new(Kind::Version, "a")
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
        .commit(&acme, Sequence(0), put(&written))
        .await
        .expect("a free name");
    assert_eq!(rows(store, &acme).await, written);
}

pub async fn vaults_do_not_see_each_other(store: &impl Store) {
    let (acme, acme2) = (name("acme"), name("acme2"));
    let (a, b) = (row(Kind::Key, "a", 1, b"a"), row(Kind::Key, "a", 1, b"b"));
    store
        .commit(&acme, Sequence(0), put(std::slice::from_ref(&a)))
        .await
        .expect("a free name");
    store
        .commit(&acme2, Sequence(0), put(std::slice::from_ref(&b)))
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
    let written = row(Kind::Key, "a", 1, b"a");
    store
        .commit(&acme, Sequence(0), put(std::slice::from_ref(&written)))
        .await
        .expect("a free name");
    store
        .commit(&other, Sequence(0), put(std::slice::from_ref(&written)))
        .await
        .expect("a free name");
    for _again in 0..2 {
        assert_eq!(store.remove(&acme).await, Ok(()));
    }
    assert_eq!(store.read(&acme).await, Ok((Sequence(0), Vec::new())));
    assert_eq!(store.vaults().await, Ok(vec![other.clone()]));
    assert_eq!(rows(store, &other).await, [written]);

    let second = row(Kind::Key, "b", 1, b"b");
    assert_eq!(
        store
            .commit(&acme, Sequence(0), put(std::slice::from_ref(&second)))
            .await,
        Ok(Sequence(1))
    );
    assert_eq!(rows(store, &acme).await, [second]);
}

pub async fn of_two_commits_at_once_one_lands(store: &impl Store) {
    let acme = name("acme");
    let (a, b) = (row(Kind::Key, "a", 1, b"a"), row(Kind::Key, "b", 1, b"b"));
    let first = store.commit(&acme, Sequence(0), put(std::slice::from_ref(&a)));
    let second = store.commit(&acme, Sequence(0), put(std::slice::from_ref(&b)));
    let outcome = futures_util::future::join(first, second).await;
    let landed = match outcome {
        (Ok(Sequence(1)), Err(&Error::Conflict)) => a,
        (Err(&Error::Conflict), Ok(Sequence(1))) => b,
        other => panic!("both or neither landed: {other:?}"),
    };
    assert_eq!(rows(store, &acme).await, [landed]);
}

pub async fn large_rows_are_kept_whole(store: &impl Store) {
    let acme = name("acme");
    let bytes: Vec<u8> = (0..1_048_576_u32).map(|n| n.to_le_bytes()[1]).collect();
    let written = row(Kind::VaultKey, "v", 1, &bytes);
    store
        .commit(&acme, Sequence(0), put(std::slice::from_ref(&written)))
        .await
        .expect("a free name");
    assert_eq!(rows(store, &acme).await, [written]);
}
