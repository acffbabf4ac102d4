//! What every release has written opens, and gives what it was.

use std::fs;

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::shop::{Run, Shop, vectors};

/// A folder of vectors, and what stands in it of what a reader must find.
struct Release {
    folder: &'static str,
    told: Json,
    passphrase: String,
    shop: Shop,
}

impl Release {
    fn read(folder: &'static str, manifest: &str) -> Self {
        let told = fs::read(vectors(folder).join(manifest)).unwrap();
        let told: Json = serde_json::from_slice(&told).unwrap();
        let passphrase = told["passphrase"]
            .as_str()
            .or(told["passphrases"][1].as_str());
        let passphrase = passphrase.unwrap().to_owned();
        let shop = Shop::new();
        shop.write("phrase", format!("{passphrase}\n"));
        Self {
            folder,
            told,
            passphrase,
            shop,
        }
    }

    fn file(&self, name: &str) -> String {
        vectors(self.folder).join(name).to_str().unwrap().to_owned()
    }

    fn open(&self, file: &str, more: &[&str]) -> Run {
        let backup = self.file("backup.json");
        let vault = ["--vault", &backup, "--passphrase-file", "phrase"];
        self.shop.run(&[&["open", file], &vault[..], more].concat())
    }

    /// Opens an object and compares it.
    fn opens(&self, name: &str, object: &Json) {
        let files = object["files"]
            .as_array()
            .map(|files| files.iter().map(|file| file.as_str().unwrap()));
        let files: Vec<&str> = match (files, name) {
            (Some(files), _) => files.collect(),
            (None, "attached") => vec!["attached.srm"],
            (None, "detached") => vec!["detached.body", "detached.json"],
            (None, _) => vec!["kept.body"],
        };
        let context = object["context"].as_object().cloned().unwrap_or_default();
        self.shop
            .write("context.json", Json::Object(context).to_string());
        let out = format!("{name}.out");
        let mut more = vec!["--context-file", "context.json", "-o", &out, "--expect"];
        let id = object["id"].as_str().unwrap();
        more.push(id);
        let header = files.get(1).map(|header| self.file(header));
        match &header {
            Some(header) => more.extend(["--header", header]),
            None if files[0].ends_with(".body") => more.extend(["--kept", id]),
            None => {}
        }
        if let Some(of) = object.get("sidecar") {
            let [parent, name] = ["parent", "name"].map(|member| of[member].as_str().unwrap());
            more.extend(["--sidecar-of", parent, "--sidecar", name]);
        }
        self.open(&self.file(files[0]), &more).succeeds();
        let hash = Sha256::digest(self.shop.read(&out));
        let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, object["sha256"], "{name}");
    }

    fn opens_value(&self, token: &str, value: &Json) {
        self.shop.write("value.jwe", [token, "\n"].concat());
        let context = value["context"].as_object().cloned().unwrap_or_default();
        self.shop
            .write("context.json", Json::Object(context).to_string());
        let run = self.open("value.jwe", &["--context-file", "context.json"]);
        let printed: Json = serde_json::from_slice(&run.succeeds().out).unwrap();
        assert_eq!(printed, value["json"]);
    }

    /// Each file is told for what it is, without any secret.
    fn inspects(&self, file: &str, told: &[&str]) {
        let run = self.shop.run(&["inspect", &self.file(file)]);
        for told in told {
            assert!(
                run.succeeds().text().contains(told),
                "{file}: {}",
                run.text()
            );
        }
    }

    fn lists(&self, keys: &[String]) {
        let backup = self.file("backup.json");
        let run = self
            .shop
            .run(&["vault", &backup, "list", "--passphrase-file", "phrase"]);
        for key in keys {
            assert!(run.succeeds().text().contains(key), "{key}: {}", run.text());
        }
        assert!(!run.text().contains(&self.passphrase));
    }
}

/// A sample of `tests/vectors/interop`, or of the first release.
fn sample(folder: &'static str, objects: &[&str]) {
    let release = Release::read(folder, "sample.json");
    for name in objects {
        release.opens(name, &release.told[*name]);
    }
    let value = fs::read_to_string(release.file("value.jwe")).unwrap();
    release.opens_value(&value, &release.told["value"]);
    let keys = release.told["keys"].as_array().unwrap().iter();
    let keys: Vec<String> = keys.map(|key| key.as_str().unwrap().to_owned()).collect();
    release.lists(&keys);
    let id = release.told["attached"]["id"].as_str().unwrap();
    let size = format!(
        "plaintext   {} bytes",
        release.told["attached"]["metadata"]["size"]
    );
    release.inspects(
        "attached.srm",
        &["in one file", id, "A256KW", &size, "signed      no"],
    );
    let vault = release.told["vault"].as_str().unwrap();
    release.inspects(
        "backup.json",
        &[
            "backup of a vault",
            vault,
            "passphrase",
            "any of its factors",
        ],
    );
    release.inspects(
        "value.jwe",
        &["encrypted value", "context     needed", "A256KW"],
    );
}

const OBJECTS: [&str; 3] = ["attached", "detached", "kept"];

#[test]
fn what_a_browser_wrote_opens() {
    sample("interop/browser", &OBJECTS);
}

#[test]
fn what_a_program_in_python_wrote_opens() {
    sample("interop/python", &OBJECTS);
}

#[test]
fn what_the_first_release_wrote_opens() {
    sample("first-release", &["attached"]);
}

#[test]
fn what_release_0_1_wrote_opens() {
    let release = Release::read("release-0.1", "manifest.json");
    for (name, object) in release.told["objects"].as_object().unwrap() {
        release.opens(name, object);
    }
    for value in release.told["values"].as_array().unwrap() {
        release.opens_value(value["token"].as_str().unwrap(), value);
    }
    let keys = release.told["keys"].as_array().unwrap().iter();
    let keys: Vec<String> = keys
        .map(|key| key["id"].as_str().unwrap().to_owned())
        .collect();
    release.lists(&keys);
    release.inspects(
        "detached.json",
        &["header of an encrypted object", "context     needed"],
    );
    release.inspects("detached.body", &["perhaps the body", "262144 bytes"]);
    release.inspects("early-backup.json", &["backup of a vault", "generation  1"]);
}

#[test]
fn what_was_encrypted_without_a_vault_opens_by_its_key() {
    let release = Release::read("release-0.1", "manifest.json");
    let (of, shop) = (&release.told["standalone"], &release.shop);
    let file = release.file("standalone.srm");
    for (at, key) in of["keys"].as_array().unwrap().iter().enumerate() {
        shop.write("key.jwk", key.to_string());
        let open = [
            "open",
            &file,
            "--jwk",
            "key.jwk",
            "--context",
            "object=grüße.txt",
            "-o",
        ];
        // Of several recipients each can have written it.
        let refused = shop.run(&[&open[..], &["refused"]].concat());
        refused.ends(5, "--allow-unsigned");
        let out = format!("out {at}");
        let run = shop.run(&[&open[..], &[&out, "--allow-unsigned"]].concat());
        run.ends(0, "nothing proves who wrote it");
        assert_eq!(
            json!(String::from_utf8(shop.read(&out)).unwrap()),
            of["text"]
        );
        let other = shop.run(&[
            "open",
            &release.file("attached.srm"),
            "--jwk",
            "key.jwk",
            "-o",
            "x",
        ]);
        other.ends(4, "not for the key of --jwk");
    }
    let mut names = shop.names();
    names.retain(|name| name != "key.jwk" && name != "phrase");
    assert_eq!(names, ["out 0", "out 1"]);
}
