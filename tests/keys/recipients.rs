//! Objects for others beside the vault's own keys: who opens them, and what nobody else can pass off as the vault's.

use std::{cell::RefCell, rc::Rc};

use pollster::block_on;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use strongroom::{
    Context, Error, Result,
    base::{InputError, Local, ObjectId, Secret, SystemEntropy, base64},
    factors::{Answer, Challenge, FactorPort},
    jose::{self, AgreementKey, Envelope, Identity, Jwk, PublicRecipient, RsaPublicKey},
    keys::Purpose,
    object::{
        Covers, Decryption, Dek, FileMetadata, ObjectSignature, Origin, attached,
        body::{BodyEncryptor, BodyHasher, BodyHashes, Engine, RustEngine},
        decrypt_signed_object,
    },
    vault::{DecryptOptions, Header, Others, RewrapOptions},
};

use crate::{
    fixture::{
        Open, PHRASE, Place, create, create_for, encrypt, manage, passphrase, rotate, seal, version,
    },
    inventory::given,
    kms::{ARN, Desk, recipient, wycheproof},
    oaep::RsaKey,
};

const SEGMENT: usize = 262_144;

/// A place whose platform encrypts to keys of RSA, with a vault that has a key `photos`.
pub fn vault() -> (Place, Open) {
    let place = Desk::with_rsa(2048).place();
    let vault = place.create();
    create(&vault, "photos");
    (place, vault)
}

pub fn friend() -> AgreementKey {
    AgreementKey::from_jwk(&Jwk::generate_p256(&SystemEntropy).unwrap()).unwrap()
}

pub fn public(friend: &AgreementKey) -> PublicRecipient {
    let jwk = friend.to_jwk().public().unwrap();
    let jwk = jwk.with("kid", friend.kid().as_str()).to_json();
    PublicRecipient::parse(jwk.as_bytes()).unwrap()
}

pub fn rsa() -> PublicRecipient {
    let key = wycheproof(3072);
    let jwk = json!({ "kty": "RSA", "n": key["n"], "e": key["e"], "kid": ARN });
    PublicRecipient::parse(jwk.to_string().as_bytes()).unwrap()
}

/// An object in its parts.
#[derive(Clone)]
pub struct Shared {
    pub id: ObjectId,
    pub header: Envelope,
    pub signature: String,
    pub body: Vec<u8>,
}

fn plain(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at * 7) as u8).collect()
}

fn hashes(body: &[u8]) -> BodyHashes {
    let mut hasher = BodyHasher::default();
    body.chunks(1000).for_each(|piece| hasher.update(piece));
    hasher.finish().unwrap()
}

pub fn share(
    vault: &Open,
    others: &[PublicRecipient],
    size: usize,
    covers: Covers,
) -> Result<Shared> {
    share_under(vault, "photos", others, size, covers)
}

pub fn share_under(
    vault: &Open,
    key: &str,
    others: &[PublicRecipient],
    size: usize,
    covers: Covers,
) -> Result<Shared> {
    let file = FileMetadata::default();
    let begun = block_on(vault.encrypt_for(key, others, &Context::none(), Some(&file)));
    let object = begun?;
    let mut body = block_on(object.encryptor.push(plain(size))).unwrap();
    body.extend(block_on(object.encryptor.finish()).unwrap());
    let body = body.concat();
    let hashes = (covers == Covers::Content).then(|| hashes(&body));
    let signature = block_on(vault.sign_object(&object.to_sign, hashes.as_ref()))?;
    if let Some(hashes) = &hashes {
        let told = vault.signature_len(&object.to_sign, hashes.size());
        assert_eq!(told, Ok(signature.len()), "its length is known before");
    }
    Ok(Shared {
        id: object.id,
        header: object.header,
        signature,
        body,
    })
}

fn both(vault: &Open) -> (AgreementKey, Shared) {
    let friend = friend();
    let shared = share(
        vault,
        &[rsa(), public(&friend)],
        2 * SEGMENT,
        Covers::Content,
    );
    (friend, shared.unwrap())
}

