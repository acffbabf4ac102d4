//! Which objects a key opens besides the vault's own, as the inventory knows it, and another key in the place of one.

use pollster::block_on;
use strongroom::{
    Error, Result,
    base::Thumbprint,
    factors::Escrow,
    inventory::{Rewrapped, TrackedObject},
    jose::PublicRecipient,
    keys::Operation,
    object::Covers,
    vault::{Header, ObjectQuery, ReplaceRecipient, RewrapOptions},
};

use crate::{
    fixture::{Open, PHRASE, passphrase, rotate},
    recipients::{Shared, dek_of, friend, public, rsa, share, signed, vault},
    view::{outside, view},
};

const SIZE: usize = 300_000;

fn header(shared: &Shared) -> Header {
    signed(&shared.header, &shared.signature).unwrap()
}

fn replacing(from: &PublicRecipient, to: &PublicRecipient) -> RewrapOptions<'static> {
    let (from, to) = (from.thumbprint(), to.clone());
    RewrapOptions {
        replace: Some(ReplaceRecipient { from, to }),
        ..RewrapOptions::default()
    }
}

fn found(vault: &Open, recipient: &Thumbprint) -> Vec<TrackedObject> {
    let query = ObjectQuery {
        recipient: Some(recipient),
        ..ObjectQuery::first(100)
    };
    block_on(vault.list_objects(&query)).unwrap().objects
}

fn moved(shared: &Shared, rewrapped: Rewrapped) -> Shared {
    Shared {
        header: rewrapped.header.unwrap(),
        signature: rewrapped.signature.unwrap(),
        ..shared.clone()
    }
}

fn refused<T>(result: Result<T>) -> Error {
    result.map(drop).unwrap_err()
}

#[test]
fn the_inventory_knows_which_objects_a_key_opens_besides_the_vaults_own() {
    let (_, vault) = vault();
    let (one, other) = (public(&friend()), public(&friend()));
    let share = |others: &[PublicRecipient]| {
        let shared = share(&vault, others, SIZE, Covers::Content).unwrap();
        block_on(vault.track(&header(&shared), None, None, None)).unwrap()
    };
    let first = share(&[one.clone(), other.clone()]);
    let second = share(&[one.clone(), rsa()]);
    let mut keys = [one.thumbprint(), other.thumbprint()];
    keys.sort_unstable();
    assert_eq!(first.recipients, keys);
    let mut both = [first.id.clone(), second.id.clone()];
    both.sort_unstable();
    let ids = |of: &PublicRecipient| -> Vec<_> {
        found(&vault, &of.thumbprint())
            .into_iter()
            .map(|object| object.id)
            .collect()
    };
    assert_eq!(ids(&one), both);
    assert_eq!(ids(&other), [first.id]);
    assert_eq!(ids(&rsa()), [second.id]);
    assert!(ids(&public(&friend())).is_empty());
}

#[test]
fn another_key_takes_the_place_of_a_recipients() {
    let (_, vault) = vault();
    let (stays, comes) = (friend(), friend());
    let (old, new) = (rsa(), public(&comes));
    let shared = share(
        &vault,
        &[old.clone(), public(&stays)],
        SIZE,
        Covers::Content,
    )
    .unwrap();
    block_on(vault.track(&header(&shared), None, Some("here"), None)).unwrap();

    // Under the primary version already, and moved all the same.
    let rewrapped = block_on(vault.rewrap(&header(&shared), &replacing(&old, &new))).unwrap();
    assert_eq!(rewrapped.from, rewrapped.to);
    let after = moved(&shared, rewrapped);
    assert!(after.header.find(old.kid()).is_none());
    dek_of(&comes, &after.header);
    dek_of(&stays, &after.header);
    let object =
        block_on(vault.decrypt_object(&header(&after), &Default::default(), &Default::default()))
            .unwrap();
    assert_eq!(object.covers, Some(Covers::Content));

    // The inventory hears of it once it is stored.
    assert_eq!(found(&vault, &old.thumbprint()).len(), 1);
    assert_eq!(block_on(vault.rewrapped(&header(&after))), Ok(true));
    assert_eq!(block_on(vault.rewrapped(&header(&after))), Ok(false));
    assert!(found(&vault, &old.thumbprint()).is_empty());
    let [object] = &found(&vault, &new.thumbprint())[..] else {
        panic!()
    };
    assert_eq!(object.location.as_deref(), Some("here"));

    // Done already; and the next one of the vault's own keeps both.
    let again = block_on(vault.rewrap(&header(&after), &replacing(&old, &new))).unwrap();
    assert!(again.header.is_none());
    rotate(&vault, "photos");
    let next = block_on(vault.rewrap(&header(&after), &replacing(&old, &new))).unwrap();
    let next = moved(&after, next);
    dek_of(&comes, &next.header);
    dek_of(&stays, &next.header);
}

