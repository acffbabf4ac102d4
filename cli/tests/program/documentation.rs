//! The commands of docs/cli.md, run as they stand there.

use std::fs;

use pollster::block_on;
use strongroom::{
    Context,
    base::{Sidecar, SystemEntropy},
    factors::{Escrow, RecoveryKit, RecoveryShares},
    jose::{AgreementKey, PublicRecipient},
    object::{
        Encryption, attached,
        body::{BodyEncryptor, BodyHasher, RustEngine},
    },
};

use crate::{
    made::{Made, PHRASE, backup, named, phrase, vault_of},
    shop::{Shop, vectors},
};

/// The body of an object that was begun.
fn body(begun: &Encryption<RustEngine>) -> Vec<u8> {
    whole_body(&begun.encryptor)
}

fn whole_body(encryptor: &BodyEncryptor<RustEngine>) -> Vec<u8> {
    let mut body = block_on(encryptor.push(b"meow".to_vec())).unwrap();
    body.extend(block_on(encryptor.finish()).unwrap());
    body.concat()
}

fn whole(begun: &Encryption<RustEngine>) -> Vec<u8> {
    [attached::prefix(&begun.header), body(begun)].concat()
}

/// An object for a friend, signed, in one file and in three.
fn share(vault: &Made, shop: &Shop) {
    let friend = AgreementKey::generate(&SystemEntropy).unwrap();
    shop.write("friend.jwk", friend.to_jwk().to_json().as_bytes());
    let jwk = friend.to_jwk().public().unwrap();
    let jwk = jwk.with("kid", friend.kid().as_str()).to_json();
    let others = [PublicRecipient::parse(jwk.as_bytes()).unwrap()];
    let (none, file) = (Context::none(), named("a.jpg"));
    let begun = vault.encrypt_for("photos", &others, &none, Some(&file));
    let begun = block_on(begun).unwrap();
    let body = whole_body(&begun.encryptor);
    let mut hasher = BodyHasher::default();
    hasher.update(&body);
    let hashes = hasher.finish().unwrap();
    let signature = block_on(vault.sign_object(&begun.to_sign, Some(&hashes))).unwrap();
    let front = attached::signed_prefix(&begun.header, &signature);
    shop.write("shared.srm", [&front[..], &body].concat());
    shop.write("shared.json", begun.header.bytes());
    shop.write("shared.jws", signature);
    shop.write("shared.body", body);
}

#[test]
fn every_command_of_the_documentation_works() {
    let kit = RecoveryKit::generate(&SystemEntropy).unwrap();
    let shares = RecoveryShares::split(2, 3, &SystemEntropy).unwrap();
    let pair = AgreementKey::generate(&SystemEntropy).unwrap().to_jwk();
    let escrow = Escrow::from_jwk(&pair.public().unwrap()).unwrap();
    let vault = vault_of(&[&phrase(PHRASE), &kit, &shares, &escrow]);
    let shop = Shop::new();
    let encrypt = |context: &Context, name: &str| {
        block_on(vault.encrypt("photos", context, Some(&named(name)))).unwrap()
    };
    let context = |members: &[(&str, &str)]| {
        let owned = members
            .iter()
            .map(|(name, value)| (String::from(*name), String::from(*value)));
        Context::new(owned).unwrap()
    };
    let photo = encrypt(&Context::none(), "photo.jpg");
    shop.write("photo.srm", whole(&photo));
    let apart = encrypt(&Context::none(), "photo.jpg");
    shop.write("photo.json", apart.header.bytes());
    shop.write("photo.body", body(&apart));
    let album = context(&[("album", "summer"), ("user", "7")]);
    shop.write("album.srm", whole(&encrypt(&album, "album.jpg")));
    let sidecar = Sidecar::new(photo.id.clone(), "thumbnail").unwrap();
    let of = Context::none().of_sidecar(sidecar).unwrap();
    shop.write("thumbnail.srm", whole(&encrypt(&of, "thumbnail.jpg")));
    let kept = block_on(vault.encrypt_kept("photos", &Context::none(), None)).unwrap();
    shop.write("kept.body", body(&kept));
    let value =
        block_on(vault.encrypt_value("photos", b"true", &context(&[("row", "1")]))).unwrap();
    shop.write("value.jwe", value);
    shop.write("backup.json", backup(&vault));
    shop.write("passphrase.txt", PHRASE);
    shop.write("kit.txt", kit.words().as_bytes());
    let words: Vec<_> = shares.mnemonics().collect();
    shop.write("anna.txt", words[0].as_bytes());
    shop.write("bob.txt", words[1].as_bytes());
    shop.write("escrow.jwk", pair.to_json().as_bytes());
    let present = phrase(PHRASE);
    let exported = vault.dangerously_export("photos", None, &present);
    shop.write(
        "photos.jwk",
        block_on(exported).unwrap().to_json().as_bytes(),
    );

    share(&vault, &shop);

    let identity = vault.identity().unwrap();
    let text = fs::read_to_string(vectors("../../docs/cli.md")).unwrap();
    let commands: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("strongroom "))
        // Those run in `pkg-tests/suites/hsm` and `suites/kms`, where there are tokens and services.
        .filter(|line| {
            let elsewhere = ["--pkcs11", "--aws-kms", "--azure-key-vault", "--google-kms"];
            !elsewhere.iter().any(|option| line.contains(option))
        })
        .collect();
    assert!(commands.len() > 15);
    for command in commands {
        let line = command
            .replace("KEPT_ID", kept.id.as_str())
            .replace("PARENT_ID", photo.id.as_str())
            .replace("PHOTO_ID", photo.id.as_str())
            .replace("IDENTITY", identity.as_str());
        let mut words: Vec<&str> = line.split(' ').skip(1).collect();
        // What is asked at a terminal comes from files here.
        if words[0] != "inspect"
            && !["--passphrase-file", "--kit", "--shares", "--jwk"]
                .iter()
                .any(|by| line.contains(by))
        {
            words.extend(["--passphrase-file", "passphrase.txt"]);
        }
        if words.contains(&"export") && !line.contains("--dangerously") {
            words.push("--dangerously-without-asking");
        }
        let run = shop.run(&words);
        assert_eq!(run.code, 0, "{command}: {}", run.told);
    }
    for file in [
        "recovered.jpg",
        "album.jpg",
        "from-two-files.jpg",
        "kept.jpg",
        "thumbnail.jpg",
        "by-its-key.jpg",
        "from-a-vault.jpg",
        "from-three-files.jpg",
    ] {
        assert_eq!(shop.read(file), b"meow", "{file}");
    }
    assert_eq!(shop.read("for-a-script.jwk"), shop.read("photos.jwk"));
}

/// The options and exit codes that the page explains are those of the program.
#[test]
fn the_documentation_has_every_option_and_exit_code() {
    let text = fs::read_to_string(vectors("../../docs/cli.md")).unwrap();
    let shop = Shop::new();
    for command in [
        &["open"][..],
        &["inspect"],
        &["vault", "x", "list"],
        &["vault", "x", "export"],
    ] {
        let help = shop.run(&[command, &["--help"]].concat());
        let words = help.succeeds().text().split_whitespace();
        for option in words.filter(|word| word.starts_with("--") && *word != "--help") {
            let option = option.trim_end_matches([',', ';', '.']);
            let known = ["--output"].contains(&option);
            assert!(known || text.contains(option), "{option}");
        }
    }
    for code in (0..=7).chain([130]) {
        assert!(text.contains(&format!("\n| {code} | ")), "{code}");
    }
}