pub fn signed(header: &Envelope, signature: &str) -> Result<Header> {
    let signature = ObjectSignature::parse(signature.as_bytes())?;
    Ok(Header::Signed(header.clone(), Rc::new(signature)))
}

fn opened(
    vault: &Open,
    header: &Header,
    options: &DecryptOptions,
) -> Result<Decryption<RustEngine>> {
    block_on(vault.decrypt_object(header, &Context::none(), options))
}

fn read(object: &Decryption<RustEngine>, body: &[u8]) -> Result<Vec<u8>> {
    let mut plain = Vec::new();
    for piece in body.chunks(100_000) {
        plain.extend(block_on(object.decryptor.push(piece.to_vec()))?);
    }
    plain.extend(block_on(object.decryptor.finish())?);
    Ok(plain.concat())
}

/// As its reader in a vault gets it.
fn open(vault: &Open, shared: &Shared) -> Result<(Origin, Option<Covers>, Vec<u8>)> {
    let header = signed(&shared.header, &shared.signature)?;
    let object = opened(vault, &header, &DecryptOptions::default())?;
    let plain = read(&object, &shared.body)?;
    Ok((object.origin, object.covers, plain))
}

/// A part of it.
fn open_part(vault: &Open, shared: &Shared, segment: u32) -> Result<Vec<u8>> {
    let header = signed(&shared.header, &shared.signature)?;
    let object = opened(vault, &header, &DecryptOptions::default())?;
    let size = shared.body.len() as u64;
    let ranges = object.decryptor.ranges(size, &shared.body[..40])?;
    let bytes = |segments| {
        let place = ranges.place(segments).unwrap();
        shared.body[place.start as usize..place.end as usize].to_vec()
    };
    let last = ranges.segments() - 1;
    block_on(ranges.prove(&RustEngine, &bytes(last..last + 1)))?;
    let cipher = bytes(segment..segment + 1);
    Ok(block_on(ranges.open(&RustEngine, segment, &cipher))?.concat())
}

fn allowing() -> DecryptOptions {
    DecryptOptions {
        allow_unsigned: true,
        ..DecryptOptions::default()
    }
}

fn refused<T>(result: Result<T>) -> Error {
    result.err().unwrap_or_else(|| panic!("it is taken"))
}

/// The data key, as one of the recipients has it.
pub fn dek_of(friend: &AgreementKey, header: &Envelope) -> Dek {
    let by = [Identity::Agreement(friend.clone())];
    let opened = jose::unwrap(header, &by, &Context::none()).unwrap();
    Dek::from_jwk(&opened.jwk).unwrap()
}

fn body_under(dek: &Dek, plain: Vec<u8>) -> Vec<u8> {
    let engine = Rc::new(RustEngine);
    let encryptor = BodyEncryptor::new(engine, dek, &Context::none(), None, &SystemEntropy);
    let encryptor = encryptor.unwrap();
    let mut body = block_on(encryptor.push(plain)).unwrap();
    body.extend(block_on(encryptor.finish()).unwrap());
    body.concat()
}

pub fn header_json(header: &Envelope) -> Json {
    serde_json::from_slice(header.bytes()).unwrap()
}

pub fn of_json(header: &Json) -> Envelope {
    Envelope::parse(header.to_string().as_bytes()).unwrap()
}

/// What a signature says.
fn payload(signature: &str) -> Json {
    let payload = signature.split('.').nth(1).unwrap();
    let payload = base64::decode(payload, InputError::Malformed("base64url")).unwrap();
    serde_json::from_slice(&payload).unwrap()
}

