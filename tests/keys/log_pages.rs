//! Pages of the audit log: with its index and without it they are the entries that are asked for, whatever the log and the question.

use pollster::block_on;
use proptest::{collection::vec, prelude::*};
use strongroom::{
    base::{KeyId, Timestamp},
    store::RecordType,
    vault::{EntryPage, EntryQuery, LoggedEntry},
};

use crate::fixture::{NOW, Open, Place, create, seal};

/// What is done, so often, so many milliseconds after what was before it; and whether it is written then.
#[derive(Debug, Clone)]
struct Step {
    what: u8,
    often: u64,
    later: i64,
    writes: bool,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    // Most are failed unlocks, which name no key: what is rare is sought as well as what is not.
    let what = prop_oneof![6 => Just(0_u8), 3 => Just(1), 1 => Just(2), 2 => Just(3)];
    let often = prop_oneof![4 => 1..4_u64, 2 => 5..40_u64, 1 => 200..500_u64];
    // A clock may be set back.
    let later = prop_oneof![4 => 0..5000_i64, 1 => 0..10_000_000_i64, 1 => -400_000..0_i64];
    let step = (what, often, later, any::<bool>());
    let step = step.prop_map(|(what, often, later, writes)| Step {
        what,
        // What takes long to do is done less often.
        often: if what == 0 { often } else { often.min(20) },
        later,
        writes,
    });
    vec(step, 30..90)
}

/// What is asked for: which key, operation and error, from and to where in the log's time, before which of its entries, and how many.
type Asked = (u8, u8, u8, Option<u16>, Option<u16>, Option<u16>, u32);

fn asked() -> impl Strategy<Value = Asked> {
    let rarely = || proptest::option::weighted(0.3, any::<u16>());
    let limit = prop_oneof![1..8_u32, 50..51_u32, 900..1001_u32];
    (
        0..5_u8,
        0..6_u8,
        0..5_u8,
        rarely(),
        rarely(),
        rarely(),
        limit,
    )
}

struct Log {
    place: Place,
    vault: Open,
    keys: [KeyId; 3],
    all: Vec<LoggedEntry>,
}

impl Log {
    fn of(steps: &[Step]) -> Self {
        let place = Place::new();
        let vault = place.create();
        let keys = ["photos", "letters"].map(|alias| create(&vault, alias).id);
        let mut written = 0;
        for step in steps.iter().cycle() {
            for _ in 0..step.often {
                match step.what {
                    0 => vault.log_failed_unlocks(1).unwrap(),
                    1 => drop(seal(&vault, "photos", "1").unwrap()),
                    2 => drop(seal(&vault, "letters", "1").unwrap()),
                    _ => drop(seal(&vault, "nobody's", "1").unwrap_err()),
                }
                place.clock.set(place.clock.get() + 7);
            }
            let now = place.clock.get().millis().cast_signed() + step.later;
            place.clock.set(Timestamp::from_millis(now.cast_unsigned()));
            written += step.often;
            if step.writes {
                block_on(vault.write_log()).unwrap();
            }
            // At least two nodes, and what none tells of.
            if written > 2500 {
                break;
            }
        }
        while block_on(vault.tick()).unwrap().next == Some(place.clock.get()) {}
        assert!(place.rows_of(RecordType::AuditIndex).len() > 1);
        let [photos, letters] = keys;
        let nobodys = "aaaaaaaaaaaaaaaaaaaaaA".parse().unwrap();
        let mut log = Self {
            place,
            vault,
            keys: [photos, letters, nobodys],
            all: Vec::new(),
        };
        let mut before = None;
        loop {
            let limit = Some(1000);
            let page = log.page(&EntryQuery {
                before,
                limit,
                ..EntryQuery::default()
            });
            log.all.extend(page.entries);
            before = page.next;
            if before.is_none() {
                return log;
            }
        }
    }

    fn page(&self, query: &EntryQuery) -> EntryPage {
        block_on(self.vault.query_audit(query)).unwrap()
    }

