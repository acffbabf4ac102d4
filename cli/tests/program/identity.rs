//! Whose a backup is, where no factor can tell.

use pollster::block_on;
use sha2::{Digest, Sha256};
use strongroom::{
    base::{InputError, Json, Object, SystemEntropy, base64},
    factors::Escrow,
    jose::{self, AgreementKey, SigningKey},
    vault::{Backup, Others},
};

use crate::made::{PHRASE, backup, named, object, phrase, shop, vault_of};
use crate::shop::Shop;

const ODD: InputError = InputError::Malformed("a test");

fn hash(text: &str) -> String {
    base64::encode(&Sha256::digest(text.as_bytes()))
}

/// The backup of a vault that nobody had: whoever knows public keys can sign one. Its only factor is of a kind that keeps no
/// pin which this release could open.
fn forged(real: &[u8], by: &SigningKey) -> Vec<u8> {
    let mut file = Object::parse_up_to(2_000_000, real, ODD).unwrap();
    let name = file.string("name", ODD).unwrap();
    let Some(Json::Array(records)) = file.remove("records") else {
        unreachable!("a backup has records")
    };
    let sign = |typ: &str, payload: &Object| {
        jose::sign(typ, payload.text().as_bytes(), by, &SystemEntropy).unwrap()
    };
    let mut vault = String::new();
    let mut head = 0;
    let records: Vec<Json> = records
        .into_iter()
        .map(|record| {
            let mut record = record.into_object().unwrap();
            let kind = record
                .get("type")
                .and_then(Json::as_str)
                .unwrap()
                .to_owned();
            if kind == "head" {
                head = record.clone().number("revision", ODD).unwrap();
            }
            if kind == "statement" {
                let token = record.string("record", ODD).unwrap();
                let payload = base64::decode(token.split('.').nth(1).unwrap(), ODD).unwrap();
                let payload = String::from_utf8(payload).unwrap();
                let mut payload = Object::parse(
                    payload.replace("\"passphrase\"", "\"sundial\"").as_bytes(),
                    ODD,
                )
                .unwrap();
                vault = payload
                    .get("vault")
                    .and_then(Json::as_str)
                    .unwrap()
                    .to_owned();
                payload.remove("identity");
                let payload = payload.with("identity", by.thumbprint().as_str());
                record = record.with("record", sign("sr-vault+jws", &payload));
            }
            record.into()
        })
        .collect();
    let sealed = Object::new().with("records", records.clone());
    let seal = Object::new()
        .with("vault", vault)
        .with("name", name.as_str())
        .with("generation", 1_u64)
        .with("head", head)
        .with("created", 1_700_000_000_000_u64)
        .with("records", hash(&sealed.text()));
    let file = sealed
        .with("strongroom", "backup-1")
        .with("name", name)
        .with("seal", sign("sr-backup+jws", &seal));
    file.text().into_bytes()
}

#[test]
fn a_backup_that_no_factor_remembers_needs_its_identity() {
    let (shop, _vault) = shop();
    let by = SigningKey::generate(&SystemEntropy).unwrap();
    let forged = forged(&shop.read("backup.json"), &by);
    assert!(Backup::read(&forged).is_ok());
    shop.write("backup.json", forged);
    let list = [
        "vault",
        "backup.json",
        "list",
        "--passphrase-file",
        "phrase",
    ];
    shop.run(&list).ends(5, "--identity");
    let other = "A".repeat(43);
    let wrong = [&list[..], &["--identity", &other]].concat();
    shop.run(&wrong).ends(4, "another vault");
    let thumbprint = by.thumbprint();
    let right = [&list[..], &["--identity", thumbprint.as_str()]].concat();
    // It is the vault that was meant, and this program opens none of its factors.
    shop.run(&right).ends(7, "a later release");
    shop.run(&[&list[..], &["--identity", "me"]].concat())
        .ends(2, "43 characters");
}

#[test]
fn a_factor_that_remembers_an_earlier_identity_needs_the_new_one() {
    let other = phrase("another horse battery");
    let vault = vault_of(&[&phrase(PHRASE), &phrase("a stolen passphrase"), &other]);
    let factors = block_on(vault.factors()).unwrap();
    let present = phrase(PHRASE);
    let stolen = factors[1].id.as_str();
    let revoked =
        vault.revoke_compromised_factor(stolen, &present, Others::default(), &|_, _| Ok(()));
    block_on(revoked).unwrap();
    let shop = Shop::new();
    shop.write("backup.json", backup(&vault));
    shop.write("object.srm", object(&vault, "photos", &named("x"), b"x"));
    shop.write("phrase", "another horse battery");
    let open = [
        "open",
        "object.srm",
        "--vault",
        "backup.json",
        "--passphrase-file",
        "phrase",
        "-o",
        "out",
    ];
    let identity = vault.identity().unwrap();
    shop.run(&open)
        .ends(5, identity.as_str())
        .ends(5, "--identity");
    let told = [&open[..], &["--identity", identity.as_str()]].concat();
    shop.run(&told).succeeds();
    assert_eq!(shop.read("out"), b"x");
}

/// An organisation's escrow key is public, so whoever knows it can make a vault that the organisation opens. What such a
/// vault remembers of whose it is, its maker chose.
#[test]
fn a_vault_that_anybody_made_for_an_escrow_needs_its_identity() {
    let pair = AgreementKey::generate(&SystemEntropy).unwrap().to_jwk();
    let escrow = Escrow::from_jwk(&pair.public().unwrap()).unwrap();
    let [theirs, forged] = [(); 2].map(|()| vault_of(&[&phrase(PHRASE), &escrow]));
    let shop = Shop::new();
    shop.write("escrow.jwk", pair.to_json().as_bytes());
    shop.write("backup.json", backup(&forged));
    shop.write(
        "object.srm",
        object(&forged, "photos", &named("x"), b"forged"),
    );
    let list = ["vault", "backup.json", "list", "--jwk", "escrow.jwk"];
    let open = [
        "open",
        "object.srm",
        "--vault",
        "backup.json",
        "--jwk",
        "escrow.jwk",
        "-o",
        "out",
    ];
    let claimed = forged.identity().unwrap();
    let meant = theirs.identity().unwrap();
    for command in [&list[..], &open] {
        shop.run(command).ends(5, "--identity");
        let meant = [command, &["--identity", meant.as_str()]].concat();
        shop.run(&meant).ends(4, "another vault");
    }
    assert!(!shop.names().contains(&"out".to_owned()));
    // Who says that it is the forger's gets what the forger made.
    let told = [&open[..], &["--identity", claimed.as_str()]].concat();
    shop.run(&told).succeeds();
}
