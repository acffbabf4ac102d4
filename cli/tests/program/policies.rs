//! Policies: what the crate refuses stays refused, and what cannot be kept here needs a flag.

use pollster::block_on;
use strongroom::{
    Context,
    base::SystemEntropy,
    factors::InlineFactor,
    jose::{self, Envelope, SigningKey},
    keys::{OrganisationPolicy, Purpose},
    vault::Vault,
};

use crate::{
    made::{Made, PHRASE, add, backup, named, object, opening, phrase, platform, policy, shop},
    shop::Shop,
};

/// Writes the vault as it is now, with an object of a key.
fn written(shop: &Shop, vault: &Made, key: &str) {
    shop.write("object.srm", object(vault, key, &named("cat.jpg"), b"meow"));
    shop.write("backup.json", backup(vault));
}

/// A key's policy is shown, refuses without the flag and not with it.
#[track_caller]
fn needs_ungoverned(shop: &Shop, shown: &str) {
    let open = opening("object.srm", &["-o", "out"]);
    let refused = shop.run(&open);
    refused.ends(5, "--ungoverned").ends(5, shown);
    assert!(!shop.names().contains(&"out".to_owned()));
    shop.run(&[&open[..], &["--ungoverned"]].concat())
        .ends(0, shown);
    assert_eq!(shop.read("out"), b"meow");
}

fn export<'a>(key: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let common = [
        "vault",
        "backup.json",
        "export",
        key,
        "--passphrase-file",
        "phrase",
    ];
    [
        &common[..],
        &["-o", "key.jwk", "--dangerously-without-asking"],
        more,
    ]
    .concat()
}