#[test]
fn the_vault_and_each_recipient_open_it_and_the_vault_knows_it_for_its_own() {
    let (place, vault) = vault();
    let (friend, shared) = both(&vault);
    let expected = (Origin::Own, Some(Covers::Content), plain(2 * SEGMENT));
    assert_eq!(open(&vault, &shared), Ok(expected.clone()));
    assert_eq!(open(&place.unlock().unwrap(), &shared), Ok(expected));
    for segment in 0..3 {
        open_part(&vault, &shared, segment).unwrap();
    }
    // A friend, who was told the identity, and looks for the own name.
    let signature = ObjectSignature::parse(shared.signature.as_bytes()).unwrap();
    let said = signature.verify(&place.claimed_identity(), &shared.header);
    let said = said.unwrap();
    said.check_names(friend.kid(), &friend.public().thumbprint())
        .unwrap();
    let other = self::friend();
    assert!(
        said.check_names(friend.kid(), &other.public().thumbprint())
            .is_err()
    );
    let by = [Identity::Agreement(friend)];
    let (engine, none) = (Rc::new(RustEngine), Context::none());
    let object = decrypt_signed_object(engine, &shared.header, said, &by, &none, None).unwrap();
    assert_eq!(
        (object.origin, object.covers),
        (Origin::Unsigned, Some(Covers::Content))
    );
    assert_eq!(read(&object, &shared.body).unwrap(), plain(2 * SEGMENT));
    // Whoever asks a service.
    let entry = shared.header.entries().nth(1).unwrap();
    assert_eq!(entry.kid().as_str(), ARN);
    let jose::Question::RsaOaep { encrypted } = entry.question().unwrap() else {
        panic!("another algorithm");
    };
    let cek = RsaKey::of(&wycheproof(3072))
        .decrypt(&encrypted, b"")
        .unwrap();
    let cek = entry.answered(Secret::from_slice(&cek).unwrap()).unwrap();
    assert_eq!(
        shared.header.open_with(&cek).unwrap().thumbprint(),
        shared.id
    );
}

#[test]
fn without_its_signature_nobody_knows_who_wrote_it() {
    let (_, vault) = vault();
    let (_, shared) = both(&vault);
    let bare = Header::Given(shared.header.clone());
    let stripped = opened(&vault, &bare, &DecryptOptions::default());
    assert_eq!(refused(stripped.map(drop)), Error::Unsigned);
    let object = opened(&vault, &bare, &allowing()).unwrap();
    assert_eq!((object.origin, object.covers), (Origin::Unsigned, None));
    let rewrap = block_on(vault.rewrap(&bare, &RewrapOptions::default()));
    assert!(
        rewrap.is_ok_and(|it| it.header.is_none()),
        "it is under the primary version"
    );
    rotate(&vault, "photos");
    let rewrap = block_on(vault.rewrap(&bare, &RewrapOptions::default()));
    assert!(matches!(refused(rewrap.map(drop)), Error::Unsupported(_)));
}

#[test]
fn a_wrong_signature_is_refused_and_never_taken_for_none() {
    let (_, vault) = vault();
    let (_, shared) = both(&vault);
    let (_, other) = both(&vault);
    let elsewhere = self::vault();
    let (_, foreign) = both(&elsewhere.1);
    let mut changed = shared.signature.clone().into_bytes();
    let last = changed.len() - 3;
    changed[last] = if changed[last] == b'A' { b'B' } else { b'A' };
    let changed = String::from_utf8(changed).unwrap();
    let attempts = [&other.signature, &foreign.signature, &changed];
    for signature in attempts {
        let header = signed(&shared.header, signature).unwrap();
        for options in [DecryptOptions::default(), allowing()] {
            let opened = opened(&vault, &header, &options);
            assert_eq!(refused(opened.map(drop)), Error::Decrypt);
        }
        let track = block_on(vault.track(&header, None, None, None));
        assert_eq!(refused(track), Error::Decrypt);
        let rewrap = block_on(vault.rewrap(&header, &RewrapOptions::default()));
        assert_eq!(refused(rewrap.map(drop)), Error::Decrypt);
    }
    // One of its own of another kind, another vault's that is read here, and none at all.
    let statement = seal(&vault, "photos", "1").unwrap();
    for text in [statement.as_str(), "", "a.b.c"] {
        assert!(ObjectSignature::parse(text.as_bytes()).is_err());
    }
    let long = vec![b'a'; ObjectSignature::MAX_BYTES + 1];
    let long = ObjectSignature::parse(&long)
        .err()
        .map(|error| error.code());
    assert_eq!(long, Some("ERR_TOO_LARGE"));
    // An object for the vault alone has no signature.
    let alone = encrypt(&vault, "photos", "x");
    let header = signed(&Envelope::parse(&alone.header).unwrap(), &shared.signature).unwrap();
    let opened = opened(&vault, &header, &DecryptOptions::default());
    assert_eq!(refused(opened.map(drop)), Error::Decrypt);
}

