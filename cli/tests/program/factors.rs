//! Every factor that a machine without a browser can present.

use strongroom::{
    base::SystemEntropy,
    factors::{Escrow, RecoveryKit, RecoveryShares},
    jose::{AgreementKey, Jwk},
    records::FactorKind,
};

use crate::{
    made::{PHRASE, backup, named, object, phrase, shop, vault_of, vault_that_requires},
    shop::Shop,
};

/// Opens the object of a shop, by these options.
#[track_caller]
fn opens(shop: &Shop, name: &str, options: &[&str]) {
    let common = ["open", "object.srm", "--vault", "backup.json", "-o", name];
    shop.run(&[&common, options].concat()).succeeds();
    assert_eq!(shop.read(name), b"meow");
}

#[track_caller]
fn refuses(shop: &Shop, code: i32, told: &str, options: &[&str]) {
    let common = [
        "open",
        "object.srm",
        "--vault",
        "backup.json",
        "-o",
        "refused",
    ];
    shop.run(&[&common, options].concat()).ends(code, told);
    assert!(!shop.names().contains(&"refused".to_owned()));
}

fn jwk(key: &Jwk) -> String {
    key.to_json().to_string()
}

#[test]
fn a_kit_shares_and_an_organisation_open_what_a_passphrase_does() {
    let kit = RecoveryKit::generate(&SystemEntropy).unwrap();
    let shares = RecoveryShares::split(2, 3, &SystemEntropy).unwrap();
    let pair = AgreementKey::generate(&SystemEntropy).unwrap().to_jwk();
    let escrow = Escrow::from_jwk(&pair.public().unwrap()).unwrap();
    let vault = vault_of(&[&phrase(PHRASE), &kit, &shares, &escrow]);
    let shop = Shop::new();
    shop.write("backup.json", backup(&vault));
    shop.write(
        "object.srm",
        object(&vault, "photos", &named("cat.jpg"), b"meow"),
    );
    shop.write("phrase", [PHRASE, "\r\n"].concat());
    shop.write("kit", kit.words().to_uppercase());
    let words: Vec<_> = shares.mnemonics().map(|words| words.to_string()).collect();
    shop.write("share 1", words[0].replace(' ', "\n"));
    shop.write("share 2", &words[2]);
    shop.write("both", [words[1].as_str(), "\n", &words[2], "\n"].concat());
    shop.write("escrow.jwk", jwk(&pair));
    shop.write("public.jwk", jwk(&pair.public().unwrap()));
    shop.write(
        "other.jwk",
        jwk(&AgreementKey::generate(&SystemEntropy).unwrap().to_jwk()),
    );

    opens(&shop, "by phrase", &["--passphrase-file", "phrase"]);
    opens(&shop, "by kit", &["--kit", "kit"]);
    opens(
        &shop,
        "by two",
        &["--shares", "share 1", "--shares", "share 2"],
    );
    opens(&shop, "by both", &["--shares", "both"]);
    let identity = vault.identity().unwrap();
    let identity = identity.as_str();
    opens(
        &shop,
        "by escrow",
        &["--jwk", "escrow.jwk", "--identity", identity],
    );

    refuses(&shop, 3, "1 more", &["--shares", "share 1"]);
    refuses(&shop, 3, "24 words", &["--kit", "share 1"]);
    refuses(
        &shop,
        3,
        "does not open the vault",
        &["--jwk", "other.jwk", "--identity", identity],
    );
    refuses(&shop, 2, "public key", &["--jwk", "public.jwk"]);
    // No module is loaded, and no PIN is tried, for what is refused in any case.
    shop.write("pin", "1234");
    let token = ["--pkcs11", "no-module.so", "--pin-file", "pin"];
    refuses(&shop, 5, "--identity", &token);
    shop.write("wrong", "correct horse");
    refuses(
        &shop,
        3,
        "strongroom inspect",
        &["--passphrase-file", "wrong"],
    );
    refuses(
        &shop,
        2,
        "cannot be used with",
        &["--kit", "kit", "--jwk", "escrow.jwk"],
    );
    for other in [["--kit", "kit"], ["--shares", "both"]] {
        let both = [&other[..], &["--passphrase-file", "phrase"]].concat();
        refuses(&shop, 2, "cannot be used with", &both);
    }
    // A passphrase beside a key is a gate, of which this vault has none.
    refuses(
        &shop,
        3,
        "no such factor",
        &["--jwk", "escrow.jwk", "--passphrase-file", "phrase"],
    );
    let told = shop.run(&["inspect", "backup.json"]);
    assert!(
        told.text()
            .contains("passphrase, recovery-kit, recovery-shares, escrow"),
        "{}",
        told.text()
    );
}

