//! Command lines with a mistake: what is told, and that nothing of what was given is repeated where it may be a secret.

use pollster::block_on;
use strongroom::Context;

use crate::{
    made::{opening, shop},
    shop::Run,
};

/// What a person takes for the place of a secret.
const SECRET: &str = "hunter2 abandon ability able";

#[track_caller]
fn keeps(run: &Run, code: i32, told: &str) {
    run.ends(code, told);
    assert!(
        !run.told.contains("hunter2") && !run.told.contains("abandon"),
        "{}",
        run.told
    );
}

#[test]
fn a_secret_in_the_wrong_place_is_not_repeated() {
    let (shop, _vault) = shop();
    let open = ["open", "object.srm", "--vault", "backup.json"];
    for option in ["--kit", "--shares", "--jwk", "--passphrase-file"] {
        let run = shop.run(&[&open[..], &[option, SECRET]].concat());
        keeps(&run, 1, option);
    }
    let of = |option: &str| [option, SECRET].join("=");
    for (given, told) in [
        (of("--passphrase"), "--passphrase"),
        (of("--passphrase-fd"), "--passphrase-fd"),
        (of("--allow-unsigned"), "--allow-unsigned"),
        ("--hunter2".to_owned(), "--help"),
        (of("--phrase"), "--help"),
        (SECRET.to_owned(), "no secret is taken"),
    ] {
        keeps(&shop.run(&[&open[..], &[&given]].concat()), 2, told);
    }
    keeps(&shop.run(&[SECRET]), 2, "--help");
    for line in [&["inspect2"][..], &["vault", "backup.json", "list2"]] {
        let run = shop.run(line);
        run.ends(2, "no such command");
        assert!(!run.told.contains('2'), "{}", run.told);
    }
    keeps(&shop.run(&["vault", "backup.json", SECRET]), 2, "--help");
}

#[test]
fn an_option_that_is_mistyped_is_named_and_forges_no_line() {
    let (shop, _vault) = shop();
    shop.run(&["open", "--kitt", "x"])
        .ends(2, "unexpected argument --kitt");
    for line in ["--x\nstrongroom: done", "--kit\nstrongroom=x"] {
        let run = shop.run(&["open", "object.srm", line]);
        run.ends(2, "unexpected argument");
        assert!(!run.told.contains("\nstrongroom"), "{:?}", run.told);
    }
}

#[test]
fn what_an_option_does_not_take_is_a_wrong_command_line() {
    let (shop, _vault) = shop();
    for (option, more) in [
        ("--expect", &["--expect", "me"][..]),
        (
            "--sidecar-of",
            &["--sidecar-of", "me", "--sidecar", "thumbnail"],
        ),
        ("--context-file", &["--context-file", "list.json"]),
        ("--context-file", &["--context-file", "phrase"]),
        ("--context", &["--context", "a=1", "--context", "a=2"]),
    ] {
        shop.write("list.json", "[1]");
        let run = shop.run(&opening("object.srm", &[&["-o", "out"], more].concat()));
        run.ends(2, option);
    }
    let parent = "A".repeat(43);
    let sidecar = ["--sidecar-of", &parent, "--sidecar", "", "-o", "out"];
    shop.run(&opening("object.srm", &sidecar))
        .ends(2, "--sidecar");
    let export = |more: &[&str]| {
        let common = [
            "vault",
            "backup.json",
            "export",
            "--passphrase-file",
            "phrase",
        ];
        let rest = ["-o", "key.jwk", "--dangerously-without-asking"];
        shop.run(&[&common[..], &rest, more].concat())
    };
    export(&["photo"])
        .ends(2, "KEY is no alias")
        .ends(2, "strongroom vault BACKUP list");
    export(&["photos", "--version", "1"]).ends(2, "--version is no version");
}

#[test]
fn another_object_than_the_expected_one_is_told_as_that() {
    let (shop, _vault) = shop();
    let other = "A".repeat(43);
    let open = opening("object.srm", &["-o", "out", "--expect", &other]);
    shop.run(&open)
        .ends(4, "another object than --expect names");
}

/// A value has no id: an option that names one was given for something else.
#[test]
fn a_value_is_not_the_object_that_is_expected() {
    let (shop, vault) = shop();
    let token = block_on(vault.encrypt_value("photos", b"1", &Context::none())).unwrap();
    shop.write("value.jwe", token);
    let other = "A".repeat(43);
    let run = shop.run(&opening("value.jwe", &["--expect", &other]));
    run.ends(4, "--expect");
    assert_eq!(run.text(), "");
}

#[test]
fn what_is_for_a_vault_is_refused_without_one() {
    let (shop, _vault) = shop();
    shop.write("key.jwk", "{}");
    let identity = "A".repeat(43);
    for (option, more) in [
        ("--identity", &["--identity", &identity][..]),
        ("--reason", &["--reason", "an audit"]),
        ("--ungoverned", &["--ungoverned"]),
    ] {
        let open = ["open", "object.srm", "--jwk", "key.jwk", "-o", "out"];
        let run = shop.run(&[&open[..], more].concat());
        run.ends(2, &[option, " is for a vault"].concat());
    }
}

#[test]
fn a_key_of_another_kind_is_told_which_are_taken() {
    let (shop, _vault) = shop();
    for (key, told) in [
        (r#"{"kty":"RSA","n":"AQAB","e":"AQAB","d":"AQAB"}"#, "2048"),
        (r#"{"kty":"OKP","crv":"X25519","x":"AA","d":"AA"}"#, "P-256"),
        (
            r#"{"kty":"EC","crv":"P-384","x":"AA","y":"AA","d":"AA"}"#,
            "P-256",
        ),
    ] {
        shop.write("key.jwk", key);
        shop.run(&["open", "object.srm", "--jwk", "key.jwk", "-o", "out"])
            .ends(2, "--jwk")
            .ends(2, told);
    }
    let oct = format!(r#"{{"kty":"oct","k":"{}"}}"#, "A".repeat(43));
    shop.write("key.jwk", oct);
    shop.run(&["vault", "backup.json", "list", "--jwk", "key.jwk"])
        .ends(2, "--jwk is no key of an escrow");
}

/// The file that is opened would get the number, and pass for the passphrase.
#[cfg(unix)]
#[test]
fn a_descriptor_that_is_not_open_is_refused() {
    let (shop, vault) = shop();
    let token = block_on(vault.encrypt_value("photos", b"1", &Context::none())).unwrap();
    shop.write("value.jwe", token);
    for number in ["3", "4", "7"] {
        let open = [
            "open",
            "value.jwe",
            "--vault",
            "backup.json",
            "--passphrase-fd",
            number,
        ];
        shop.shell("exec \"$@\" 3<&- 4<&-", &open)
            .ends(2, "--passphrase-fd");
    }
    let list = ["vault", "backup.json", "list", "--passphrase-fd", "3"];
    shop.shell("exec \"$@\" 3<&-", &list)
        .ends(2, "--passphrase-fd");
    shop.shell("exec \"$@\" 3<phrase", &list).succeeds();
}