#[test]
fn a_header_that_somebody_changed_is_not_the_one_that_was_signed() {
    let (_, vault) = vault();
    let (_, shared) = both(&vault);
    let whole = header_json(&shared.header);
    let mut swapped = whole.clone();
    swapped["recipients"].as_array_mut().unwrap().swap(1, 2);
    let mut fewer = whole.clone();
    fewer["recipients"].as_array_mut().unwrap().pop();
    let mut alone = whole.clone();
    alone["recipients"].as_array_mut().unwrap().truncate(1);
    let spaced = Envelope::parse(format!(" {}", shared.header.as_str().unwrap()).as_bytes());
    let mut renamed = whole;
    renamed["recipients"][2]["header"]["kid"] = "somebody".into();
    for header in [
        of_json(&swapped),
        of_json(&fewer),
        of_json(&alone),
        spaced.unwrap(),
        of_json(&renamed),
    ] {
        let header = signed(&header, &shared.signature).unwrap();
        let opened = opened(&vault, &header, &allowing());
        assert_eq!(refused(opened.map(drop)), Error::Decrypt);
    }
}

#[test]
fn a_body_that_a_recipient_wrote_is_refused_where_the_content_is_covered() {
    let (_, vault) = vault();
    let friend = friend();
    let others = [public(&friend)];
    for size in [0, 5, SEGMENT, 3 * SEGMENT + 7] {
        let shared = share(&vault, &others, size, Covers::Content).unwrap();
        assert_eq!(open(&vault, &shared).unwrap().2, plain(size));
        let dek = dek_of(&friend, &shared.header);
        let mut forged = plain(size);
        forged.reverse();
        for plain in [forged, plain(size), plain(size + 1), plain(size / 2)] {
            let written = Shared {
                body: body_under(&dek, plain),
                ..shared.clone()
            };
            assert_eq!(refused(open(&vault, &written)), Error::Decrypt);
            assert_eq!(refused(open_part(&vault, &written, 0)), Error::Decrypt);
        }
    }
    // Nothing of a wrong block comes out, though all before it is right.
    let shared = share(&vault, &others, 2 * SEGMENT, Covers::Content).unwrap();
    let dek = dek_of(&friend, &shared.header);
    let mut mixed = shared.body.clone();
    mixed[SEGMENT..].copy_from_slice(&body_under(&dek, plain(2 * SEGMENT))[SEGMENT..]);
    let header = signed(&shared.header, &shared.signature).unwrap();
    let object = opened(&vault, &header, &DecryptOptions::default()).unwrap();
    let first = block_on(object.decryptor.push(mixed[..SEGMENT + 1].to_vec())).unwrap();
    assert_eq!(first.concat(), plain(2 * SEGMENT)[..SEGMENT - 56]);
    let rest = block_on(object.decryptor.push(mixed[SEGMENT + 1..].to_vec()));
    assert!(rest.is_err());
}

