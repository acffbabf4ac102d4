//! The fixture of a release: a browser's database, and what a reader must find in it.

use std::fs;

use serde_json::Value as Json;
use strongroom::{
    Context,
    base::{InputError, Sidecar, Timestamp, base64},
    store::{RecordId, RecordType, Row},
    vault::Backup,
};

/// A folder of `tests/vectors`.
pub struct Release {
    folder: String,
    pub manifest: Json,
}

impl Release {
    pub fn read(name: &str) -> Self {
        let folder = format!("{}/tests/vectors/{name}/", env!("CARGO_MANIFEST_DIR"));
        let manifest = fs::read([&folder, "manifest.json"].concat()).unwrap();
        let manifest = serde_json::from_slice(&manifest).unwrap();
        Self { folder, manifest }
    }

    pub fn file(&self, name: &str) -> Vec<u8> {
        fs::read([&self.folder, name].concat()).unwrap()
    }

    /// A vault's rows as IndexedDB had them, by the keys that it had them under.
    pub fn rows(&self) -> Vec<Row> {
        let dump: Json = serde_json::from_slice(&self.file("dump.json")).unwrap();
        let stores = dump["databases"][0]["stores"].as_array().unwrap();
        let rows = stores.iter().find(|store| store["name"] == "rows").unwrap();
        rows["rows"].as_array().unwrap().iter().map(row).collect()
    }

    pub fn backup_rows(&self) -> Vec<Row> {
        let backup = Backup::read(&self.file("backup.json")).unwrap();
        backup.into_rows()
    }

    /// The passphrases as the package gives them to the crate: in NFC.
    pub fn passphrases(&self) -> Vec<String> {
        let phrases = self.manifest["passphrases"].as_array().unwrap().iter();
        let composed = |phrase: &Json| text(phrase).replace("e\u{308}", "\u{eb}");
        phrases.map(composed).collect()
    }

    /// When it was written, in milliseconds since 1970.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.manifest["now"].as_u64().unwrap())
    }
}

/// `[[name, type, id, version], { type, id, version, revision, bytes }]`
fn row(stored: &Json) -> Row {
    let (key, value) = (&stored[0], &stored[1]);
    let [kind, id, version] = [1, 2, 3].map(|part| text(&key[part]));
    for (part, name) in [(&kind, "type"), (&id, "id"), (&version, "version")] {
        assert_eq!(value[name], **part, "a row says where it stands");
    }
    let record_id = RecordId {
        version,
        ..RecordId::new(RecordType::parse(&kind).unwrap(), id)
    };
    Row {
        record_id,
        revision: value["revision"].as_u64().unwrap(),
        bytes: bytes(&value["bytes"]["base64"]),
    }
}

/// From base64 with padding, as a browser's `btoa` writes it.
pub fn bytes(text: &Json) -> Vec<u8> {
    let url = text.as_str().unwrap().replace('+', "-").replace('/', "_");
    base64::decode(url.trim_end_matches('='), InputError::Malformed("base64")).unwrap()
}

pub fn text(json: &Json) -> String {
    json.as_str().unwrap().to_owned()
}

/// The context that an entry of the manifest has, and what it is a sidecar of.
pub fn context(entry: &Json) -> Context {
    let members = entry["context"].as_object().into_iter().flatten();
    let members = members.map(|(name, value)| (name.clone(), text(value)));
    let context = Context::new(members).unwrap();
    match entry.get("sidecar") {
        None => context,
        Some(of) => {
            let parent = text(&of["parent"]).parse().unwrap();
            let sidecar = Sidecar::new(parent, text(&of["name"])).unwrap();
            context.of_sidecar(sidecar).unwrap()
        }
    }
}

/// Bytes that every reader can make again.
pub fn patterned(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at % 251) as u8).collect()
}
