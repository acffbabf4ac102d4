//! The order of rows, and what a range begins and ends with.

use strongroom::store::{Range, RecordId, RecordType, Row, Store};

use super::{FIRST, NONE, found, name, put, row, several, version};

pub async fn a_prefix_is_of_whole_parts(store: &impl Store) {
    let (acme, _) = several(store).await;
    let without = RecordId::new(RecordType::Version, "a");
    assert_eq!(found(store, &acme, Range::record_id(&without)).await, []);
    let longer = Range::of_id(RecordType::Version, "aba");
    assert_eq!(found(store, &acme, longer).await, []);
    assert_eq!(store.read(&acme, &[]).await, Ok((FIRST, Vec::new())));
}

pub async fn a_page_begins_behind_what_is_gone(store: &impl Store) {
    let (acme, sorted) = several(store).await;
    let gone = version("a", "15").record_id;
    let page = |range: Range, limit| range.page(Some(gone.clone()), limit);
    let of_a = page(Range::of_id(RecordType::Version, "a"), 9);
    assert_eq!(found(store, &acme, of_a).await, sorted[6..7]);
    let last = page(Range::of(RecordType::Version), 1);
    assert_eq!(found(store, &acme, last).await, sorted[6..7]);
}

/// As JavaScript's `<` compares, and not as UTF-8 sorts.
pub async fn rows_come_in_the_order_of_utf_16_code_units(store: &impl Store) {
    let acme = name("acme");
    let key = |id| row(RecordType::Key, id, 1, b"");
    let sorted = ["z", "\u{1f600}", "\u{fb33}"].map(key);
    let batch = put(&[sorted[2].clone(), sorted[1].clone(), sorted[0].clone()]);
    let committed = store.commit(&acme, NONE, FIRST, &batch).await;
    assert_eq!(committed, Ok(()));
    let keys = || Range::of(RecordType::Key);
    assert_eq!(found(store, &acme, keys()).await, sorted);
    let behind = keys().page(Some(sorted[1].record_id.clone()), 9);
    assert_eq!(found(store, &acme, behind).await, sorted[2..]);
}

pub async fn many_rows_keep_their_order_whatever_order_they_come_in(store: &impl Store) {
    let acme = name("acme");
    let numbered = |at: usize| row(RecordType::Key, &format!("{at:03}"), 1, b"");
    let mixed: Vec<Row> = (0..500).map(|at| numbered((at * 211) % 500)).collect();
    let committed = store.commit(&acme, NONE, FIRST, &put(&mixed)).await;
    assert_eq!(committed, Ok(()));
    let mut gone = put(&[]);
    let is_gone = |row: &&Row| row.record_id.id.as_str() < "250";
    gone.deletes = mixed
        .iter()
        .filter(is_gone)
        .map(|row| row.record_id.clone())
        .collect();
    let committed = store.commit(&acme, FIRST, FIRST.next(), &gone).await;
    assert_eq!(committed, Ok(()));
    let left: Vec<_> = (250..500).map(numbered).collect();
    assert_eq!(found(store, &acme, Range::of(RecordType::Key)).await, left);
}
