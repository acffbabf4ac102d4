//! Which object of a context it is, the inventory says.

use pollster::block_on;
use strongroom::{
    Error, Result,
    base::{Context, ObjectId},
    vault::{DecryptOptions, Header},
};

use crate::{
    fixture::{Open, Place, create},
    scale::large,
};

/// A header in a context that several objects have, and its object's id.
fn encrypt(vault: &Open, context: &Context) -> (Header, ObjectId) {
    let made = block_on(vault.encrypt("photos", context, None)).unwrap();
    (Header::Given(made.header), made.id)
}

fn open(
    vault: &Open,
    header: &Header,
    context: &Context,
    options: &DecryptOptions,
) -> Result<ObjectId> {
    block_on(vault.decrypt_object(header, context, options)).map(|opened| opened.id)
}

fn tracked(named: &str) -> DecryptOptions {
    DecryptOptions {
        tracked: Some(named.to_owned()),
        ..DecryptOptions::default()
    }
}

#[test]
fn an_older_object_of_the_same_context_opens_unless_the_inventory_is_asked() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let context = Context::new([("path".to_owned(), "a.jpg".to_owned())]).unwrap();
    let (older, older_id) = encrypt(&vault, &context);
    let (newer, newer_id) = encrypt(&vault, &context);
    block_on(vault.track(&newer, None, Some("a.jpg"), None)).unwrap();
    let ask = |header: &Header, options: &DecryptOptions| open(&vault, header, &context, options);
    assert_eq!(
        ask(&older, &DecryptOptions::default()),
        Ok(older_id.clone())
    );
    for named in ["a.jpg", newer_id.as_str()] {
        assert_eq!(ask(&newer, &tracked(named)), Ok(newer_id.clone()));
        assert_eq!(ask(&older, &tracked(named)), Err(Error::Decrypt));
    }
    for named in ["b.jpg", older_id.as_str(), ""] {
        assert_eq!(
            ask(&older, &tracked(named)),
            Err(Error::NoObject),
            "{named}"
        );
    }
    // What is expected besides must be the same object.
    let both = |expect: &ObjectId| DecryptOptions {
        expect: Some(expect.clone()),
        ..tracked("a.jpg")
    };
    assert_eq!(ask(&newer, &both(&newer_id)), Ok(newer_id.clone()));
    assert_eq!(ask(&newer, &both(&older_id)), Err(Error::Decrypt));
    assert_eq!(ask(&older, &both(&older_id)), Err(Error::Decrypt));
}

#[test]
fn a_location_of_several_objects_names_none_of_them() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let context = Context::none();
    let (first, id) = encrypt(&vault, &context);
    let (second, _) = encrypt(&vault, &context);
    for header in [&first, &second] {
        block_on(vault.track(header, None, Some("album"), None)).unwrap();
    }
    let asked = open(&vault, &first, &context, &tracked("album"));
    assert!(matches!(asked, Err(Error::Argument(_))));
    assert_eq!(
        open(&vault, &first, &context, &tracked(id.as_str())),
        Ok(id)
    );
    // What looks like an id is a location, where there is no such object.
    let (third, id) = encrypt(&vault, &context);
    let odd = "A".repeat(43);
    block_on(vault.track(&third, None, Some(&odd), None)).unwrap();
    assert_eq!(open(&vault, &third, &context, &tracked(&odd)), Ok(id));
}

#[test]
fn a_location_follows_every_change() {
    for large_one in [false, true] {
        let place = if large_one {
            Place::of(large())
        } else {
            Place::new()
        };
        let vault = if large_one {
            place.unlock().unwrap()
        } else {
            place.create()
        };
        create(&vault, "photos");
        let context = Context::none();
        let mut made = Vec::new();
        for at in 0..20 {
            let (header, id) = encrypt(&vault, &context);
            block_on(vault.track(&header, None, Some(&at.to_string()), None)).unwrap();
            made.push((header, id));
        }
        let other = place.unlock().unwrap();
        let ask = |vault: &Open, at: usize, named: &str| {
            open(vault, &made[at].0, &context, &tracked(named))
        };
        let found = |at: usize| Ok(made[at].1.clone());
        assert_eq!(ask(&vault, 3, "3"), found(3));
        for at in 0..20 {
            assert_eq!(ask(&vault, at, &at.to_string()), found(at));
        }
        // Moved here, then by another tab; a second one at the place; and forgotten.
        let moved = |vault: &Open, at: usize, to: &str| {
            block_on(vault.track(&Header::Given(envelope(&made[at].0)), None, Some(to), None))
                .map(drop)
        };
        moved(&vault, 3, "x").unwrap();
        assert_eq!(ask(&vault, 3, "x"), found(3));
        assert_eq!(ask(&vault, 3, "3"), Err(Error::NoObject));
        moved(&other, 3, "y").unwrap();
        block_on(vault.head()).unwrap();
        assert_eq!(ask(&vault, 3, "y"), found(3));
        assert_eq!(ask(&vault, 3, "x"), Err(Error::NoObject));
        moved(&other, 4, "y").unwrap();
        block_on(vault.head()).unwrap();
        assert!(matches!(ask(&vault, 3, "y"), Err(Error::Argument(_))));
        block_on(other.untrack(made[4].1.as_str(), true)).unwrap();
        block_on(vault.head()).unwrap();
        assert_eq!(ask(&vault, 3, "y"), found(3));
        block_on(vault.rotate_vault_key()).unwrap();
        assert_eq!(ask(&vault, 3, "y"), found(3));
        assert_eq!(ask(&vault, 4, "4"), Err(Error::NoObject));
    }
}

fn envelope(header: &Header) -> strongroom::jose::Envelope {
    match header {
        Header::Given(envelope) => envelope.clone(),
        Header::Signed(..) => panic!("it is for others too"),
        Header::Kept(id) => panic!("{id} is kept"),
    }
}
