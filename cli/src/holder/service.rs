//! A key management service: one address, a time limit, further attempts, and answers of bounded size. What differs between
//! services is in their own files.

use std::{env, io::Read as _, thread::sleep, time::Duration};

use ureq::{Agent, http::Uri};
use zeroize::Zeroizing;

use crate::failure::{Exit, Failure, Outcome};

/// For one attempt.
const PATIENCE: Duration = Duration::from_secs(10);
/// Before each further attempt where the service throttles or fails.
const PAUSES: [Duration; 3] = [
    Duration::from_millis(250),
    Duration::from_secs(1),
    Duration::from_secs(4),
];
/// The most bytes of an answer: one has a kilobyte.
const MOST: u64 = 64 * 1024;

/// What a service is called, and the option that gives another address than its own.
pub struct Names {
    pub service: &'static str,
    pub endpoint: &'static str,
}

/// A service, and where it is asked.
pub struct Service {
    pub names: &'static Names,
    endpoint: Uri,
    agent: Agent,
}

/// A request, made for one attempt.
pub struct Call<'a> {
    /// Path and query, with the slash at its front.
    pub target: &'a str,
    pub headers: &'a [(&'a str, &'a str)],
    pub body: &'a [u8],
}

/// An answer, which may hold a secret.
pub struct Response {
    pub status: u16,
    pub body: Zeroizing<Vec<u8>>,
}

/// Why there is none.
pub enum Refusal {
    /// It may answer a little later.
    Later(Failure),
    Final(Failure),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let (Refusal::Later(failure) | Refusal::Final(failure)) = refusal;
        failure
    }
}

impl Service {
    /// At the address that the caller gives, otherwise at the service's own.
    ///
    /// # Errors
    /// A [`Failure`] for an address that secrets may not be sent to.
    pub fn at(names: &'static Names, given: Option<&str>, own: &str) -> Outcome<Self> {
        let endpoint = address(names.endpoint, given.unwrap_or(own))?;
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(true)
            .timeout_global(Some(PATIENCE))
            .user_agent("strongroom")
            .max_response_header_size(16 * 1024);
        if endpoint.scheme_str() == Some("http") {
            // This machine is asked directly.
            config = config.proxy(None);
        }
        let agent = config.build().into();
        Ok(Self {
            names,
            endpoint,
            agent,
        })
    }

    /// Its host, as a request names it.
    pub fn host(&self) -> &str {
        let authority = self.endpoint.authority();
        authority.map(|host| host.as_str()).unwrap_or_default()
    }

    /// The answer to a call, asked again where the service throttles or fails. `attempt` sends it, and `refusal` tells what a
    /// status that is no success is.
    ///
    /// # Errors
    /// What `attempt` and `refusal` say.
    pub fn answer(
        &self,
        attempt: impl Fn(&Self) -> Outcome<Response>,
        refusal: impl Fn(&Response) -> Refusal,
    ) -> Outcome<Zeroizing<Vec<u8>>> {
        let mut pauses = PAUSES.into_iter();
        loop {
            let response = attempt(self)?;
            if (200..300).contains(&response.status) {
                return Ok(response.body);
            }
            match (refusal(&response), pauses.next()) {
                (Refusal::Later(_), Some(pause)) => sleep(pause),
                (refusal, _) => return Err(refusal.into()),
            }
        }
    }

    /// Sends one request.
    ///
    /// # Errors
    /// A [`Failure`] where nothing answers in time, or by a redirect or too much.
    pub fn send(&self, call: &Call<'_>) -> Outcome<Response> {
        let endpoint = self.endpoint.to_string();
        let address = format!("{}{}", endpoint.trim_end_matches('/'), call.target);
        let mut request = self.agent.post(&address);
        for (name, value) in call.headers {
            request = request.header(*name, *value);
        }
        let mut response = request
            .send(call.body)
            .map_err(|error| self.unreached(&error))?;
        let status = response.status().as_u16();
        let mut body = Zeroizing::new(Vec::with_capacity(8192));
        let read = response
            .body_mut()
            .as_reader()
            .take(MOST + 1)
            .read_to_end(&mut body);
        // A time limit stands inside such an error, too.
        read.map_err(|error| self.unreached(&ureq::Error::from(error)))?;
        if body.len() as u64 > MOST {
            return Err(self.malformed());
        }
        Ok(Response { status, body })
    }

