//! What keys are used for, where their material comes from, and how it leaves.

use std::{cell::Cell, rc::Rc};

use pollster::block_on;
use strongroom::{
    Context, Error,
    base::{
        Entropy, InputError, InputResult, Json, Kid, Secret, SystemEntropy, VersionState, base64,
    },
    jose::{Envelope, Jwk, Named, Recipient, sign_named, wrap},
    keys::{KeyAction, KeyOptions, KeyRecord, Purpose},
    vault::{DecryptOptions, ExpectedVault, Header, RewrapOptions},
};

use crate::fixture::{
    OTHER_PHRASE, Open, PHRASE, Place, create, create_for, decrypt, encrypt, genesis, key, kid_of,
    manage, open, options, passphrase, period, record, rotate, seal, version,
};

const PAYLOAD: &[u8] = b"pay Bob 5";

fn sign(vault: &Open, key: &str) -> strongroom::Result<String> {
    block_on(vault.sign(key, None, PAYLOAD))
}

fn import(
    vault: &Open,
    alias: &str,
    purpose: Purpose,
    jwk: &Jwk,
) -> strongroom::Result<Box<KeyRecord>> {
    let options = KeyOptions {
        purpose,
        ..options(alias)
    };
    block_on(vault.add_key(&options, Some(jwk))).map(record)
}

#[test]
fn each_purpose_does_its_own_and_nothing_else() {
    let place = Place::new();
    let vault = place.create();
    for purpose in [
        Purpose::Encrypt,
        Purpose::Share,
        Purpose::Sign,
        Purpose::Mac,
    ] {
        create_for(&vault, purpose.as_str(), purpose);
    }
    let (public, _) = theirs();
    import(&vault, "verify", Purpose::Verify, &public).unwrap();
    for key in ["encrypt", "share", "sign", "mac", "verify"] {
        let right = |purpose| {
            if key == purpose {
                Ok(())
            } else {
                Err(Error::Purpose)
            }
        };
        let sealed = seal(&vault, key, "1").map(drop);
        assert_eq!(sealed, right("encrypt"), "a value under {key}");
        let object = block_on(vault.encrypt(key, &Context::none(), None));
        assert_eq!(object.map(drop), right("encrypt"), "an object under {key}");
        let signs = right(if key == "mac" { "mac" } else { "sign" });
        assert_eq!(sign(&vault, key).map(drop), signs, "{key} signs");
    }
}

#[test]
fn a_key_that_shares_opens_what_was_wrapped_to_its_public_half_by_somebody_who_proves_nothing() {
    let place = Place::new();
    let vault = place.create();
    let record = create_for(&vault, "inbox", Purpose::Share);
    let public = record.primary_version().public.clone().unwrap();
    let to = Recipient::from_jwk(&Jwk::parse(public.text().as_bytes()).unwrap()).unwrap();
    let dek = Jwk::oct(Secret::generate(&SystemEntropy).unwrap());
    let header = wrap(&dek, &[to], &Context::none(), None, &SystemEntropy).unwrap();

    let ask = |allow_unsigned| {
        let options = DecryptOptions {
            allow_unsigned,
            ..DecryptOptions::default()
        };
        block_on(vault.decrypt(header.bytes(), &Context::none(), &options)).map(|object| object.id)
    };
    assert_eq!(ask(false), Err(Error::Unsigned));
    assert_eq!(ask(true), Ok(dek.thumbprint()));
    rotate(&vault, "inbox");
    assert_eq!(ask(true), Ok(dek.thumbprint()), "the old half still opens");
    let moved = block_on(vault.rewrap(&Header::Given(header), &RewrapOptions::default()))
        .map(|moved| moved.id);
    assert_eq!(
        moved,
        Err(Error::Unsigned),
        "under a key of ours it would pass for ours"
    );
}

