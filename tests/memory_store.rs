//! The memory store against the suite that every store passes.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::panic, reason = "tests")]

mod conformance;

macro_rules! run {
    ($case:ident) => {
        #[test]
        fn $case() {
            pollster::block_on(conformance::$case(
                &strongroom::store::MemoryStore::default(),
            ));
        }
    };
}

store_conformance!(run);
commit_conformance!(run);
