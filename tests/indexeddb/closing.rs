//! Connections that other tabs and the browser close or block.

use std::{cell::Cell, future::poll_fn, rc::Rc, task::Poll};

use futures_util::future::{Either, join_all, select};
use js_sys::Promise;
use strongroom::{
    store::{Error, Row, Sequence, Store},
    web::{IndexedDbStore, Schema},
};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    acme, close_database, code_and_message, delete_database, fresh_name, name_of, open_database,
    read, row, store, write,
};

#[wasm_bindgen(module = "/tests/web.js")]
extern "C" {
    #[wasm_bindgen(js_name = beginDelete)]
    fn begin_delete(name: &str) -> Promise;

    #[wasm_bindgen(js_name = timesOpened)]
    fn times_opened(name: &str) -> u32;

    #[wasm_bindgen(js_name = closeSilently)]
    fn close_silently(name: &str);

    #[wasm_bindgen(js_name = closeInNextChange)]
    fn close_in_next_change(name: &str);
}

const EMPTY: (Sequence, Vec<Row>) = (Sequence(0), Vec::new());

/// As a later release has it.
const LATER: Schema = Schema {
    version: 2,
    migrate: |database, from| {
        if from < 1 {
            (Schema::CURRENT.migrate)(database, from)?;
        }
        database.create_object_store("later").map(drop)
    },
};

#[wasm_bindgen_test]
async fn all_calls_share_one_connection() {
    let database = fresh_name();
    let store = store(&database);
    let all = join_all((0..20).map(|_| read(&store))).await;
    assert!(all.into_iter().all(|one| one.expect("readable") == EMPTY));
    write(&store, 0, &[row("a", b"a")]).await.expect("written");
    assert_eq!(times_opened(&database), 1);
}

#[wasm_bindgen_test]
async fn a_connection_closes_for_a_later_release_and_nothing_is_lost() {
    let database = fresh_name();
    let ours = store(&database);
    write(&ours, 0, &[row("a", b"a")]).await.expect("written");
    let later = IndexedDbStore::new(&database, LATER);
    assert_eq!(read(&later).await.expect("upgraded").1.len(), 1);
    for ours in [ours, store(&database)] {
        let refused = read(&ours).await.expect_err("a later version");
        let Error::NewerDatabase(cause) = &refused else {
            panic!("{refused:?}");
        };
        assert_eq!(name_of(cause), "VersionError");
        let (code, message) = code_and_message(refused);
        assert_eq!(code, "ERR_UNSUPPORTED");
        assert!(
            message.contains("newer version of strongroom wrote; reload"),
            "{message}"
        );
    }
    assert_eq!(read(&later).await.expect("still there").1.len(), 1);
}

#[wasm_bindgen_test]
async fn a_connection_closes_for_a_deletion_and_is_opened_again() {
    let database = fresh_name();
    let store = store(&database);
    for times in 1..=3 {
        assert_eq!(read(&store).await.expect("readable"), EMPTY);
        write(&store, 0, &[row("a", b"a")]).await.expect("written");
        assert_eq!(times_opened(&database), times);
        delete_database(&database)
            .await
            .expect("nothing stands in the way");
    }
}

#[wasm_bindgen_test]
async fn a_tab_that_keeps_an_older_version_blocks_a_later_release_until_it_closes() {
    let database = fresh_name();
    write(&store(&database), 0, &[row("a", b"a")])
        .await
        .expect("written");
    let held = open_database(&database, None).await.expect("it is there");
    let later = IndexedDbStore::new(&database, LATER);
    let (code, message) = code_and_message(read(&later).await.expect_err("a tab in the way"));
    assert_eq!(code, "ERR_BLOCKED");
    assert!(message.contains("close that tab"), "{message}");
    close_database(&held);
    assert_eq!(read(&later).await.expect("upgraded").1.len(), 1);
    // The connection that came too late is not kept.
    drop(later);
    delete_database(&database)
        .await
        .expect("nothing stands in the way");
}

#[wasm_bindgen_test]
async fn a_request_behind_another_tab_is_refused_after_ten_seconds() {
    let database = fresh_name();
    let held = open_database(&database, None).await.expect("a new one");
    let deleted = begin_delete(&database);
    let store = store(&database);
    let from = js_sys::Date::now();
    let refused = read(&store).await.expect_err("a tab in the way");
    let waited = js_sys::Date::now() - from;
    assert!(refused == Error::Blocked, "{refused:?}");
    assert!((9_000.0..20_000.0).contains(&waited), "{waited} ms");
    close_database(&held);
    JsFuture::from(deleted).await.expect("it was let through");
    assert_eq!(read(&store).await.expect("a new one"), EMPTY);
    delete_database(&database)
        .await
        .expect("nothing stands in the way");
}

#[wasm_bindgen_test]
async fn a_connection_that_the_browser_closes_in_the_middle_changes_nothing_and_is_opened_again() {
    let database = fresh_name();
    let store = store(&database);
    write(&store, 0, &[row("a", b"a")]).await.expect("written");
    close_in_next_change(&database);
    let refused = write(&store, 1, &vec![row("b", &[1; 1000]); 2000]).await;
    let (code, message) = code_and_message(refused.expect_err("it was closed"));
    assert_eq!(code, "ERR_STORAGE", "{message}");
    assert_eq!(
        read(&store).await.expect("opened again"),
        (Sequence(1), vec![row("a", b"a")])
    );
    assert_eq!(times_opened(&database), 2);
}

#[wasm_bindgen_test]
async fn a_connection_that_was_closed_without_an_event_is_opened_again() {
    let database = fresh_name();
    let store = store(&database);
    write(&store, 0, &[row("a", b"a")]).await.expect("written");
    close_silently(&database);
    write(&store, 1, &[row("b", b"b")])
        .await
        .expect("opened again");
    close_silently(&database);
    assert_eq!(read(&store).await.expect("opened again").1.len(), 2);
    assert_eq!(times_opened(&database), 3);
}

#[wasm_bindgen_test]
async fn an_upgrade_that_fails_leaves_nothing_behind() {
    let database = fresh_name();
    let failing = Schema {
        version: 1,
        migrate: |database, _| {
            database.create_object_store("half")?;
            Err(JsValue::from("halfway"))
        },
    };
    let refused = read(&IndexedDbStore::new(&database, failing)).await;
    let Err(Error::Store(cause)) = &refused else {
        panic!("{refused:?}");
    };
    assert_eq!(name_of(cause), "AbortError");
    let store = store(&database);
    write(&store, 0, &[row("a", b"a")]).await.expect("written");
    assert_eq!(read(&store).await.expect("readable").1.len(), 1);
}

#[wasm_bindgen_test]
async fn a_commit_whose_future_is_dropped_is_rolled_back() {
    let database = fresh_name();
    let store = store(&database);
    write(&store, 0, &[row("a", b"a")]).await.expect("written");
    let taken = Rc::new(Cell::new(false));
    let flag = Rc::clone(&taken);
    let mut rows = std::iter::once_with(move || {
        flag.set(true);
        Ok(vec![row("a", b"new"), row("b", &[7; 1_000_000])])
    });
    let (vault, expect) = (acme(), Sequence(1));
    let commit = store.commit_rows(&vault, expect, Sequence(2), &[], &mut rows);
    // It is dropped as soon as its rows are on their way.
    let on_their_way = poll_fn(|_| {
        if taken.get() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    });
    let Either::Right(_) = select(Box::pin(commit), on_their_way).await else {
        panic!("it has ended");
    };
    assert_eq!(
        read(&store).await.expect("readable"),
        (Sequence(1), vec![row("a", b"a")])
    );
}