#[test]
fn where_the_header_alone_is_covered_that_is_said() {
    let (_, vault) = vault();
    let friend = friend();
    let shared = share(&vault, &[public(&friend)], 5, Covers::Header).unwrap();
    assert!(payload(&shared.signature).get("content").is_none());
    let dek = dek_of(&friend, &shared.header);
    let written = Shared {
        body: body_under(&dek, b"forged".to_vec()),
        ..shared
    };
    let expected = (Origin::Own, Some(Covers::Header), b"forged".to_vec());
    assert_eq!(open(&vault, &written), Ok(expected));
}

#[test]
fn a_rewrap_keeps_each_recipient_and_signs_again() {
    let (place, vault) = vault();
    let (friend, shared) = both(&vault);
    let header = signed(&shared.header, &shared.signature).unwrap();
    let track = block_on(vault.track(&header, None, Some("here"), None)).unwrap();
    assert_eq!(track.id, shared.id);
    rotate(&vault, "photos");
    // The clock stands still, and was set back.
    place.clock.set(crate::fixture::ago(5000));
    let rewrapped = block_on(vault.rewrap(&header, &RewrapOptions::default())).unwrap();
    let again = Shared {
        header: rewrapped.header.unwrap(),
        signature: rewrapped.signature.unwrap(),
        ..shared.clone()
    };
    let (before, after) = (payload(&shared.signature), payload(&again.signature));
    let sequence = before["sequence"].as_u64().unwrap() + 1;
    assert_eq!(after["sequence"].as_u64(), Some(sequence));
    assert_eq!(after["content"], before["content"]);
    assert_eq!(
        after["recipients"].as_array().unwrap()[1..],
        before["recipients"].as_array().unwrap()[1..]
    );
    assert_ne!(after["recipients"][0], before["recipients"][0]);
    let (origin, covers, text) = open(&vault, &again).unwrap();
    assert_eq!(
        (origin, covers, text),
        (Origin::Own, Some(Covers::Content), plain(2 * SEGMENT))
    );
    dek_of(&friend, &again.header);
    assert!(again.header.find(rsa().kid()).is_some());
    let stored = signed(&again.header, &again.signature).unwrap();
    assert_eq!(block_on(vault.rewrapped(&stored)), Ok(true));
    // Each signature is of its own header.
    for (header, signature) in [
        (&again.header, &shared.signature),
        (&shared.header, &again.signature),
    ] {
        let mixed = signed(header, signature).unwrap();
        let opened = opened(&vault, &mixed, &allowing());
        assert_eq!(refused(opened.map(drop)), Error::Decrypt);
    }
    // And once more, to another key.
    create(&vault, "films");
    let options = RewrapOptions {
        to: Some("films"),
        ..RewrapOptions::default()
    };
    let moved = block_on(vault.rewrap(&stored, &options)).unwrap();
    assert_eq!(moved.header.unwrap().entries().count(), 3);
}

#[test]
fn what_a_superseded_identity_signed_proves_nothing() {
    let (place, vault) = vault();
    let (_, shared) = both(&vault);
    let all = block_on(vault.factors()).unwrap();
    let (lost, present) = (all[1].id.to_string(), passphrase(PHRASE));
    let revoked =
        vault.revoke_compromised_factor(&lost, &present, Others::default(), &|_, _| Ok(()));
    block_on(revoked).unwrap();
    let vault = place.unlock_noted(&passphrase(PHRASE)).unwrap();
    let header = signed(&shared.header, &shared.signature).unwrap();
    let asked = opened(&vault, &header, &DecryptOptions::default());
    assert_eq!(refused(asked.map(drop)), Error::Unsigned);
    let object = opened(&vault, &header, &allowing()).unwrap();
    assert_eq!(object.origin, Origin::Unsigned);
    // Its hashes still hold.
    assert!(read(&object, &shared.body[..SEGMENT]).is_err());
    let options = RewrapOptions {
        expect: Some(shared.id.clone()),
        ..RewrapOptions::default()
    };
    let rewrap = block_on(vault.rewrap(&header, &options));
    assert_eq!(refused(rewrap.map(drop)), Error::Unsigned);
    let tracked = block_on(vault.track(&header, None, None, None));
    assert_eq!(refused(tracked), Error::Unsigned);
}