#[test]
fn a_signature_tells_which_version_made_it_and_where_that_is_in_its_life() {
    let place = Place::new();
    let vault = place.create();
    let first = create_for(&vault, "orders", Purpose::Sign);
    let token = block_on(vault.sign("orders", Some("order+jws"), PAYLOAD)).unwrap();
    let verified = block_on(vault.verify(&token, Some("orders"))).unwrap();
    assert_eq!(verified.key, first.id);
    assert_eq!(verified.version, first.primary);
    assert_eq!(verified.state, VersionState::Active);
    assert_eq!(verified.typ.as_deref(), Some("order+jws"));

    rotate(&vault, "orders");
    let second = sign(&vault, "orders").unwrap();
    let state = |token: &str| block_on(vault.verify(token, None)).map(|verified| verified.state);
    assert_eq!(state(&token), Ok(VersionState::Deactivated));
    assert_eq!(state(&second), Ok(VersionState::Active));
    let request = KeyAction::Revoke {
        version: Some(first.primary.to_string()),
        compromised: true,
    };
    manage(&vault, "orders", &request).unwrap();
    assert_eq!(state(&token), Ok(VersionState::Compromised));
    manage(&vault, "orders", &KeyAction::Suspend(None)).unwrap();
    assert_eq!(state(&second), Err(Error::State(VersionState::Suspended)));
    assert_eq!(
        sign(&vault, "orders"),
        Err(Error::State(VersionState::Suspended))
    );
}

#[test]
fn a_signature_that_was_changed_or_is_anothers_is_refused() {
    let place = Place::new();
    let vault = place.create();
    create_for(&vault, "orders", Purpose::Sign);
    create_for(&vault, "letters", Purpose::Sign);
    create(&vault, "photos");
    let token = sign(&vault, "orders").unwrap();
    let verify = |token: &str, key| block_on(vault.verify(token, key)).map(drop);
    assert_eq!(verify(&token, Some("orders")), Ok(()));
    assert_eq!(verify(&token, Some("letters")), Err(Error::Decrypt));
    assert_eq!(verify(&token, Some("nobody")), Err(Error::NoKey));

    let [header, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        panic!("three parts")
    };
    let other = sign(&vault, "letters").unwrap();
    let others = other.split('.').next().unwrap();
    for forged in [
        [header, "cGF5IEJvYiA2", signature].join("."),
        [others, payload, signature].join("."),
    ] {
        assert_eq!(verify(&forged, None), Err(Error::Decrypt), "{forged}");
    }
    // One of another vault, and a value, which names a version too.
    let stranger = Place::new().create();
    create_for(&stranger, "orders", Purpose::Sign);
    let strange = sign(&stranger, "orders").unwrap();
    assert_eq!(verify(&strange, None), Err(Error::NoKey));
    assert!(verify(&seal(&vault, "photos", "1").unwrap(), None).is_err());
}

#[test]
fn nobody_has_the_vault_sign_what_passes_for_its_own_statements() {
    let place = Place::new();
    let vault = place.create();
    create_for(&vault, "orders", Purpose::Sign);
    for typ in ["sr-vault+jws", "sr-backup+jws", "sr-", "SR-vault+jws"] {
        let refused = block_on(vault.sign("orders", Some(typ), PAYLOAD));
        assert!(matches!(refused, Err(Error::Argument(_))), "{typ}");
    }
}

#[test]
fn an_imported_key_opens_what_it_protected_before() {
    let (mine, theirs) = (Place::new(), Place::new());
    let (here, there) = (mine.create(), theirs.create());
    let jwk = Jwk::oct(Secret::generate(&SystemEntropy).unwrap()).with("note", "from a file");
    let record = import(&here, "photos", Purpose::Encrypt, &jwk).unwrap();
    let history = &version(&record, 1).history;
    assert_eq!((history.len(), history[0].by.as_str()), (1, "import"));

    let kept = block_on(here.dangerously_export("photos", None, &passphrase(PHRASE))).unwrap();
    assert_eq!(kept.thumbprint(), jwk.thumbprint());
    assert!(kept.member("note").is_none(), "only the material is taken");
    // Both ids of a version are drawn anew, so what names the one is not taken for the other's.
    import(&there, "photos", Purpose::Encrypt, &jwk).unwrap();
    let value = seal(&here, "photos", "1").unwrap();
    assert_eq!(open(&here, &value).unwrap(), "1");
    assert_eq!(open(&there, &value), Err(Error::NoKey));
}

#[test]
fn an_imported_pair_signs_and_an_imported_public_half_only_verifies() {
    let place = Place::new();
    let vault = place.create();
    let pair = Jwk::generate_p256(&SystemEntropy).unwrap();
    let whole = import(&vault, "orders", Purpose::Sign, &pair).unwrap();
    let token = sign(&vault, "orders").unwrap();
    assert!(block_on(vault.verify(&token, None)).is_ok());
    let public = whole.primary_version().public.clone().unwrap();
    let public = Jwk::parse(public.text().as_bytes()).unwrap();
    assert_eq!(public.thumbprint(), pair.thumbprint());

    let theirs = import(&vault, "their orders", Purpose::Sign, &public).unwrap();
    assert!(sign(&vault, "their orders").is_err());
    // A token names the version, so one of the pair is not one of its public half under another name.
    assert_ne!(theirs.primary, whole.primary);
}