#[test]
fn uses_that_are_bounded_are_not_counted_here() {
    let (shop, vault) = shop();
    add(
        &vault,
        "few",
        Purpose::Encrypt,
        Some(r#"{"maximumUses":1000}"#),
    );
    written(&shop, &vault, "few");
    needs_ungoverned(&shop, r#"policy of key "few": {"maximumUses":1000}"#);
    shop.run(&export("few", &[])).ends(5, "--ungoverned");
    let token = block_on(vault.encrypt_value("few", b"1", &Context::none())).unwrap();
    shop.write("value.jwe", token);
    shop.run(&opening("value.jwe", &[])).ends(5, "--ungoverned");
    // Other keys of the vault have no such policy.
    shop.write(
        "object.srm",
        object(&vault, "photos", &named("cat.jpg"), b"meow"),
    );
    shop.run(&opening("object.srm", &["-o", "other"]))
        .succeeds();
}

#[test]
fn a_log_that_has_to_have_everything_lacks_what_is_done_here() {
    let (shop, vault) = shop();
    block_on(vault.start_audit(Some(true), None)).unwrap();
    written(&shop, &vault, "photos");
    needs_ungoverned(&shop, "failClosed");
}

#[test]
fn an_organisation_is_not_asked_here() {
    let (shop, vault) = shop();
    let signer = SigningKey::generate(&SystemEntropy).unwrap();
    let id = signer.thumbprint();
    let payload =
        format!(r#"{{"organisation":"{id}","sequence":1,"notAfter":9000000000000,"name":"Acme"}}"#);
    let token = jose::sign("sr-policy+jws", payload.as_bytes(), &signer, &SystemEntropy).unwrap();
    let document = OrganisationPolicy::parse(&token).unwrap();
    block_on(vault.set_organisation(&document, &id)).unwrap();
    written(&shop, &vault, "photos");
    needs_ungoverned(&shop, "\"name\":\"Acme\"");
}

#[test]
fn what_a_policy_refuses_is_refused_here_whatever_flag_is_given() {
    let (shop, vault) = shop();
    add(
        &vault,
        "closed",
        Purpose::Encrypt,
        Some(r#"{"operations":["encrypt"]}"#),
    );
    written(&shop, &vault, "closed");
    let open = opening("object.srm", &["-o", "out", "--ungoverned"]);
    shop.run(&open).ends(5, "does not list this operation");
    shop.run(&export("closed", &["--ungoverned"]))
        .ends(5, "does not list this operation");
    assert!(
        !shop
            .names()
            .iter()
            .any(|name| name == "out" || name == "key.jwk")
    );
    // The vault's own, too.
    block_on(vault.set_policy(Some(&policy(r#"{"notAfter":1}"#)))).unwrap();
    shop.write("backup.json", backup(&vault));
    let photos = object(&vault_without_policy(&vault), "photos", &named("x"), b"x");
    shop.write("object.srm", photos);
    shop.run(&open).ends(5, "the vault's policy");
}

/// Policies bind what is done with the vault; an object of it was written before.
fn vault_without_policy(vault: &Made) -> Made {
    let file = backup(vault);
    let restored = block_on(Vault::restore(
        platform(Box::new(InlineFactor)),
        &file,
        None,
    ))
    .unwrap();
    let restored = block_on(restored.unlock(&phrase(PHRASE), None)).unwrap();
    block_on(restored.set_policy(None)).unwrap();
    restored
}

#[test]
fn a_reason_is_given_where_one_is_required() {
    let (shop, vault) = shop();
    add(
        &vault,
        "asked",
        Purpose::Encrypt,
        Some(r#"{"requireReason":["decrypt","export"]}"#),
    );
    written(&shop, &vault, "asked");
    let open = opening("object.srm", &["-o", "out"]);
    shop.run(&open).ends(5, "--reason");
    shop.run(&[&open[..], &["--reason", "an audit"]].concat())
        .succeeds();
    shop.run(&export("asked", &[])).ends(5, "--reason");
    shop.run(&export("asked", &["--reason", "an audit"]))
        .succeeds();
}

#[test]
fn what_anybody_can_have_written_needs_a_flag() {
    let (shop, vault) = shop();
    add(&vault, "inbox", Purpose::Share, None);
    shop.write("backup.json", backup(&vault));
    let key = block_on(vault.key("inbox")).unwrap();
    let public = key.primary_version().public.clone().unwrap().text();
    let kid = strongroom::base::Kid::of_version(&key.id, &key.primary);
    let recipient = strongroom::jose::Jwk::parse(public.as_bytes())
        .unwrap()
        .with("kid", kid.as_str());
    let to = [strongroom::jose::Recipient::from_jwk(&recipient).unwrap()];
    let engine = std::rc::Rc::new(strongroom::object::body::RustEngine);
    let begun = strongroom::object::encrypt_object(
        engine,
        &SystemEntropy,
        &to,
        &Context::none(),
        Some(&named("x")),
    )
    .unwrap();
    let mut shared = strongroom::object::attached::prefix(&begun.header);
    shared.extend(
        block_on(begun.encryptor.push(b"spam".to_vec()))
            .unwrap()
            .concat(),
    );
    shared.extend(block_on(begun.encryptor.finish()).unwrap().concat());
    shop.write("object.srm", shared);
    let open = opening("object.srm", &["-o", "out"]);
    shop.run(&open).ends(5, "--allow-unsigned");
    let run = shop.run(&[&open[..], &["--allow-unsigned"]].concat());
    run.ends(0, "nothing proves who wrote it");
    assert_eq!(shop.read("out"), b"spam");
}

/// The header of an object in one file.
fn header_of(object: &[u8]) -> Vec<u8> {
    let length = u32::from_be_bytes(object[4..8].try_into().unwrap()) as usize;
    object[8..8 + length].to_vec()
}

#[test]
fn a_key_is_exported_by_who_consents_and_opens_its_objects_alone() {
    let (shop, vault) = shop();
    let ask = export("photos", &[]);
    let ask: Vec<_> = ask
        .into_iter()
        .filter(|word| *word != "--dangerously-without-asking")
        .collect();
    let setsid = [&ask[..]].concat();
    shop.shell("exec setsid -w \"$@\"", &setsid)
        .ends(5, "no terminal to ask for consent");
    assert!(!shop.names().contains(&"key.jwk".to_owned()));
    shop.run(&export("nobody", &[])).ends(2, "KEY");
    let run = shop.run(&export("photos", &[]));
    let secret = String::from_utf8(shop.read("key.jwk")).unwrap();
    assert!(!run.succeeds().told.contains("\"k\""));
    let exported = block_on(vault.dangerously_export("photos", None, &phrase(PHRASE))).unwrap();
    assert_eq!(secret, *exported.to_json());
    // Whoever has the key too can have written what it opens.
    let open = ["open", "object.srm", "--jwk", "key.jwk", "-o"];
    shop.run(&[&open[..], &["out"]].concat())
        .ends(5, "--allow-unsigned");
    assert!(!shop.names().contains(&"out".to_owned()));
    shop.run(&[&open[..], &["out", "--allow-unsigned"]].concat())
        .ends(0, "nothing proves who wrote it");
    assert_eq!(shop.read("out"), b"meow");
    let id = Envelope::parse(&header_of(&shop.read("object.srm"))).unwrap();
    let id = id.jkt().unwrap().as_str();
    shop.run(&[&open[..], &["that one", "--expect", id]].concat())
        .succeeds();
    assert_eq!(shop.read("that one"), b"meow");
    let token = block_on(vault.encrypt_value("photos", b"1", &Context::none())).unwrap();
    shop.write("value.jwe", token);
    let open = ["open", "value.jwe", "--jwk", "key.jwk"];
    let refused = shop.run(&open);
    assert_eq!(refused.ends(5, "--allow-unsigned").text(), "");
    let run = shop.run(&[&open[..], &["--allow-unsigned"]].concat());
    assert_eq!(run.succeeds().text(), "1\n");
    let wrong = ["--version", "AAAAAAAAAAAAAAAAAAAAAA"];
    shop.run(&[&export("photos", &wrong)[..]].concat())
        .ends(6, "");
    std::fs::remove_file(shop.path("key.jwk")).unwrap();
    shop.run(&export("photos", &wrong)).ends(2, "--version");
}