    fn query(&self, asked: &Asked) -> EntryQuery {
        let (key, operation, error, from, to, before, limit) = asked;
        let size = self.all.len();
        let at = |spot: u16| self.all[size - 1 - usize::from(spot) % size].entry.at;
        let operations = ["encryptValue", "failUnlock", "createKey", "rotate"];
        let errors = ["", "ERR_NO_KEY", "ERR_POLICY"];
        let pick = |of: &[&str], which: u8| of.get(usize::from(which)).map(ToString::to_string);
        EntryQuery {
            key: self.keys.get(usize::from(*key)).cloned(),
            operation: pick(&operations, *operation),
            error: pick(&errors, *error),
            from: from.map(at),
            to: to.map(at),
            before: before.map(|before| u64::from(before) % (size as u64 + 10)),
            limit: Some(*limit),
            ..EntryQuery::default()
        }
    }

    /// What the page is, by what there is.
    fn expected(&self, query: &EntryQuery) -> Vec<&LoggedEntry> {
        let admits = |LoggedEntry { sequence, entry }: &&LoggedEntry| {
            let named = |key: &KeyId| entry.keys.iter().any(|named| named.key == *key);
            query.key.as_ref().is_none_or(named)
                && query
                    .operation
                    .as_ref()
                    .is_none_or(|name| *name == entry.operation)
                && query
                    .error
                    .as_ref()
                    .is_none_or(|error| entry.error.as_deref().unwrap_or_default() == error)
                && query.from.is_none_or(|from| entry.at >= from)
                && query.to.is_none_or(|to| entry.at < to)
                && query.before.is_none_or(|before| *sequence < before)
        };
        let limit = query.limit.unwrap_or_default() as usize;
        self.all.iter().filter(admits).take(limit).collect()
    }

    fn holds(&self, query: &EntryQuery) -> std::result::Result<EntryPage, TestCaseError> {
        let page = self.page(query);
        prop_assert!(page.entries.iter().eq(self.expected(query)), "{query:?}");
        // The pages are one after the other: nothing is between them, and nothing behind the last one.
        let rest = EntryQuery {
            before: page.next,
            ..query.clone()
        };
        let full = page.entries.len() == query.limit.unwrap_or_default() as usize;
        prop_assert!(full || page.next.is_none(), "{query:?}");
        let all = EntryQuery {
            limit: Some(1000),
            ..query.clone()
        };
        let more = self.expected(&all).len() > page.entries.len();
        prop_assert!(!more || page.next.is_some(), "{query:?}");
        if page.next.is_some() {
            let rest = self.page(&rest);
            prop_assert!(
                rest.entries.first().map(|logged| logged.sequence) < page.next,
                "{query:?}"
            );
        }
        Ok(page)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 20, ..ProptestConfig::with_cases(2) })]

    #[test]
    fn pages_are_the_same_with_the_index_without_it_and_with_a_part_of_it(
        steps in steps(),
        asked in vec(asked(), 16),
    ) {
        let log = Log::of(&steps);
        prop_assert!(log.all.iter().map(|logged| logged.sequence).eq((0..log.all.len() as u64).rev()));
        let queries: Vec<_> = asked.iter().map(|asked| log.query(asked)).collect();
        let mut pages = Vec::new();
        for query in &queries {
            pages.push(log.holds(query)?);
        }
        let nodes = log.place.rows_of(RecordType::AuditIndex);
        let nodes: Vec<_> = nodes.into_iter().map(|row| row.record_id).collect();
        for gone in [&nodes[1..2], &nodes[..]] {
            log.place.write_unnoticed(&[], gone);
            for (query, page) in queries.iter().zip(&pages) {
                prop_assert_eq!(&log.page(query), page);
            }
        }
        // After a cut the rest is found as before.
        log.place.clock.set(NOW + 400_000_000_000);
        let cut = block_on(log.vault.cut_audit(log.all[log.all.len() / 2].entry.at, &[])).unwrap();
        for query in &queries {
            let page = log.page(query);
            let left = log.expected(query).into_iter().filter(|logged| logged.sequence >= cut.first);
            // The cut itself is an entry, done, of no key.
            let told = page.entries.iter().filter(|logged| logged.sequence < log.all.len() as u64);
            let limit = query.limit.unwrap_or_default() as usize;
            if page.entries.len() < limit {
                prop_assert!(told.eq(left), "{query:?}");
            }
        }
    }
}
