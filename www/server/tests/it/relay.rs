//! The relay to Azure Key Vault: what it lets through in either direction, and what it does not.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

use crate::common::{Server, header, text};
use ureq::http::Method;

const KEY: &str = "/keys/escrow/0123456789abcdef0123456789abcdef";
const QUERY: &str = "api-version=2025-07-01";
const TOKEN: (&str, &str) = ("authorization", "Bearer very-secret-token");
const JSON: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

/// A service that answers each request in the same way, and tells what arrived, byte by byte.
struct Upstream {
    origin: String,
    arrived: Receiver<String>,
}

impl Upstream {
    fn answering(answer: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let (tell, arrived) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                tell.send(request_of(&stream)).expect("somebody listens");
                // It may have been hung up on.
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        Self { origin, arrived }
    }

    /// What arrived since this was asked last.
    fn arrived(&self) -> Vec<String> {
        self.arrived.try_iter().collect()
    }
}

fn request_of(stream: &TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let mut request = String::new();
    while !request.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut request).expect("a line") > 0);
    }
    let lower = request.to_lowercase();
    let length = lower.split("content-length: ").nth(1);
    let length = length.map_or(0, |rest| {
        let (digits, _) = rest.split_once("\r\n").expect("a line");
        digits.parse().expect("a length")
    });
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    request + &String::from_utf8(body).expect("text")
}

fn relay(answer: &str) -> (Upstream, Server) {
    let upstream = Upstream::answering(answer.into());
    let key = format!("{}{KEY}", upstream.origin);
    let server = Server::start_with(&["--azure-key", &key], &[]);
    (upstream, server)
}

