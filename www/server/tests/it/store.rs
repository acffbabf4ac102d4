//! The embedded store, through the presigned URLs that the page uses.

use crate::common::{Server, bytes, header, text};
use serde_json::json;
use ureq::http::Method;

const PART: usize = 8 << 20;

#[test]
fn object_comes_back_whole_and_in_ranges() {
    let server = Server::start();
    assert_eq!(server.put("one.srm", b"0123456789"), 200);

    let whole = server.get("one.srm", &[]);
    assert!(header(&whole, "etag").starts_with('"'));
    assert_eq!(bytes(whole), b"0123456789");

    let middle = server.get("one.srm", &[("range", "bytes=2-5")]);
    assert_eq!(middle.status(), 206);
    assert_eq!(header(&middle, "content-range"), "bytes 2-5/10");
    assert_eq!(bytes(middle), b"2345");

    let missing = server.get("other.srm", &[]);
    assert_eq!(missing.status(), 404);
    assert!(text(missing).contains("NoSuchKey"));
}

#[test]
fn list_shows_the_page_s_objects_only() {
    let server = Server::start();
    assert_eq!(server.objects()["objects"], json!([]));
    server.put("a.srm", b"abc");
    let stray = server.data().join("strongroom/stray.txt");
    std::fs::write(stray, b"not ours").expect("a file beside the objects");
    let objects = server.objects();
    assert_eq!(objects["objects"].as_array().map(Vec::len), Some(1));
    assert_eq!(objects["objects"][0]["key"], "a.srm");
    assert_eq!(objects["objects"][0]["size"], 3);
    assert!(objects["objects"][0]["modified"].is_string());
    assert!(objects["next"].is_null());

    let gone = server.perform(&json!({ "action": "delete", "key": "a.srm" }), &[], &[]);
    assert_eq!(gone.status(), 204);
    assert_eq!(server.objects()["objects"], json!([]));
}

#[test]
fn upload_url_never_replaces_an_object() {
    let server = Server::start();
    assert_eq!(server.put("a.srm", b"first"), 200);
    assert_eq!(server.put("a.srm", b"second"), 412);
    assert_eq!(bytes(server.get("a.srm", &[])), b"first");

    // The condition is signed: leaving it out is a bad signature.
    let put = server.presign(&json!({ "action": "put", "key": "a.srm" }));
    let refused = server.send(put.method, &put.url, &[], b"third");
    assert_eq!(refused.status(), 403);
    assert_eq!(bytes(server.get("a.srm", &[])), b"first");
}

#[test]
fn nothing_replaces_a_header() {
    let server = Server::start();
    assert_eq!(server.put("a.srh", b"first"), 200);
    let etag = header(&server.get("a.srh", &[]), "etag").to_owned();
    assert_eq!(server.put("a.srh", b"second"), 412);
    let replace = json!({ "action": "replace", "key": "a.srh", "etag": etag });
    let (status, told) = server.ask(&replace);
    assert_eq!(status, 422, "{told}");
    assert_eq!(bytes(server.get("a.srh", &[])), b"first");
}

#[test]
fn parts_become_one_object() {
    let server = Server::start();
    let upload = create_upload(&server, "big.srm");
    let first = vec![1; PART];
    let etags = [
        upload_part(&server, &upload, 1, &first),
        upload_part(&server, &upload, 2, b"end"),
    ];
    let parts: String = (1..)
        .zip(&etags)
        .map(|(number, etag)| part_xml(number, etag))
        .collect();
    let body = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
    let complete = json!({ "action": "multipart-complete", "key": "big.srm", "upload": upload });
    let done = text(server.perform(&complete, &[], body.as_bytes()));
    assert!(done.contains("CompleteMultipartUploadResult"), "{done}");

    let stored = bytes(server.get("big.srm", &[]));
    assert_eq!(stored.len(), PART + 3);
    assert!(stored.ends_with(b"\x01end"));
}