#[test]
fn a_signature_outlives_a_version_that_is_compromised() {
    let (_, vault) = vault();
    let (_, shared) = both(&vault);
    rotate(&vault, "photos");
    let record = crate::fixture::key(&vault, "photos");
    let old = crate::fixture::version(&record, 1).id.to_string();
    let request = strongroom::keys::KeyAction::Revoke {
        version: Some(old),
        compromised: true,
    };
    manage(&vault, "photos", &request).unwrap();
    assert_eq!(open(&vault, &shared).unwrap().0, Origin::Own);
}

#[test]
fn recipients_that_are_none_are_refused() {
    let (_, vault) = vault();
    let friend = public(&friend());
    let refused =
        |others: &[PublicRecipient]| refused(share(&vault, others, 1, Covers::Header).map(drop));
    let many: Vec<_> = (0..17).map(|_| public(&self::friend())).collect();
    assert!(share(&vault, &many[..16], 1, Covers::Header).is_ok());
    for others in [&[][..], &many, &[friend.clone(), friend.clone()]] {
        assert!(matches!(refused(others), Error::Argument(_)));
    }
    let key = self::friend();
    let named = |name: &str| {
        let jwk = key.to_jwk().public().unwrap().with("kid", name).to_json();
        PublicRecipient::parse(jwk.as_bytes())
    };
    let twice = [named("one").unwrap(), named("another").unwrap()];
    assert!(matches!(refused(&twice), Error::Argument(_)));
    let unreadable = ["a\u{202e}b", "a\nb"];
    assert!(unreadable.iter().all(|name| named(name).is_err()));
    let bare = key.to_jwk().public().unwrap().bare().to_json();
    let private = key.to_jwk().to_json();
    let secret = Jwk::oct(Secret::generate(&SystemEntropy).unwrap()).to_json();
    for jwk in [bare, private, secret] {
        assert!(PublicRecipient::parse(jwk.as_bytes()).is_err());
    }
    let mut whole = wycheproof(2048);
    whole["kid"] = "k".into();
    assert!(PublicRecipient::parse(whole.to_string().as_bytes()).is_err());
}

#[test]
fn a_key_that_opens_the_vault_opens_no_object() {
    let (_, vault) = vault();
    let (present, escrow) = (passphrase(PHRASE), recipient(2048, Some(ARN)));
    let added = vault.add_factor(&present, &escrow, None, &|_, _| Ok(()));
    block_on(added).unwrap();
    let key = wycheproof(2048);
    let jwk = |kid: &str| {
        let jwk = json!({ "kty": "RSA", "n": key["n"], "e": key["e"], "kid": kid });
        PublicRecipient::parse(jwk.to_string().as_bytes()).unwrap()
    };
    // By its key, and by its name with another key.
    for other in [jwk("another name"), rsa()] {
        let refused = refused(share(&vault, &[other], 1, Covers::Header).map(drop));
        assert!(matches!(refused, Error::Argument(what) if what.contains("one use")));
    }
    let other = wycheproof(3072);
    let jwk = json!({ "kty": "RSA", "n": other["n"], "e": other["e"], "kid": "free" });
    let other = PublicRecipient::parse(jwk.to_string().as_bytes()).unwrap();
    assert!(share(&vault, &[other], 1, Covers::Header).is_ok());
}