#[test]
fn material_that_does_not_fit_its_purpose_is_refused() {
    let place = Place::new();
    let vault = place.create();
    let secret = Jwk::oct(Secret::generate(&SystemEntropy).unwrap());
    let pair = Jwk::generate_p256(&SystemEntropy).unwrap();
    for (purpose, jwk) in [
        (Purpose::Encrypt, &pair),
        (Purpose::Share, &secret),
        (Purpose::Sign, &secret),
        (Purpose::Mac, &pair),
        (Purpose::Verify, &secret),
    ] {
        let refused = import(&vault, "photos", purpose, jwk);
        assert!(matches!(refused, Err(Error::Argument(_))), "{purpose:?}");
    }
    assert!(block_on(vault.keys()).unwrap().is_empty());
}

#[test]
fn an_export_asks_for_a_passphrase_though_the_vault_is_open() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let record = rotate(&vault, "photos");
    let export = |version, phrase| {
        block_on(vault.dangerously_export("photos", version, &passphrase(phrase)))
    };
    assert_eq!(export(None, "wrong").err(), Some(Error::WrongFactor));
    let ids: Vec<_> = record.versions.iter().map(|one| one.id.as_str()).collect();
    for phrase in [PHRASE, OTHER_PHRASE] {
        let primary = export(None, phrase).unwrap();
        assert_eq!(
            primary.kid().as_str(),
            [record.id.as_str(), ids[1]].join(".")
        );
        let first = export(Some(ids[0]), phrase).unwrap();
        assert_ne!(first.thumbprint(), primary.thumbprint());
    }
    assert_eq!(
        export(Some("AAAAAAAAAAAAAAAAAAAAAA"), PHRASE).err(),
        Some(Error::NoVersion)
    );
}

/// Gives the bytes of an id first.
pub struct Chosen(pub Cell<Option<[u8; 16]>>);

impl Entropy for Chosen {
    fn fill(&self, bytes: &mut [u8]) -> InputResult<()> {
        match self.0.take() {
            Some(id) => bytes.copy_from_slice(&id),
            None => SystemEntropy.fill(bytes)?,
        }
        Ok(())
    }
}

#[test]
fn another_vault_that_took_this_ones_place_in_the_store_confirms_no_factor() {
    let taken = Error::Integrity("another vault in this one's place");
    let exported = with_an_intruder(|vault| {
        block_on(vault.dangerously_export("photos", None, &passphrase("intruder"))).map(drop)
    });
    // The look at the store before anybody is asked for a factor tells.
    let told = Error::Integrity("a statement by another identity");
    assert_eq!(exported, Err(told));
    let unlocked = with_an_intruder(|vault| {
        block_on(vault.confirm(&passphrase("intruder"), &ExpectedVault::default()))
    });
    assert_eq!(unlocked, Err(taken));
}

/// Does something with an open vault while the first read of its store finds another vault of the same id.
fn with_an_intruder<T>(work: impl FnOnce(&Open) -> T) -> T {
    let place = Rc::new(Place::new());
    let vault = place.create();
    create(&vault, "photos");
    let genuine = place.rows();
    let id = base64::decode_array(vault.id().as_str(), InputError::Malformed("an id")).unwrap();
    let intruders = genesis(&Chosen(Cell::new(Some(id))), &["intruder"]);
    let (reads, store) = (Cell::new(0), Rc::clone(&place));
    let swap = move || match reads.replace(reads.get() + 1) {
        0 => store.replay(&intruders),
        _ => store.replay(&genuine),
    };
    place.host.store.before_reads.replace(Some(Box::new(swap)));
    work(&vault)
}

#[test]
fn a_vault_that_is_open_confirms_its_own_passphrases_alone() {
    let place = Place::new();
    let vault = place.create();
    let expected = ExpectedVault {
        identity: None,
        seen: Some(vault.seen().unwrap()),
    };
    for phrase in [PHRASE, OTHER_PHRASE] {
        block_on(vault.confirm(&passphrase(phrase), &expected)).unwrap();
    }
    let wrong = block_on(vault.confirm(&passphrase("wrong"), &ExpectedVault::default()));
    assert_eq!(wrong, Err(Error::WrongFactor));
}

