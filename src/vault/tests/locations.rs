//! Objects are found by their locations.

use super::*;
use crate::inventory::TrackedObject;

/// More rows than stay in memory from one operation to the next.
const MANY: usize = 4200;

#[test]
fn a_second_location_is_found_without_reading_all_objects_again() {
    let (rows, factor) = vault();
    let keyring = open(rows.clone(), &factor).expect("a genuine vault");
    let vault = unlocked(rows, keyring);
    let photos = "photos".parse().expect("an alias");
    let key = block_on(vault.create_key(&photos)).expect("a new key").key;
    let filled = vault.change_unasked("fill", async |tx| {
        for at in 0..MANY {
            let object = TrackedObject {
                id: Jwk::oct(Secret::generate(&ENTROPY)?).thumbprint(),
                key: key.id.clone(),
                version: key.primary.clone(),
                tracked: tx.now(),
                since: 1,
                size: None,
                location: Some(at.to_string()),
                header: None,
                recipients: Vec::new(),
                sidecar: None,
                incarnation: 0,
                changed: 0,
            };
            tx.insert_object(&object).await?;
        }
        Ok(())
    });
    block_on(filled).expect("a store in memory");
    let find = |at: usize| {
        let location = at.to_string();
        let found = vault.read_unasked("find", async |tx| tx.tracked_id(&location).await.map(drop));
        block_on(found)
    };
    let all_are_here = || {
        let open = vault.state.open().expect("an unlocked vault");
        open.known_range(&Range::of(RecordType::Object)).is_some()
    };
    assert_eq!(find(0), Ok(()));
    assert!(all_are_here());
    for at in [1, 2000, MANY - 1] {
        assert_eq!(find(at), Ok(()));
        assert!(!all_are_here(), "{at}");
    }
    assert_eq!(find(MANY), Err(Error::NoObject));
    assert!(!all_are_here());
}