/// The status that a request of the page's gets.
fn asked(
    server: &Server,
    method: Method,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> u16 {
    let url = format!("{}{target}", server.page);
    let own = ("origin", server.page.as_str());
    let all = [&[own], headers].concat();
    server.send(method, &url, &all, body).status().as_u16()
}

fn unwrap() -> String {
    format!("/kms{KEY}/unwrapkey?{QUERY}")
}

#[test]
fn token_and_body_go_there_and_nothing_else() {
    let (upstream, server) = relay(JSON);
    let more = [
        TOKEN,
        ("cookie", "session=1"),
        ("x-forwarded-host", "evil.example"),
        ("x-ms-client-request-id", "1"),
        ("content-type", "text/html"),
        ("accept-encoding", "gzip"),
        ("connection", "authorization"),
        ("proxy-authorization", "Basic other-secret"),
    ];
    let body = br#"{"alg":"RSA-OAEP-256","value":"AA"}"#;
    assert_eq!(asked(&server, Method::POST, &unwrap(), &more, body), 200);
    let [request] = &upstream.arrived()[..] else {
        unreachable!("one request arrives")
    };
    let mut lines: Vec<_> = request.split("\r\n").collect();
    assert_eq!(
        lines.remove(0),
        format!("POST {KEY}/unwrapkey?{QUERY} HTTP/1.1")
    );
    assert_eq!(lines.pop().map(str::as_bytes), Some(&body[..]));
    let name = |line: &str| line.split(':').next().unwrap_or_default().to_lowercase();
    let mut names: Vec<_> = lines.iter().map(|line| name(line)).collect();
    names.retain(|name| !name.is_empty());
    names.sort();
    let forwarded = [
        "accept",
        "authorization",
        "content-length",
        "content-type",
        "host",
        "user-agent",
    ];
    assert_eq!(names, forwarded, "{request}");
    assert!(lines.contains(&"authorization: Bearer very-secret-token"));
    assert!(lines.contains(&"content-type: application/json"));
    assert_eq!(
        lines.iter().find(|line| line.starts_with("host")),
        Some(&format!("host: {}", &upstream.origin[7..]).as_str())
    );
}

#[test]
fn only_what_is_configured_goes_anywhere() {
    let (upstream, server) = relay(JSON);
    let key = |changed: &str| format!("/kms{changed}/unwrapkey?{QUERY}");
    let path = unwrap();
    for target in [
        key(&KEY.replace("escrow", "payroll")),
        key(&KEY.replace("0123", "1123")),
        key(&KEY.replace("escrow", "ESCROW")),
        key("/keys/escrow"),
        key(&KEY.replace("keys", "secrets")),
        key(&KEY.replace("/keys/", "/keys/./")),
        key(&KEY.replace("/keys/", "/keys/x/../")),
        key(&KEY.replace("/keys/", "/keys//")),
        key(&KEY.replace("/keys/", "/keys%2f")),
        key(&KEY.replace("/keys/", "/%6beys/")),
        key(&KEY.replace("/keys/", "/keys/%2e%2e/keys/")),
        key(&format!("{KEY}/")),
        path.replace("unwrapkey", "decrypt"),
        path.replace("unwrapkey", "unwrapKey"),
        path.replace("unwrapkey", "sign"),
        path.replace("unwrapkey", "unwrapkey/"),
        path.replace("unwrapkey", "unwrapkey%3f"),
        path.replace("2025-07-01", "7.4"),
        path.replace('?', "?a=b&"),
        format!("{path}&a=b"),
        format!("{path}&{QUERY}"),
        path.replace(QUERY, ""),
        "/kms/https://evil.example/keys".to_owned(),
    ] {
        assert_eq!(
            asked(&server, Method::POST, &target, &[TOKEN], b"{}"),
            404,
            "{target}"
        );
    }
    for method in [
        Method::GET,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::HEAD,
        Method::OPTIONS,
    ] {
        assert_eq!(
            asked(&server, method.clone(), &path, &[TOKEN], b""),
            404,
            "{method}"
        );
    }
    assert_eq!(upstream.arrived(), [""; 0]);
    // The same request as it should be.
    assert_eq!(asked(&server, Method::POST, &path, &[TOKEN], b"{}"), 200);
    assert_eq!(
        asked(
            &server,
            Method::GET,
            &format!("/kms{KEY}?{QUERY}"),
            &[TOKEN],
            b""
        ),
        200
    );
    let [_, read] = &upstream.arrived()[..] else {
        unreachable!("two requests arrive")
    };
    assert!(
        read.starts_with(&format!("GET {KEY}?{QUERY} HTTP/1.1\r\n")),
        "{read}"
    );
}

#[test]
fn another_site_is_not_served() {
    let (upstream, server) = relay(JSON);
    let url = format!("{}{}", server.page, unwrap());
    for headers in [
        vec![TOKEN],
        vec![TOKEN, ("origin", "null")],
        vec![TOKEN, ("origin", "https://elsewhere.example")],
        vec![TOKEN, ("origin", &server.page), ("host", "rebound.example")],
    ] {
        let answer = server.send(Method::POST, &url, &headers, b"{}");
        assert_eq!(answer.status(), 403, "{headers:?}");
        assert_eq!(header(&answer, "access-control-allow-origin"), "");
    }
    let preflight = [
        ("origin", "https://elsewhere.example"),
        ("access-control-request-method", "POST"),
    ];
    let answer = server.send(Method::OPTIONS, &url, &preflight, b"");
    assert_eq!(answer.status(), 403);
    assert_eq!(upstream.arrived(), [""; 0]);
}

#[test]
fn one_token_and_a_bounded_body_are_needed() {
    let (upstream, server) = relay(JSON);
    let other = ("authorization", "Bearer another");
    assert_eq!(asked(&server, Method::POST, &unwrap(), &[], b"{}"), 401);
    assert_eq!(
        asked(&server, Method::POST, &unwrap(), &[TOKEN, other], b"{}"),
        401
    );
    assert_eq!(
        asked(&server, Method::POST, &unwrap(), &[TOKEN], &[b' '; 4097]),
        413
    );
    assert_eq!(upstream.arrived(), [""; 0]);
    assert_eq!(
        asked(&server, Method::POST, &unwrap(), &[TOKEN], &[b' '; 4096]),
        200
    );
}

/// A request in the body, and two lengths: whatever this server makes of them, the service gets no request but its own.
#[test]
fn no_request_is_smuggled() {
    let (upstream, server) = relay(JSON);
    let host = server.page.strip_prefix("http://").expect("an origin");
    let inner =
        "POST /keys/escrow/create?api-version=2025-07-01 HTTP/1.1\r\nHost: evil.example\r\n\r\n";
    let asking = |more: &str, body: &str| {
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: {host}\r\nOrigin: {}\r\nAuthorization: Bearer t\r\nConnection: close\r\n",
            unwrap(),
            server.page
        );
        let mut stream =
            TcpStream::connect(host.replace("localhost", "127.0.0.1")).expect("it listens");
        stream
            .write_all(format!("{head}{more}\r\n{body}").as_bytes())
            .expect("it reads");
        let mut answer = String::new();
        // A refusal may close with bytes unread, which resets the connection.
        let _ = stream.read_to_string(&mut answer);
    };
    asking(&format!("Content-Length: {}\r\n", inner.len()), inner);
    asking(
        &format!(
            "Content-Length: {}\r\nTransfer-Encoding: chunked\r\n",
            inner.len()
        ),
        &format!("0\r\n\r\n{inner}"),
    );
    asking("Content-Length: 0\r\nContent-Length: 90\r\n", inner);
    asking(
        "X-A: b\rAuthorization: Bearer other\r\nContent-Length: 0\r\n",
        inner,
    );
    asking("Content-Length: 0\r\n", inner);
    let arrived = upstream.arrived();
    assert!(
        arrived.iter().any(|request| request.ends_with(inner)),
        "{arrived:?}"
    );
    for request in arrived {
        let head = request
            .split("\r\n\r\n")
            .next()
            .unwrap_or_default()
            .to_lowercase();
        assert!(
            head.starts_with(&format!("post {KEY}/unwrapkey?")),
            "{head}"
        );
        assert!(
            !head.contains("evil.example") && !head.contains("chunked"),
            "{head}"
        );
        assert_eq!(head.matches("authorization:").count(), 1, "{head}");
    }
}