#[test]
fn an_older_copy_of_the_vault_confirms_no_factor() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let older = place.rows();
    let export = || {
        let exported = block_on(vault.dangerously_export("photos", None, &passphrase(PHRASE)));
        exported.map(|jwk| jwk.kid())
    };
    create(&vault, "videos");
    assert!(export().is_ok());
    place.replay(&older);
    assert!(matches!(export(), Err(Error::Integrity(_))));
}

#[test]
fn what_was_exported_opens_what_the_vault_encrypted() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let object = encrypt(&vault, "photos", "hello");
    let jwk = block_on(vault.dangerously_export("photos", None, &passphrase(PHRASE))).unwrap();
    let identity = strongroom::jose::Identity::from_jwk(&jwk).unwrap();
    let header = Envelope::parse(&object.header).unwrap();
    let dek = strongroom::jose::unwrap(&header, &[identity], &Context::none()).unwrap();
    assert_eq!(dek.jwk.thumbprint().as_str(), object.id);
}

#[test]
fn a_destroyed_version_is_not_exported() {
    let place = Place::new();
    let vault = place.create();
    let record = create(&vault, "photos");
    rotate(&vault, "photos");
    let request = KeyAction::Destroy {
        version: Some(record.primary.to_string()),
        force: false,
    };
    manage(&vault, "photos", &request).unwrap();
    let version = Some(record.primary.as_str());
    let refused = block_on(vault.dangerously_export("photos", version, &passphrase(PHRASE)));
    assert_eq!(refused.err(), Some(Error::NoVersion));
}

#[test]
fn a_value_names_the_version_that_it_is_under_and_no_other_opens_it() {
    let place = Place::new();
    let vault = place.create();
    let record = create(&vault, "photos");
    let value = seal(&vault, "photos", "1").unwrap();
    assert_eq!(
        kid_of(&value),
        [record.id.as_str(), record.primary.as_str()].join(".")
    );
    let object = encrypt(&vault, "photos", "hello");
    rotate(&vault, "photos");
    assert_ne!(key(&vault, "photos").primary, record.primary);
    assert_eq!(open(&vault, &value).unwrap(), "1");
    assert_eq!(
        decrypt(&vault, &object.header, &object.body).unwrap(),
        "hello"
    );
}

#[test]
fn a_key_for_macs_signs_what_it_alone_verifies() {
    let place = Place::new();
    let vault = place.create();
    let first = create_for(&vault, "webhooks", Purpose::Mac);
    assert!(
        first.primary_version().public.is_none(),
        "there is no public half"
    );
    let token = block_on(vault.sign("webhooks", Some("hook+jws"), PAYLOAD)).unwrap();
    let verify = |token: &str, key| block_on(vault.verify(token, key));
    let verified = verify(&token, Some("webhooks")).unwrap();
    assert_eq!(
        (verified.key, verified.version),
        (first.id.clone(), first.primary.clone())
    );
    assert_eq!(verified.typ.as_deref(), Some("hook+jws"));
    rotate(&vault, "webhooks");
    assert_eq!(
        verify(&token, None).map(|said| said.state),
        Ok(VersionState::Deactivated)
    );

    create_for(&vault, "others", Purpose::Mac);
    assert_eq!(verify(&token, Some("others")).err(), Some(Error::Decrypt));
    let sealed = seal(&vault, "webhooks", "1").map(drop);
    assert_eq!(sealed, Err(Error::Purpose));
}