#[test]
fn a_recipient_that_opens_the_vault_later_is_named_by_the_rewrap() {
    let (_, vault) = vault();
    let key = wycheproof(2048);
    let jwk = json!({ "kty": "RSA", "n": key["n"], "e": key["e"], "kid": "job" });
    let other = PublicRecipient::parse(jwk.to_string().as_bytes()).unwrap();
    let shared = share(
        &vault,
        &[public(&friend()), other.clone()],
        1,
        Covers::Header,
    )
    .unwrap();
    let (present, escrow) = (passphrase(PHRASE), recipient(2048, Some(ARN)));
    let added = vault.add_factor(&present, &escrow, None, &|_, _| Ok(()));
    block_on(added).unwrap();
    rotate(&vault, "photos");
    let header = signed(&shared.header, &shared.signature).unwrap();
    let moved = block_on(vault.rewrap(&header, &RewrapOptions::default()));
    let refused = refused(moved.map(drop));
    assert_eq!(refused, Error::LostRecipient(other.kid().clone()));
    assert_eq!(
        refused.code(),
        "ERR_UNSUPPORTED",
        "the job goes on with the next one"
    );
}

#[test]
fn the_vaults_own_keys_are_no_recipients_beside_it() {
    let (_, vault) = vault();
    let inbox = create_for(&vault, "inbox", Purpose::Share);
    let own = version(&inbox, 1);
    let text = own
        .public
        .clone()
        .unwrap()
        .with("kid", format!("{}.{}", inbox.id, own.id));
    let own = PublicRecipient::parse(text.text().as_bytes()).unwrap();
    let photos = crate::fixture::key(&vault, "photos");
    let name = format!("{}.{}", photos.id, version(&photos, 1).id);
    let key = friend()
        .to_jwk()
        .public()
        .unwrap()
        .with("kid", name.as_str());
    let confused = PublicRecipient::parse(key.to_json().as_bytes()).unwrap();
    for other in [own, confused] {
        let refused = refused(share(&vault, &[other], 1, Covers::Header).map(drop));
        assert!(matches!(refused, Error::Argument(what) if what.contains("its own objects")));
    }
    // Another vault's key of the same kind is one.
    let elsewhere = self::vault();
    let inbox = create_for(&elsewhere.1, "inbox", Purpose::Share);
    let theirs = version(&inbox, 1);
    let text = theirs
        .public
        .clone()
        .unwrap()
        .with("kid", format!("{}.{}", inbox.id, theirs.id));
    let theirs = PublicRecipient::parse(text.text().as_bytes()).unwrap();
    assert!(share(&vault, &[theirs], 1, Covers::Header).is_ok());
}

#[test]
fn a_body_too_large_for_a_signature_is_refused_before_it_is_signed() {
    let (_, vault) = vault();
    let (others, none) = ([public(&friend())], Context::none());
    let begun = block_on(vault.encrypt_for("photos", &others, &none, None));
    let to_sign = begun.unwrap().to_sign;
    let size = |blocks: u64| blocks * 262_144;
    let of = |blocks: u64| BodyHashes::new(size(blocks), &vec![7; blocks as usize * 32]).unwrap();
    let most = 147_000;
    let signature = block_on(vault.sign_object(&to_sign, Some(&of(most)))).unwrap();
    assert_eq!(
        vault.signature_len(&to_sign, size(most)),
        Ok(signature.len())
    );
    assert!(ObjectSignature::parse(signature.as_bytes()).is_ok());
    for blocks in [148_000, 160_000] {
        let refused = block_on(vault.sign_object(&to_sign, Some(&of(blocks))));
        assert_eq!(self::refused(refused).code(), "ERR_TOO_LARGE");
        let refused = vault.signature_len(&to_sign, size(blocks));
        assert_eq!(self::refused(refused).code(), "ERR_TOO_LARGE");
    }
}

#[test]
fn an_attached_object_has_its_signature_in_it() {
    let (_, vault) = vault();
    let (_, shared) = both(&vault);
    let mut file = attached::signed_prefix(&shared.header, &shared.signature);
    file.extend(&shared.body);
    let parts = attached::split(&file).unwrap();
    let read = Shared {
        header: Envelope::parse(parts.header).unwrap(),
        signature: String::from_utf8(parts.signature.unwrap().to_vec()).unwrap(),
        body: parts.body.to_vec(),
        ..shared
    };
    assert_eq!(open(&vault, &read).unwrap().2, plain(2 * SEGMENT));
    assert!(given(&file).is_err());
}

