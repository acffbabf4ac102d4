//! Services that take an access token: how they are asked, and what their refusals are, by HTTP status where it tells.

use serde::Serialize;
use zeroize::Zeroizing;

use super::service::{Call, Names, Refusal, Response, Service, from_environment};
use crate::failure::{Exit, Failure, Outcome};

/// A service, and who asks it.
pub struct BearerService {
    service: Service,
    ways: &'static Ways,
    authorization: Zeroizing<String>,
}

/// What differs between services: the variable of the token, what a service calls the right to decrypt, and how its
/// administrator enables a key.
pub struct Ways {
    /// What it is called, and the option that gives another address.
    pub names: Names,
    /// The variable that has an access token.
    pub variable: &'static str,
    /// `ask the administrator of the key for …`
    pub right: &'static str,
    /// The command that prints an access token.
    pub token: &'static str,
    /// `its administrator can …`
    pub enable: &'static str,
    /// `its administrator can …`, of a key that is to be deleted.
    pub restore: &'static str,
    /// `check …`
    pub name: &'static str,
}

/// What a refusal is, whatever the service's own words for it are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    Denied,
    Disabled,
    PendingDeletion,
    NotFound,
    WrongKey,
    Expired,
    Throttled,
    Unavailable,
    Other,
}

impl Why {
    /// By a status that says it all.
    pub const fn of_status(status: u16) -> Self {
        match status {
            401 => Self::Expired,
            403 => Self::Denied,
            404 => Self::NotFound,
            429 => Self::Throttled,
            500.. => Self::Unavailable,
            _ => Self::Other,
        }
    }
}

impl BearerService {
    /// At the address that the caller gives, otherwise at the service's own; by the token of its variable.
    ///
    /// # Errors
    /// A [`Failure`] for an address that secrets may not be sent to, and without a token.
    pub fn at(ways: &'static Ways, given: Option<&str>, own: &str) -> Outcome<Self> {
        let service = Service::at(&ways.names, given, own)?;
        let Some(token) = from_environment(ways.variable)? else {
            let (variable, name) = (ways.variable, ways.names.service);
            let what = format!("{variable} is not set, by which {name} knows who asks");
            let next = format!(
                "set it for this program alone, as `{}` prints it",
                ways.token
            );
            return Err(Failure::new(Exit::Usage, &what, &next));
        };
        let mut authorization = Zeroizing::new(String::with_capacity(token.len() + 7));
        authorization.push_str("Bearer ");
        authorization.push_str(&token);
        Ok(Self {
            service,
            ways,
            authorization,
        })
    }

    /// What `read` finds in the answer to a request. `why` says what a refusal is, and its code.
    ///
    /// # Errors
    /// A [`Failure`] where it refuses, and for an answer in which nothing is found.
    pub fn ask<T>(
        &self,
        target: &str,
        request: &impl Serialize,
        why: impl Fn(&Response) -> (Why, String),
        read: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Outcome<T> {
        // Its members are texts.
        let body = serde_json::to_vec(request).map_err(|_| self.service.malformed())?;
        let headers = [
            ("accept", "application/json"),
            ("content-type", "application/json"),
            ("authorization", self.authorization.as_str()),
        ];
        let call = Call {
            target,
            headers: &headers,
            body: &body,
        };
        let refusal = |response: &Response| {
            let (why, code) = why(response);
            self.refused(why, response.status, &code)
        };
        let answer = self
            .service
            .answer(|service| service.send(&call), refusal)?;
        read(&answer).ok_or_else(|| self.service.malformed())
    }

    fn refused(&self, why: Why, status: u16, code: &str) -> Refusal {
        let (service, ways) = (&self.service, self.ways);
        let name = ways.names.service;
        let (exit, what, next) = match why {
            Why::Throttled => return service.throttled(code),
            Why::Unavailable => return service.unavailable(status, code),
            Why::Other => return service.malformed_refusal(status, code),
            Why::Denied => (
                Exit::Refused,
                format!("{name} denies that this caller uses the key"),
                format!("ask the administrator of the key for {}", ways.right),
            ),
            Why::Disabled => (
                Exit::Refused,
                format!("the key is disabled at {name}"),
                format!("its administrator can {}", ways.enable),
            ),
            Why::PendingDeletion => (
                Exit::Refused,
                format!("the key is deleted at {name}, or will be"),
                format!(
                    "its administrator can {}, while there is time",
                    ways.restore
                ),
            ),
            Why::NotFound => (
                Exit::Factor,
                format!("{name} has no such key"),
                format!("check {}", ways.name),
            ),
            Why::WrongKey => (
                Exit::Content,
                format!("this is not for the key at {name}, or was tampered with"),
                format!(
                    "give the key that it is for, of RSA for decryption: check {}",
                    ways.name
                ),
            ),
            Why::Expired => (
                Exit::Refused,
                format!("the access token has expired, or {name} does not accept it"),
                format!(
                    "get a new one with `{}`, and look at this machine's clock",
                    ways.token
                ),
            ),
        };
        Refusal::Final(Failure::new(exit, &format!("{what} ({code})"), &next))
    }
}