/// RFC 8725 §2.1: whoever knows a public key makes MACs with its bytes, and any pair's signature in the secret's name.
#[test]
fn a_token_that_names_another_algorithm_than_its_keys_is_refused() {
    let place = Place::new();
    let vault = place.create();
    let pair = create_for(&vault, "orders", Purpose::Sign);
    create_for(&vault, "webhooks", Purpose::Mac);
    let by_pair = sign(&vault, "orders").unwrap();
    let by_secret = sign(&vault, "webhooks").unwrap();
    let refused = |token: &str, named: &str, error: Error| {
        for key in [None, Some(named)] {
            let outcome = block_on(vault.verify(token, key)).map(drop);
            assert_eq!(outcome, Err(error.clone()), "{token}, {key:?}");
        }
    };
    let kid = |token: &str| Named::parse(token).unwrap().kid().clone();
    let signed =
        |kid: &Kid, key: &Jwk| sign_named(kid, None, PAYLOAD, key, &SystemEntropy).unwrap();

    let public = pair.primary_version().public.clone().unwrap();
    let x = public.get("x").and_then(Json::as_str).unwrap();
    let x = base64::decode(x, InputError::Malformed("x")).unwrap();
    let known = Jwk::oct(Secret::from_slice(&x).unwrap()).with("alg", "HS256");
    let forged = signed(&kid(&by_pair), &known);
    assert_eq!(parts(&forged)[2].len(), parts(&by_secret)[2].len());
    refused(&forged, "orders", Error::Decrypt);
    let strangers = Jwk::generate_p256(&SystemEntropy).unwrap();
    let forged = signed(&kid(&by_secret), &strangers);
    assert_eq!(parts(&forged)[2].len(), parts(&by_pair)[2].len());
    refused(&forged, "webhooks", Error::Decrypt);

    // With the other's signature under a header, the length is wrong already.
    let ([of_pair, payload, long], [of_secret, _, short]) = (parts(&by_pair), parts(&by_secret));
    let length = Error::Malformed("JWS signature");
    refused(
        &[of_pair, payload, short].join("."),
        "orders",
        length.clone(),
    );
    refused(&[of_secret, payload, long].join("."), "webhooks", length);
}

fn parts(token: &str) -> [&str; 3] {
    let parts: Vec<_> = token.split('.').collect();
    parts.try_into().expect("three parts")
}

/// A public half of somebody else's, and what they signed: with a `kid` of their vault's.
fn theirs() -> (Jwk, String) {
    let elsewhere = Place::new().create();
    let record = create_for(&elsewhere, "orders", Purpose::Sign);
    let public = record.primary_version().public.clone().unwrap();
    let public = Jwk::parse(public.text().as_bytes()).unwrap();
    (public, sign(&elsewhere, "orders").unwrap())
}

#[test]
fn what_others_signed_is_verified_with_their_public_key() {
    let place = Place::new();
    let vault = place.create();
    let (public, token) = theirs();
    let record = import(&vault, "their orders", Purpose::Verify, &public).unwrap();
    let verify = |token: &str, key| block_on(vault.verify(token, key));
    let verified = verify(&token, Some("their orders")).unwrap();
    assert_eq!(
        (verified.key, verified.version),
        (record.id.clone(), record.primary.clone())
    );
    // Nothing in the token leads to it: the caller says whose it must be.
    assert_eq!(verify(&token, None).err(), Some(Error::NoKey));
    let (_, strangers) = theirs();
    assert_eq!(
        verify(&strangers, Some("their orders")).err(),
        Some(Error::Decrypt)
    );
    create_for(&vault, "orders", Purpose::Sign);
    let own = sign(&vault, "orders").unwrap();
    assert_eq!(
        verify(&own, Some("their orders")).err(),
        Some(Error::Decrypt)
    );
    assert!(sign(&vault, "their orders").is_err());

    let suspend = KeyAction::Suspend(None);
    manage(&vault, "their orders", &suspend).unwrap();
    assert!(matches!(
        verify(&token, Some("their orders")),
        Err(Error::State(_))
    ));
}

#[test]
fn a_key_of_somebody_elses_is_theirs_to_make_and_to_rotate() {
    let place = Place::new();
    let vault = place.create();
    let (public, token) = theirs();
    let argument = |outcome: strongroom::Result<()>| matches!(outcome, Err(Error::Argument(_)));
    let made = KeyOptions {
        purpose: Purpose::Verify,
        ..options("their orders")
    };
    assert!(argument(block_on(vault.add_key(&made, None)).map(drop)));
    let pair = Jwk::generate_p256(&SystemEntropy).unwrap();
    assert!(argument(
        import(&vault, "their orders", Purpose::Verify, &pair).map(drop)
    ));
    let periodic = KeyOptions {
        rotate_every: Some(period("P1D")),
        ..made
    };
    assert!(argument(
        block_on(vault.add_key(&periodic, Some(&public))).map(drop)
    ));
    assert!(block_on(vault.keys()).unwrap().is_empty());

    import(&vault, "their orders", Purpose::Verify, &public).unwrap();
    let refused = [
        KeyAction::Rotate { waits: false },
        KeyAction::Update {
            alias: None,
            labels: None,
            rotate_every: Some(Some(period("P1D"))),
        },
    ];
    for action in refused {
        assert!(argument(manage(&vault, "their orders", &action).map(drop)));
    }
    assert!(block_on(vault.verify(&token, Some("their orders"))).is_ok());
}