    /// What is no answer of the service's.
    pub fn malformed(&self) -> Failure {
        let what = format!(
            "{} gave what is no answer to this question",
            self.names.service
        );
        Failure::new(Exit::System, &what, &self.way())
    }

    /// A refusal that is none of the service's, by its HTTP status and its code, if it has one that can be repeated.
    pub fn malformed_refusal(&self, status: u16, code: &str) -> Refusal {
        let service = self.names.service;
        let what =
            format!("what answers for {service} refuses this with HTTP status {status} {code}");
        Refusal::Final(Failure::new(Exit::System, what.trim_end(), &self.way()))
    }

    /// A refusal that may be over a little later.
    pub fn unavailable(&self, status: u16, code: &str) -> Refusal {
        let code = if code.is_empty() { "no code" } else { code };
        let service = self.names.service;
        let what = format!("{service} cannot answer for now ({code}), with HTTP status {status}");
        let next = "try again later, or use another way to open this";
        Refusal::Later(Failure::new(Exit::System, &what, next))
    }

    /// A refusal of one request too many.
    pub fn throttled(&self, code: &str) -> Refusal {
        let what = format!(
            "{} refuses more requests for now ({code})",
            self.names.service
        );
        Refusal::Later(Failure::new(Exit::System, &what, "try again later"))
    }

    fn way(&self) -> String {
        format!("check {} and the network's proxy", self.names.endpoint)
    }

    /// A service that gave no answer.
    fn unreached(&self, error: &ureq::Error) -> Failure {
        let Names { service, endpoint } = self.names;
        let (what, next) = match error {
            ureq::Error::TooManyRedirects | ureq::Error::RedirectFailed => (
                format!("{service} is answered by a redirect, which is not followed"),
                self.way(),
            ),
            ureq::Error::Timeout(_) => (
                format!("{service} did not answer within 10 seconds"),
                "try again later, or use another way to open this".to_owned(),
            ),
            error => (
                format!("{service} cannot be reached: {error}"),
                format!("check the network, the key's name, and {endpoint}"),
            ),
        };
        Failure::new(Exit::System, &what, &next)
    }
}

/// A service's code for a refusal, of letters and digits alone: its own sentences are not repeated, since one may repeat what
/// was sent.
pub fn code_of(text: &str) -> &str {
    let is_one = text.len() <= 64
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_one { text } else { "" }
}

/// A credential, which is never given on the command line.
///
/// # Errors
/// A [`Failure`] for what cannot be one.
pub fn from_environment(name: &str) -> Outcome<Option<Zeroizing<String>>> {
    let Some(value) = env::var_os(name).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let text = value.into_string().ok().map(Zeroizing::new);
    let visible = |text: &Zeroizing<String>| text.bytes().all(|byte| byte.is_ascii_graphic());
    match text.filter(visible) {
        Some(text) => Ok(Some(text)),
        None => Err(Failure::option(
            name,
            "credential",
            "it has characters that no credential has",
        )),
    }
}

/// Whether secrets may be sent to an address's host: by TLS, or on this machine.
pub fn is_safe(uri: &Uri) -> bool {
    let is_here = matches!(uri.host(), Some("127.0.0.1" | "[::1]" | "localhost"));
    let names_host = |host: &ureq::http::uri::Authority| !host.as_str().contains('@');
    uri.authority().is_some_and(names_host)
        && (uri.scheme_str() == Some("https") || (uri.scheme_str() == Some("http") && is_here))
}

/// A safe address of a host alone.
fn address(option: &str, text: &str) -> Outcome<Uri> {
    let is_whole = |uri: &Uri| uri.path_and_query().is_none_or(|path| path.as_str() == "/");
    let parsed = text.parse::<Uri>().ok();
    parsed
        .filter(|uri| is_safe(uri) && is_whole(uri))
        .ok_or_else(|| {
            let next = "give https://HOST, or http:// of this machine (127.0.0.1, [::1] or localhost), without a path";
            Failure::option(option, "address that is taken here", next)
        })
}
