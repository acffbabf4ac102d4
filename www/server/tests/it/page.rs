//! The page's files and its API: who may ask, and what they are told.

use crate::common::{Server, header, text};
use serde_json::json;
use ureq::http::Method;

#[test]
fn page_comes_with_a_strict_policy() {
    let server = Server::start();
    let page = server.send(Method::GET, &format!("{}/", server.page), &[], &[]);
    assert_eq!(page.status(), 200);
    assert_eq!(header(&page, "x-content-type-options"), "nosniff");
    assert_eq!(header(&page, "cross-origin-opener-policy"), "same-origin");
    let policy = header(&page, "content-security-policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"));
    assert!(policy.contains(&format!("connect-src 'self' {};", server.store)));
    assert!(!policy.contains("unsafe-inline"));
    assert!(
        policy.contains(
            "require-trusted-types-for 'script'; trusted-types strongroom strongroom-demo"
        )
    );
}

#[test]
fn wasm_has_the_type_that_streaming_compilation_needs() {
    let server = Server::start();
    let wasm = server.send(
        Method::GET,
        &format!("{}/small.wasm", server.page),
        &[],
        &[],
    );
    assert_eq!(header(&wasm, "content-type"), "application/wasm");
}

#[test]
fn files_outside_the_page_are_not_served() {
    let server = Server::start();
    for path in ["/../data", "/%2e%2e/data/strongroom", "/missing.js"] {
        let answer = server.send(Method::GET, &format!("{}{path}", server.page), &[], &[]);
        assert_eq!(answer.status(), 404, "{path}");
    }
}

#[test]
fn another_site_gets_no_presigned_url() {
    let server = Server::start();
    let url = format!("{}/api/presign", server.page);
    let body = json!({ "action": "get", "key": "a.srm" }).to_string();
    let json = ("content-type", "application/json");
    for headers in [
        vec![json],
        vec![json, ("origin", "null")],
        vec![json, ("origin", "https://elsewhere.example")],
        vec![json, ("origin", &server.page), ("host", "rebound.example")],
    ] {
        let answer = server.send(Method::POST, &url, &headers, body.as_bytes());
        assert_eq!(answer.status(), 403, "{headers:?}");
    }
}

#[test]
fn name_rebound_to_this_machine_is_refused() {
    let server = Server::start();
    let url = format!("{}/api/objects", server.page);
    let answer = server.send(Method::GET, &url, &[("host", "rebound.example")], &[]);
    assert_eq!(answer.status(), 403);
}

#[test]
fn impossible_request_is_told_why() {
    let server = Server::start();
    for (action, status) in [
        (json!({ "action": "get", "key": "../../etc/passwd" }), 422),
        (json!({ "action": "list", "key": "a.srm" }), 422),
        (json!({ "action": "get" }), 422),
        (
            json!({ "action": "multipart-part", "key": "a.srm", "upload": "u", "part": 0 }),
            422,
        ),
    ] {
        let (answered, told) = server.ask(&action);
        assert_eq!(answered, status, "{action}");
        assert!(
            told["error"]
                .as_str()
                .is_some_and(|sentence| !sentence.is_empty()),
            "{told}"
        );
    }
}

#[test]
fn store_is_named_for_the_reader() {
    let server = Server::start();
    let answer = server.send(Method::GET, &format!("{}/api/store", server.page), &[], &[]);
    assert_eq!(header(&answer, "cache-control"), "no-store");
    let told = text(answer);
    assert!(
        told.contains(&server.store) && told.contains("strongroom"),
        "{told}"
    );
}

/// The host is the one that was asked: a passkey of `localhost` is not one of an address.
#[test]
fn password_managers_are_told_what_passkeys_encrypt() {
    let server = Server::start();
    let home = server.page.replace("127.0.0.1", "localhost");
    let endpoints = format!("{}/.well-known/passkey-endpoints", server.page);
    let host = home.trim_start_matches("http://");
    let answer = server.send(Method::GET, &endpoints, &[("host", host)], &[]);
    assert_eq!(answer.status(), 200);
    assert_eq!(header(&answer, "content-type"), "application/json");
    let told: serde_json::Value = serde_json::from_str(&text(answer)).expect("JSON");
    assert_eq!(told["manage"], format!("{home}/"));
    let details = told["prfUsageDetails"].as_str().expect("an address");
    assert!(details.starts_with(&home), "{details}");
    let path = &details[home.len()..];
    let details = server.send(Method::GET, &format!("{}{path}", server.page), &[], &[]);
    assert_eq!(details.status(), 200);
    assert_eq!(
        header(&details, "content-security-policy"),
        "default-src 'none'"
    );
    assert!(text(details).contains("Before you delete one"));
    let foreign = server.send(Method::GET, &endpoints, &[("host", "evil.example")], &[]);
    assert_ne!(foreign.status(), 200);
}

#[cfg(unix)]
#[test]
fn termination_ends_it_well() {
    assert!(Server::start().terminate());
}
