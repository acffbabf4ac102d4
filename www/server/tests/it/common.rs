//! Runs the server as a person would and talks to it as the page does.
#![expect(
    clippy::panic,
    reason = "a test that cannot start its server has failed"
)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::http::{Method, Request, Response};
use ureq::{Agent, Body};

/// A running server over folders of its own; both end with this value.
pub struct Server {
    process: Child,
    out: BufReader<ChildStdout>,
    agent: Agent,
    folders: Arc<TempDir>,
    /// The page's origin.
    pub page: String,
    /// The store's origin.
    pub store: String,
}

/// A URL that was minted for one request.
pub struct Presigned {
    pub method: Method,
    pub url: String,
    pub headers: Vec<(String, String)>,
}

impl Server {
    pub fn start() -> Self {
        Self::start_with(&[], &[])
    }

    /// What the server says that does not start on this port.
    pub fn refusal(port: u16) -> String {
        let folders = folders();
        let mut process = command(&folders, port)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        let mut told = BufReader::new(process.stdout.take().expect("it is piped"));
        told.read_line(&mut line).expect("readable");
        // It would listen until it is ended.
        process.kill().expect("it is ended");
        let ended = process.wait_with_output().expect("it ends");
        assert_eq!(line, "", "the server started");
        String::from_utf8(ended.stderr).expect("text")
    }

    /// Whether it ends at once, without a word of where it listens, with these arguments.
    pub fn refuses(args: &[&str]) -> bool {
        let ended = command(&folders(), 0).args(args).output();
        let ended = ended.expect("the server ends");
        !ended.status.success() && ended.stdout.is_empty()
    }

    /// Starts with more arguments and environment variables.
    pub fn start_with(args: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::run(Arc::new(folders()), args, environment)
    }

    /// Ends the process and starts another over the same folders.
    pub fn restart(self) -> Self {
        let folders = Arc::clone(&self.folders);
        drop(self);
        Self::run(folders, &[], &[])
    }

    fn run(folders: Arc<TempDir>, args: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut process = command(&folders, 0)
            .args(args)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut out = BufReader::new(process.stdout.take().expect("it is piped"));
        let mut line = |prefix: &str| {
            let mut line = String::new();
            out.read_line(&mut line).expect("readable");
            match line.trim_end().strip_prefix(prefix) {
                Some(rest) => rest.to_owned(),
                None => panic!("expected `{prefix}…`, got `{line}`"),
            }
        };
        let (page, store) = (line("listening on "), line("store on "));
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None);
        Self {
            process,
            out,
            agent: config.build().new_agent(),
            folders,
            page,
            store,
        }
    }

    /// The store's folder.
    pub fn data(&self) -> std::path::PathBuf {
        self.folders.path().join("data")
    }

    /// One request, whatever it is answered.
    pub fn send(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Response<Body> {
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).expect("a valid request");
        let agent = self
            .agent
            .configure_request(request)
            .allow_non_standard_methods(true);
        self.agent.run(agent.build()).expect("an answer")
    }

    /// The status and JSON of a POST to the API from the page itself.
    pub fn ask(&self, action: &Value) -> (u16, Value) {
        let url = format!("{}/api/presign", self.page);
        let headers = [
            ("origin", self.page.as_str()),
            ("content-type", "application/json"),
        ];
        let answer = self.send(Method::POST, &url, &headers, action.to_string().as_bytes());
        (answer.status().as_u16(), json(answer))
    }

    /// Mints a URL.
    pub fn presign(&self, action: &Value) -> Presigned {
        let (status, minted) = self.ask(action);
        assert_eq!(status, 200, "{minted}");
        let text = |value: &Value| value.as_str().expect("a string").to_owned();
        Presigned {
            method: text(&minted["method"]).parse().expect("a method"),
            url: text(&minted["url"]),
            headers: minted["headers"]
                .as_object()
                .expect("headers")
                .iter()
                .map(|(name, value)| (name.clone(), text(value)))
                .collect(),
        }
    }

    /// Mints a URL and sends the request it was minted for, with more headers.
    pub fn perform(&self, action: &Value, headers: &[(&str, &str)], body: &[u8]) -> Response<Body> {
        let Presigned {
            method,
            url,
            headers: signed,
        } = self.presign(action);
        let signed = signed
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let all: Vec<_> = signed.chain(headers.iter().copied()).collect();
        self.send(method, &url, &all, body)
    }

    pub fn put(&self, key: &str, body: &[u8]) -> u16 {
        self.perform(&json!({ "action": "put", "key": key }), &[], body)
            .status()
            .as_u16()
    }

    pub fn get(&self, key: &str, headers: &[(&str, &str)]) -> Response<Body> {
        self.perform(&json!({ "action": "get", "key": key }), headers, &[])
    }

    /// The list of objects.
    pub fn objects(&self) -> Value {
        let url = format!("{}/api/objects", self.page);
        json(self.send(Method::GET, &url, &[], &[]))
    }

    /// Ends the process, and gives what it printed since it told where it listens.
    pub fn printed(mut self) -> String {
        self.process.kill().expect("it is ended");
        let mut told = String::new();
        self.out.read_to_string(&mut told).expect("text");
        let mut errors = self.process.stderr.take().expect("it is piped");
        errors.read_to_string(&mut told).expect("text");
        told
    }

    /// Asks the process to end, and says whether it ended well.
    #[cfg(unix)]
    pub fn terminate(mut self) -> bool {
        let pid = self.process.id().to_string();
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .expect("kill runs");
        self.process.wait().expect("it ends").success()
    }
}

/// Folders with a small page.
fn folders() -> TempDir {
    let folders = TempDir::new().expect("a folder for the test");
    let page = folders.path().join("page");
    std::fs::create_dir(&page).expect("a folder for the page");
    std::fs::write(page.join("index.html"), "<!doctype html>").expect("a page");
    std::fs::write(page.join("small.wasm"), b"\0asm\x01\0\0\0").expect("a module");
    folders
}

fn command(folders: &TempDir, port: u16) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_strongroom-demo-server"));
    command
        .args(["--port", &port.to_string()])
        .arg("--page")
        .arg(folders.path().join("page"))
        .arg("--data")
        .arg(folders.path().join("data"));
    command
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub fn text(mut answer: Response<Body>) -> String {
    answer
        .body_mut()
        .read_to_string()
        .expect("a readable answer")
}

pub fn bytes(mut answer: Response<Body>) -> Vec<u8> {
    answer
        .body_mut()
        .with_config()
        .limit(64 << 20)
        .read_to_vec()
        .expect("a readable answer")
}

pub fn header<'a>(answer: &'a Response<Body>, name: &str) -> &'a str {
    answer
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().expect("text"))
}

fn json(answer: Response<Body>) -> Value {
    serde_json::from_str(&text(answer)).expect("JSON")
}
