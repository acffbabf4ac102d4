//! The page's files and its API: who may ask, and what they are told.

use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};

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
            "require-trusted-types-for 'script'; trusted-types strongroom strongroom-demo strongroom-demo-print"
        )
    );
}

#[test]
fn services_that_are_named_may_be_asked_and_no_others() {
    let origin = "https://kms.eu-central-1.amazonaws.com";
    let server = Server::start_with(&["--kms-endpoint", origin], &[]);
    let page = server.send(Method::GET, &format!("{}/", server.page), &[], &[]);
    let policy = header(&page, "content-security-policy");
    assert!(
        policy.contains(&format!("connect-src 'self' {} {origin};", server.store)),
        "{policy}"
    );
    for odd in [
        "*",
        "https://a.example; script-src *",
        "https://a.example/",
        "https://a.example *",
        "data:",
    ] {
        assert!(Server::refuses(&["--kms-endpoint", odd]), "{odd}");
    }
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
    let home = &server.page;
    let endpoints = format!("{}/.well-known/passkey-endpoints", server.page);
    let answer = server.send(Method::GET, &endpoints, &[], &[]);
    assert_eq!(answer.status(), 200);
    assert_eq!(header(&answer, "content-type"), "application/json");
    let told: serde_json::Value = serde_json::from_str(&text(answer)).expect("JSON");
    assert_eq!(told["manage"], format!("{home}/"));
    let details = told["prfUsageDetails"].as_str().expect("an address");
    assert!(details.starts_with(home), "{details}");
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

/// Whatever a browser takes for `localhost` is this server, so that no other program answers as the page.
#[test]
fn the_page_answers_on_each_address_of_localhost() {
    let server = Server::start();
    let name = server.page.strip_prefix("http://").expect("an origin");
    let (_, port) = name.split_once(':').expect("a port");
    for address in addresses() {
        let url = format!("http://{address}:{port}/");
        let answer = server.send(Method::GET, &url, &[("host", name)], &[]);
        assert_eq!(answer.status(), 200, "{address}");
        assert_eq!(text(answer), "<!doctype html>", "{address}");
    }
    // Both have connections that are kept.
    #[cfg(unix)]
    assert!(server.terminate());
}

#[test]
fn a_port_that_another_program_has_on_one_address_of_localhost_is_refused() {
    for address in addresses() {
        let taken = TcpListener::bind(format!("{address}:0")).expect("a free port");
        let port = taken.local_addr().expect("an address").port();
        let told = Server::refusal(port);
        let sentence = format!("cannot listen on {address}:{port}");
        assert!(told.contains(&sentence), "{told}");
    }
}

/// The loopback addresses that this machine has.
fn addresses() -> Vec<String> {
    let mut addresses = vec![Ipv4Addr::LOCALHOST.to_string()];
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok() {
        addresses.push(format!("[{}]", Ipv6Addr::LOCALHOST));
    }
    addresses
}

#[cfg(unix)]
#[test]
fn termination_ends_it_well() {
    assert!(Server::start().terminate());
}
