//! What the page's side is told, as JSON.

use crate::{
    base::{Error, Json, Object, Result, Timestamp},
    inventory::{Copies, ObjectPage, Rewrapped},
    keys::{Impact, MaintenanceReport, sooner},
    vault::{ManagedKey, Verified},
};

/// The sentence that every report of a destruction ends with.
const DISK: &str = "Deleted database pages may survive on this device's disk until the browser reuses them: \
    readable by whoever has the disk and a factor of the vault.";

fn texts(texts: &[String]) -> Vec<Json> {
    let mut list = Vec::new();
    for text in texts {
        list.push(Json::String(text.clone()));
    }
    list
}

/// A key that was managed, and what that means.
pub(super) fn managed(managed: &ManagedKey) -> Object {
    let report = match (&managed.consequences, &managed.revoked) {
        (Some(consequences), Some(page)) => Some(revocation(consequences, page)),
        (consequences, _) => consequences.as_ref().map(destruction),
    };
    let told = Object::new().with("key", managed.info.to_json());
    told.with_some("report", report)
}

/// What a holder of the key can still read, and what ends that.
fn revocation(consequences: &Impact, page: &ObjectPage) -> Object {
    let remedy =
        |what: &str, text: &str| Json::Object(Object::new().with("do", what).with("text", text));
    let readable = [
        "Whoever has this version's key opens every header under it that was copied, and the objects with it.",
        "Whoever opened such a header before, and kept the object's own key, reads that object's body as it is stored.",
    ];
    let remedies = vec![
        remedy(
            "rewrap",
            "Puts the headers under the primary version: ends reading for whoever has the key but no copy of an old header.",
        ),
        remedy(
            "reencrypt",
            "Makes a new key and a new body for each object: ends reading for everybody once the old bodies are deleted.",
        ),
    ];
    Object::new()
        .with("objects", consequences.objects)
        .with("readable", texts(&readable.map(str::to_owned)))
        .with("remedies", remedies)
        .with_list("objectsPage", &page.objects, |object| object.told())
}

/// Where what was destroyed may remain.
fn destruction(consequences: &Impact) -> Object {
    let mut remains = Vec::new();
    if !consequences.backups.is_empty() {
        remains.push(
            "The backups listed hold the key's material: destroy them, or it can be restored."
                .to_owned(),
        );
    }
    remains.push("Versions that were exported are out of the vault's reach.".to_owned());
    remains.push(DISK.to_owned());
    Object::new()
        .with("objects", consequences.objects)
        .with_list("backups", &consequences.backups, backup)
        .with("remains", texts(&remains))
}

fn backup((at, id): &(Timestamp, String)) -> Object {
    Object::new().with("at", *at).with("id", id.as_str())
}

/// `{ shredded, remaining }`.
pub(super) fn copies(copies: &Copies) -> Object {
    let mut remaining = Vec::new();
    if copies.elsewhere {
        let text = "The header, or a sidecar's, is kept outside the vault: delete it there, or destroy the key version.";
        remaining.push(Json::Object(
            Object::new().with("kind", "header").with("text", text),
        ));
    }
    for made in &copies.backups {
        let text = "A backup that was made since holds the header, or a sidecar's.";
        let copy = backup(made).with("kind", "backup").with("text", text);
        remaining.push(Json::Object(copy));
    }
    Object::new()
        .with("shredded", copies.is_empty())
        .with("remaining", remaining)
}

/// `{ id, status, key, from, to, header? }`. `silent`: without the header.
pub(super) fn rewrapped(rewrapped: &Rewrapped, silent: bool) -> Result<Object> {
    let status = if rewrapped.header.is_some() {
        "done"
    } else {
        "skipped"
    };
    let told = Object::new()
        .with("id", rewrapped.id.as_str())
        .with("status", status)
        .with("key", rewrapped.key.as_str())
        .with("from", rewrapped.from.as_str())
        .with("to", rewrapped.to.as_str());
    let Some(header) = rewrapped.header.as_ref().filter(|_| !silent) else {
        return Ok(told);
    };
    let header = core::str::from_utf8(header.bytes())
        .map_err(|_| Error::Malformed("an envelope that is no text"))?;
    Ok(told.with("header", header))
}

/// `{ key, version, state, typ? }`.
pub(super) fn verified(verified: &Verified) -> Object {
    Object::new()
        .with("key", verified.key.as_str())
        .with("version", verified.version.as_str())
        .with("state", verified.state.as_str())
        .with_some("typ", verified.typ.as_deref())
}

/// `{ objects, next?, total }`.
pub(super) fn objects(page: &ObjectPage) -> Object {
    Object::new()
        .with_list("objects", &page.objects, |object| object.told())
        .with_some("next", page.next.as_deref())
        .with("total", page.total)
}

/// `{ rotated, destroyed, ended, next? }`.
pub(super) fn done(
    done: &MaintenanceReport,
    ended: &[String],
    session: Option<Timestamp>,
) -> Object {
    let next = sooner(done.next, session);
    Object::new()
        .with("rotated", texts(&done.rotated))
        .with("destroyed", texts(&done.destroyed))
        .with("ended", texts(ended))
        .with_some("next", next)
}