#[test]
fn a_key_that_is_there_already_only_takes_the_other_ones_place() {
    let (_, vault) = vault();
    let (one, other) = (friend(), friend());
    let (from, to) = (public(&one), public(&other));
    let shared = share(&vault, &[from.clone(), to.clone()], SIZE, Covers::Header).unwrap();
    let rewrapped = block_on(vault.rewrap(&header(&shared), &replacing(&from, &to))).unwrap();
    let after = moved(&shared, rewrapped);
    assert_eq!(after.header.entries().count(), 2);
    dek_of(&other, &after.header);
}

#[test]
fn no_key_of_another_use_takes_a_recipients_place() {
    let (_place, vault) = vault();
    let gone = public(&friend());
    let shared = share(&vault, &[gone.clone(), rsa()], SIZE, Covers::Content).unwrap();
    let escrow = friend();
    let factor = Escrow::from_jwk(&escrow.to_jwk().public().unwrap()).unwrap();
    let present = passphrase(PHRASE);
    let added = vault.add_factor(&present, &factor, None, &|_, _| Ok(()));
    block_on(added).unwrap();
    let refusal = refused(block_on(
        vault.rewrap(&header(&shared), &replacing(&gone, &public(&escrow))),
    ));
    assert!(
        matches!(refusal, Error::Argument(why) if why.starts_with("recipients")),
        "{refusal:?}"
    );
}

#[test]
fn what_a_recipient_wrote_moves_nothing_in_the_inventory() {
    let (_, vault) = vault();
    let (one, other) = (public(&friend()), public(&friend()));
    let shared = share(&vault, core::slice::from_ref(&one), SIZE, Covers::Content).unwrap();
    block_on(vault.track(&header(&shared), None, None, None)).unwrap();
    // A header of the same object for others, without its signature.
    let again = share(&vault, &[other], SIZE, Covers::Content).unwrap();
    let forged = Header::Given(again.header);
    assert_eq!(block_on(vault.rewrapped(&forged)), Ok(false));
    let bare = Header::Given(shared.header.clone());
    assert_eq!(block_on(vault.rewrapped(&bare)), Ok(false));
    assert_eq!(found(&vault, &one.thumbprint()).len(), 1);
}

/// Who may only move headers would give the object to a key of their own.
#[test]
fn a_handle_that_may_not_decrypt_and_encrypt_gives_an_object_to_nobody_else() {
    let (_, vault) = vault();
    let shared = share(&vault, &[rsa(), public(&friend())], SIZE, Covers::Content).unwrap();
    let thief = public(&friend());
    for operations in [
        &[Operation::Rewrap][..],
        &[Operation::Rewrap, Operation::Decrypt],
        &[Operation::Rewrap, Operation::Encrypt],
    ] {
        let moves = view(&vault, operations, Some(&["photos"]));
        let given = block_on(moves.rewrap(&header(&shared), &replacing(&rsa(), &thief)));
        assert_eq!(given.map(drop), outside());
        // Under another version, too.
        rotate(&vault, "photos");
        let given = block_on(moves.rewrap(&header(&shared), &replacing(&rsa(), &thief)));
        assert_eq!(given.map(drop), outside());
        block_on(moves.rewrap(&header(&shared), &RewrapOptions::default())).unwrap();
    }
    let all = [Operation::Rewrap, Operation::Decrypt, Operation::Encrypt];
    let moves = view(&vault, &all, Some(&["photos"]));
    block_on(moves.rewrap(&header(&shared), &replacing(&rsa(), &thief))).unwrap();
}