#[test]
fn a_vault_that_takes_a_passphrase_and_a_gate_opens_by_both_alone() {
    let kit = RecoveryKit::generate(&SystemEntropy).unwrap();
    let pair = AgreementKey::generate(&SystemEntropy).unwrap().to_jwk();
    let gate = Escrow::from_jwk(&pair.public().unwrap()).unwrap().as_gate();
    let vault = vault_that_requires(
        &[&phrase(PHRASE), &gate, &kit],
        [FactorKind::Passphrase, FactorKind::Kms],
    );
    let shop = Shop::new();
    shop.write("backup.json", backup(&vault));
    shop.write(
        "object.srm",
        object(&vault, "photos", &named("cat.jpg"), b"meow"),
    );
    shop.write("phrase", PHRASE);
    shop.write("wrong", "correct horse");
    shop.write("kit", kit.words());
    shop.write("gate.jwk", jwk(&pair));
    let other = AgreementKey::generate(&SystemEntropy).unwrap().to_jwk();
    shop.write("other.jwk", jwk(&other));

    let both = ["--passphrase-file", "phrase", "--jwk", "gate.jwk"];
    opens(&shop, "by both", &both);
    opens(&shop, "by kit", &["--kit", "kit"]);
    refuses(
        &shop,
        3,
        "beside the passphrase",
        &["--passphrase-file", "phrase"],
    );
    refuses(&shop, 3, "--passphrase-file", &["--jwk", "gate.jwk"]);
    shop.write("pin", "1234");
    let token = ["--pkcs11", "no-module.so", "--pin-file", "pin"];
    refuses(&shop, 3, "--passphrase-file", &token);
    for [phrase, key] in [["wrong", "gate.jwk"], ["phrase", "other.jwk"]] {
        let wrong = ["--passphrase-file", phrase, "--jwk", key];
        refuses(&shop, 3, "does not open the vault", &wrong);
    }
    let bare = ["open", "object.srm", "-o", "bare"];
    shop.run(&[&bare[..], &both].concat())
        .ends(2, "a passphrase is for a vault");
}

#[test]
fn a_passphrase_comes_from_a_descriptor_and_never_from_the_command_line() {
    let (shop, _vault) = shop();
    let open = [
        "open",
        "object.srm",
        "--vault",
        "backup.json",
        "--passphrase-fd",
        "7",
        "-o",
        "out",
    ];
    shop.shell("exec \"$@\" 7<phrase", &open).succeeds();
    assert_eq!(shop.read("out"), b"meow");
    let given = shop.run(&["open", "object.srm", "--passphrase", PHRASE]);
    given.ends(2, "no secret is taken from the command line");
    assert!(!given.told.contains(PHRASE), "{}", given.told);
    let nowhere = shop.shell(
        "exec setsid -w \"$@\"",
        &["open", "object.srm", "--vault", "backup.json", "-o", "x"],
    );
    nowhere.ends(2, "no terminal");
}

/// Unicode has several ways to write a passphrase: keyboards differ, and so do releases.
#[test]
fn a_passphrase_opens_in_whichever_form_it_was_typed() {
    let vault = vault_of(&[&phrase("Zo\u{eb} fi correct")]);
    let shop = Shop::new();
    shop.write("backup.json", backup(&vault));
    shop.write(
        "object.srm",
        object(&vault, "photos", &named("cat.jpg"), b"meow"),
    );
    for (at, typed) in [
        "Zo\u{eb} fi correct",
        "Zoe\u{308} fi correct",
        "Zoe\u{308} \u{fb01} correct",
    ]
    .iter()
    .enumerate()
    {
        shop.write("phrase", typed);
        opens(&shop, &at.to_string(), &["--passphrase-file", "phrase"]);
    }
}

#[test]
fn a_file_of_a_secret_that_others_may_read_is_told_of() {
    use std::{fs, os::unix::fs::PermissionsExt as _};
    let (shop, _vault) = shop();
    for (mode, told) in [(0o644, true), (0o600, false)] {
        fs::set_permissions(shop.path("phrase"), fs::Permissions::from_mode(mode)).unwrap();
        let run = shop.run(&[
            "vault",
            "backup.json",
            "list",
            "--passphrase-file",
            "phrase",
        ]);
        assert_eq!(
            run.succeeds().told.contains("other users"),
            told,
            "{}",
            run.told
        );
    }
}