/// What the second pass over a plaintext gives.
fn again(vault: &Open, first: &[u8], second: &[u8]) -> Result<Vec<u8>> {
    let file = FileMetadata {
        size: Some(first.len() as u64),
        ..FileMetadata::default()
    };
    let (others, none) = ([public(&friend())], Context::none());
    let object = block_on(vault.encrypt_for("photos", &others, &none, Some(&file))).unwrap();
    let mut body = block_on(object.encryptor.push(first.to_vec()))?;
    body.extend(block_on(object.encryptor.finish())?);
    let body = body.concat();
    let held = object.again.unwrap().held_to(hashes(&body));
    let mut given = Vec::new();
    let pieces = second.chunks(100_000).map(|piece| Some(piece.to_vec()));
    for piece in pieces.chain([None]) {
        let mut turn = held.cut(piece)?;
        let mut out: Vec<Vec<u8>> = turn.ready.take().into_iter().collect();
        let work = core::mem::take(&mut turn.work);
        let sealed = block_on(RustEngine.seal(turn.key(), work))?;
        let mut told = Vec::new();
        for (at, block) in sealed.iter().enumerate() {
            let front = out.first().filter(|_| at == 0).cloned().unwrap_or_default();
            told.extend(Sha256::digest([front, block.clone()].concat()));
        }
        out.extend(sealed);
        held.done(turn, &told)?;
        given.extend(out.concat());
    }
    assert_eq!(given, body, "nothing else goes out");
    Ok(given)
}

#[test]
fn a_second_pass_gives_what_the_first_one_made_and_nothing_else() {
    let (_, vault) = vault();
    for size in [0, 5, SEGMENT, 2 * SEGMENT + 9] {
        assert!(again(&vault, &plain(size), &plain(size)).is_ok(), "{size}");
    }
    let first = plain(2 * SEGMENT);
    for at in [0, SEGMENT, 2 * SEGMENT - 1] {
        let mut changed = first.clone();
        changed[at] ^= 1;
        assert_eq!(refused(again(&vault, &first, &changed)), Error::Changed);
    }
    assert_eq!(refused(again(&vault, &first, &first[1..])), Error::Changed);
}

/// What happens while the platform encrypts to a key of RSA, once.
type Meanwhile = Rc<RefCell<Option<Box<dyn FnOnce()>>>>;

struct Slow(Desk, Meanwhile);

impl FactorPort for Slow {
    fn answer<'a>(&'a self, challenge: Challenge<'a>) -> Local<'a, Result<Answer>> {
        self.0.answer(challenge)
    }

    fn rsa_oaep<'a>(
        &'a self,
        key: &'a RsaPublicKey,
        cek: &'a Secret<32>,
    ) -> Local<'a, Result<Vec<u8>>> {
        if let Some(meanwhile) = self.1.take() {
            meanwhile();
        }
        self.0.rsa_oaep(key, cek)
    }
}

#[test]
fn a_vault_that_changes_while_the_platform_encrypts_is_asked_again() {
    let meanwhile = Meanwhile::default();
    let port = Slow(Desk::with_rsa(2048), Rc::clone(&meanwhile));
    let place = Place::with(Box::new(port));
    let vault = Rc::new(place.create());
    create(&vault, "photos");
    let here = Rc::clone(&vault);
    meanwhile.replace(Some(Box::new(move || drop(create(&here, "films")))));
    let shared = share(&vault, &[rsa()], 5, Covers::Content).unwrap();
    assert_eq!(open(&vault, &shared).unwrap().0, Origin::Own);
    rotate(&vault, "photos");
    let here = Rc::clone(&vault);
    meanwhile.replace(Some(Box::new(move || drop(create(&here, "letters")))));
    let header = signed(&shared.header, &shared.signature).unwrap();
    let moved = block_on(vault.rewrap(&header, &RewrapOptions::default())).unwrap();
    assert!(moved.signature.is_some());
}