#[test]
fn parts_of_an_upload_are_listed_from_any_on_with_their_etags() {
    let server = Server::start();
    let upload = create_upload(&server, "big.srm");
    let etags: Vec<_> = [3, 1, 2]
        .map(|number| upload_part(&server, &upload, number, &[number as u8; 9]))
        .into();
    let list = |upload: &str, after: u16| json!({ "action": "multipart-list", "key": "big.srm", "upload": upload, "after": after });
    let listed = text(server.perform(&list(&upload, 1), &[], &[]));
    let expected: String = [(2, &etags[2]), (3, &etags[0])]
        .map(|(number, etag)| {
            let etag = etag.replace('"', "&quot;");
            format!(
                "<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag><Size>9</Size></Part>"
            )
        })
        .concat();
    assert!(listed.contains(&expected), "{listed}");
    assert!(
        listed.contains("<IsTruncated>false</IsTruncated>"),
        "{listed}"
    );
    let unknown = server.perform(&list("00000000-0000-4000-8000-000000000000", 0), &[], &[]);
    assert_eq!(unknown.status(), 404);
}

#[test]
fn aborted_upload_leaves_nothing() {
    let server = Server::start();
    let upload = create_upload(&server, "big.srm");
    upload_part(&server, &upload, 1, b"some");
    let abort = json!({ "action": "multipart-abort", "key": "big.srm", "upload": upload });
    assert_eq!(server.perform(&abort, &[], &[]).status(), 204);
    assert_eq!(server.objects()["objects"], json!([]));
    let left: Vec<_> = std::fs::read_dir(server.data())
        .expect("the folder")
        .collect();
    assert_eq!(left.len(), 1, "only the bucket is left: {left:?}");
}

#[test]
fn changed_signature_or_key_is_refused() {
    let server = Server::start();
    server.put("a.srm", b"abc");
    let get = server.presign(&json!({ "action": "get", "key": "a.srm" }));
    let (head, signature) = get.url.rsplit_once('=').expect("a signature at the end");
    let wrong = if signature.starts_with('0') { "1" } else { "0" };
    let changed = format!("{head}={wrong}{}", &signature[1..]);
    let other = get.url.replace("a.srm", "b.srm");
    let bare = get.url.split_once('?').expect("a query").0;
    for url in [changed.as_str(), other.as_str(), bare] {
        let refused = server.send(Method::GET, url, &[], &[]);
        assert_eq!(refused.status(), 403, "{url}");
    }
}

#[test]
fn only_the_page_s_origin_and_those_allowed_pass_cors() {
    const FRIEND: &str = "http://127.0.0.1:5173";
    let server = Server::start_with(&["--allow-origin", FRIEND], &[]);
    let put = server.presign(&json!({ "action": "put", "key": "a.srm" }));
    let preflight = |origin: &str| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "PUT"),
            (
                "access-control-request-headers",
                "content-type,if-none-match",
            ),
        ];
        server.send(Method::OPTIONS, &put.url, &headers, &[])
    };
    let ours = preflight(&server.page);
    assert_eq!(ours.status(), 200);
    assert_eq!(header(&ours, "access-control-allow-origin"), server.page);
    let address = server.page.replace("localhost", "127.0.0.1");
    let by_address = preflight(&address);
    assert_eq!(header(&by_address, "access-control-allow-origin"), address);
    assert!(header(&ours, "access-control-allow-methods").contains("PUT"));
    assert!(header(&ours, "access-control-allow-headers").contains("if-none-match"));
    let friend = preflight(FRIEND);
    assert_eq!(header(&friend, "access-control-allow-origin"), FRIEND);
    let foreign = preflight("https://elsewhere.example");
    assert_eq!(header(&foreign, "access-control-allow-origin"), "");

    // What the AWS SDK sends from a page.
    let allowed = header(&ours, "access-control-allow-headers").to_lowercase();
    for name in ["authorization", "x-amz-date", "x-amz-content-sha256"] {
        assert!(allowed.contains(name), "{name}");
    }

    let answer = server.get("a.srm", &[("origin", &server.page)]);
    assert!(header(&answer, "access-control-expose-headers").contains("etag"));
}