#[test]
fn only_status_body_and_the_wait_come_back() {
    let answer = "HTTP/1.1 429 Slow\r\nretry-after: 7\r\nset-cookie: a=b\r\nlocation: /x\r\nwww-authenticate: Bearer\r\n\
                  access-control-allow-origin: *\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n{\"a\":1";
    let (_upstream, server) = relay(answer);
    let url = format!("{}{}", server.page, unwrap());
    let answer = server.send(
        Method::POST,
        &url,
        &[TOKEN, ("origin", &server.page)],
        b"{}",
    );
    assert_eq!(answer.status(), 429);
    let mut names: Vec<_> = answer.headers().keys().map(ToString::to_string).collect();
    names.sort();
    assert_eq!(
        names,
        [
            "cache-control",
            "content-length",
            "content-type",
            "date",
            "retry-after"
        ]
    );
    assert_eq!(header(&answer, "content-type"), "application/json");
    assert_eq!(header(&answer, "retry-after"), "7");
    assert_eq!(text(answer), "{\"a\":1");
}

#[test]
fn redirect_long_answer_and_silence_are_errors() {
    let other = Upstream::answering(JSON.into());
    for status in ["301", "302", "303", "307", "308"] {
        let (_upstream, server) = relay(&format!(
            "HTTP/1.1 {status} Away\r\nlocation: {}{KEY}\r\ncontent-length: 0\r\n\r\n",
            other.origin
        ));
        assert_eq!(
            asked(&server, Method::POST, &unwrap(), &[TOKEN], b"{}"),
            502,
            "{status}"
        );
    }
    assert_eq!(other.arrived(), [""; 0]);
    let long = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: 65537\r\n\r\n{}",
        " ".repeat(65_537)
    );
    for answer in [
        long.as_str(),
        "",
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}",
    ] {
        let (_upstream, server) = relay(answer);
        assert_eq!(
            asked(&server, Method::POST, &unwrap(), &[TOKEN], b"{}"),
            502,
            "{}",
            answer.len()
        );
    }
}

#[test]
fn nothing_is_printed_of_what_passes() {
    let (_upstream, server) = relay("HTTP/1.1 403 No\r\ncontent-length: 13\r\n\r\nsecret answer");
    assert_eq!(
        asked(&server, Method::POST, &unwrap(), &[TOKEN], b"secret body"),
        403
    );
    assert_eq!(
        asked(
            &server,
            Method::POST,
            "/kms/secret",
            &[TOKEN],
            b"secret body"
        ),
        404
    );
    assert_eq!(server.printed(), "");
}

#[test]
fn there_is_none_unless_it_is_configured() {
    let server = Server::start();
    let answered = asked(&server, Method::POST, &unwrap(), &[TOKEN], b"{}");
    assert!((400..500).contains(&answered), "{answered}");
}