#[test]
fn objects_outlive_the_process_and_its_key_does_not() {
    let first = Server::start();
    first.put("a.srm", b"abc");
    create_upload(&first, "big.srm");
    let old = first.presign(&json!({ "action": "get", "key": "a.srm" }));
    let again = first.restart();
    assert_eq!(bytes(again.get("a.srm", &[])), b"abc");
    let path = old
        .url
        .split_at(old.url.find("/strongroom").expect("the bucket"))
        .1;
    let refused = again.send(old.method, &format!("{}{path}", again.store), &[], &[]);
    assert_eq!(refused.status(), 403);
    let names: Vec<_> = std::fs::read_dir(again.data())
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name())
        .filter(|name| name.to_string_lossy().contains(".upload"))
        .collect();
    assert!(names.is_empty(), "an unfinished upload is left: {names:?}");
}

#[test]
fn another_s3_serves_in_place_of_the_embedded_store() {
    let provider = Server::start_with(&[], &[("STRONGROOM_STORE_KEY", "known:secret")]);
    let key = [
        ("AWS_ACCESS_KEY_ID", "known"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    let front = Server::start_with(&["--s3-endpoint", &provider.store], &key);
    assert_eq!(front.store, provider.store);
    assert_eq!(front.put("a.srm", b"abc"), 200);
    assert_eq!(bytes(provider.get("a.srm", &[])), b"abc");
    assert_eq!(front.objects()["objects"][0]["key"], "a.srm");
}

#[test]
fn the_store_s_key_comes_from_a_file_and_never_from_the_command_line() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let file = folder.path().join("key");
    std::fs::write(&file, "known:secret\n").expect("a key");
    let file = file.to_string_lossy().into_owned();
    let provider = Server::start_with(&["--store-key-file", &file], &[]);
    let key = [
        ("AWS_ACCESS_KEY_ID", "known"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    let front = Server::start_with(&["--s3-endpoint", &provider.store], &key);
    assert_eq!(front.put("a.srm", b"abc"), 200);

    let mut told = std::process::Command::new(env!("CARGO_BIN_EXE_strongroom-demo-server"));
    let told = told.args(["--store-key", "known:secret"]).output();
    let told = told.expect("the server starts");
    assert!(!told.status.success());
    assert!(String::from_utf8_lossy(&told.stderr).contains("--store-key"));
}

#[test]
fn refusal_of_another_s3_reaches_the_page_as_a_sentence() {
    let provider = Server::start();
    let key = [
        ("AWS_ACCESS_KEY_ID", "unknown"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    let front = Server::start_with(&["--s3-endpoint", &provider.store], &key);
    let refusal = front.objects()["error"]
        .as_str()
        .expect("a sentence")
        .to_owned();
    assert!(refusal.starts_with("the store answered 403"), "{refusal}");
}

fn create_upload(server: &Server, key: &str) -> String {
    let create = json!({ "action": "multipart-create", "key": key });
    let answer = text(server.perform(&create, &[], &[]));
    let (_, rest) = answer.split_once("<UploadId>").expect("an upload");
    rest.split_once("</UploadId>")
        .expect("its name")
        .0
        .to_owned()
}

fn upload_part(server: &Server, upload: &str, part: u16, body: &[u8]) -> String {
    let action =
        json!({ "action": "multipart-part", "key": "big.srm", "upload": upload, "part": part });
    let answer = server.perform(&action, &[], body);
    assert_eq!(answer.status(), 200);
    header(&answer, "etag").to_owned()
}

fn part_xml(number: u16, etag: &str) -> String {
    format!("<Part><ETag>{etag}</ETag><PartNumber>{number}</PartNumber></Part>")
}
