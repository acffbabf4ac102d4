//! What a page says of keys: options of new ones, filters, and what is to be done with one.

use serde::Deserialize;

use crate::{
    base::{Error, InputError, Json, Object, Result, Timestamp, VersionState},
    keys::{KeyAction, KeyOptions, KeyQuery, Labels, Period, Policy, Purpose},
};

use super::{approvals::approvals, options};

/// How many a page has, unless something else is said.
const PAGE: u64 = 100;

/// `KeyOptions` and `SessionOptions` of `js/src/shared/model`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewKey {
    alias: Option<String>,
    purpose: Option<String>,
    labels: Option<Object>,
    rotate_every: Option<String>,
    policy: Option<Object>,
    ttl: Option<String>,
}

impl NewKey {
    fn read(self) -> Result<KeyOptions> {
        Ok(KeyOptions {
            alias: self.alias.as_deref().unwrap_or_default().parse()?,
            purpose: purpose(self.purpose.as_deref())?.unwrap_or_default(),
            labels: labels(self.labels)?.unwrap_or_default(),
            rotate_every: period(self.rotate_every.as_deref())?,
            policy: self.policy.map(Policy::parse).transpose()?,
        })
    }
}

/// Options of a key that is stored: `KeyOptions`.
///
/// # Errors
/// [`Error::Argument`], as for the others here.
pub fn new_key(given: Object) -> Result<KeyOptions> {
    const STAYS: Error = Error::Argument("ttl: only a session's key has one");
    let new: NewKey = options(given)?;
    if new.ttl.is_some() {
        return Err(STAYS);
    }
    new.read()
}

/// Options of a session's key, and how long it lives, in milliseconds: `SessionOptions`.
///
/// # Errors
/// As for [`new_key`].
pub fn new_session(given: Object) -> Result<(KeyOptions, u64)> {
    const NONE: Error = Error::Argument("ttl: how long the key lives, such as PT1H");
    let mut new: NewKey = options(given)?;
    if new.policy.is_some() {
        return Err(Error::Argument("policy: a session's key has none"));
    }
    let ttl = period(new.ttl.take().as_deref())?;
    let key = new.read()?;
    Ok((key, ttl.ok_or(NONE)?.millis()))
}

/// `KeyFilter` and `PageOptions`, a label as an array.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Query {
    prefix: Option<String>,
    state: Option<String>,
    purpose: Option<String>,
    label: Option<Vec<String>>,
    due_before: Option<Timestamp>,
    destroyed: Option<bool>,
    after: Option<String>,
    limit: Option<u64>,
}

/// Which keys to list: `KeyFilter` and `PageOptions`, a label as an array.
///
/// # Errors
/// As for [`new_key`].
pub fn key_query(given: Object) -> Result<KeyQuery> {
    const STATE: Error = Error::Argument("a version's state");
    let query: Query = options(given)?;
    let state = query.state.as_deref().map(VersionState::parse);
    let state = state.transpose().map_err(|_| STATE)?;
    Ok(KeyQuery {
        prefix: query.prefix,
        state,
        purpose: purpose(query.purpose.as_deref())?,
        label: query.label.map(label).transpose()?,
        due_before: query.due_before,
        // Who asks for what is destroyed wants these above all.
        destroyed: query
            .destroyed
            .unwrap_or(state == Some(VersionState::Destroyed)),
        after: query.after,
        limit: limit(query.limit),
    })
}

/// How many a page is to have, and at least one.
pub(super) fn limit(limit: Option<u64>) -> usize {
    let bounded = limit.unwrap_or(PAGE).clamp(1, KeyQuery::MAX as u64);
    usize::try_from(bounded).unwrap_or(KeyQuery::MAX)
}

#[derive(Deserialize)]
struct Rotate {
    activate: Option<bool>,
}

#[derive(Deserialize)]
struct OfVersion {
    version: Option<String>,
}

#[derive(Deserialize)]
struct Revoke {
    version: Option<String>,
    compromised: Option<bool>,
}

#[derive(Deserialize)]
struct ScheduleDestroy {
    version: Option<String>,
    after: Option<String>,
    force: Option<bool>,
}

#[derive(Deserialize)]
struct Destroy {
    version: Option<String>,
    force: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Update {
    alias: Option<String>,
    labels: Option<Object>,
    /// A period; `null` for none.
    rotate_every: Option<Json>,
}

#[derive(Deserialize)]
struct SetPolicy {
    /// `null` for none.
    policy: Json,
}

/// What is to be done with a key: `{ do, reason, approvals, … }`.
///
/// # Errors
/// As for [`new_key`].
pub fn key_action(given: Object) -> Result<AskedAction> {
    const NO_REASON: InputError = InputError::Argument("reason must be a text");
    let mut members = given;
    let reason = members.optional_string("reason", NO_REASON)?;
    let approvals = approvals(&mut members)?;
    let named = members.string("do", UNKNOWN)?;
    Ok(AskedAction {
        action: action(&named, members)?,
        reason,
        approvals,
    })
}

/// What is to be done with a key, and what is said with it.
pub struct AskedAction {
    /// What it is.
    pub action: KeyAction,
    /// Why.
    pub reason: Option<String>,
    /// Others' approvals of it.
    pub approvals: Vec<String>,
}

const UNKNOWN: InputError = InputError::Argument("what to do with the key");

pub(super) fn action(named: &str, members: Object) -> Result<KeyAction> {
    Ok(match named {
        "rotate" => {
            let Rotate { activate } = options(members)?;
            KeyAction::Rotate {
                waits: activate == Some(false),
            }
        }
        "activate" => KeyAction::Activate(version(members)?),
        "suspend" => KeyAction::Suspend(version(members)?),
        "resume" => KeyAction::Resume(version(members)?),
        "cancelDestroy" => KeyAction::CancelDestroy(version(members)?),
        "revoke" => {
            let revoke: Revoke = options(members)?;
            KeyAction::Revoke {
                version: revoke.version,
                compromised: revoke.compromised.unwrap_or_default(),
            }
        }
        "scheduleDestroy" => {
            let schedule: ScheduleDestroy = options(members)?;
            KeyAction::ScheduleDestroy {
                version: schedule.version,
                after: period(schedule.after.as_deref())?,
                force: schedule.force.unwrap_or_default(),
            }
        }
        "destroy" => {
            let destroy: Destroy = options(members)?;
            KeyAction::Destroy {
                version: destroy.version,
                force: destroy.force.unwrap_or_default(),
            }
        }
        "update" => update(options(members)?)?,
        "setPolicy" => KeyAction::SetPolicy(new_policy(members)?),
        _ => return Err(UNKNOWN.into()),
    })
}

pub(super) fn version(members: Object) -> Result<Option<String>> {
    let OfVersion { version } = options(members)?;
    Ok(version)
}

fn update(update: Update) -> Result<KeyAction> {
    const PERIOD: Error = Error::Argument("rotateEvery");
    let rotate_every = match update.rotate_every {
        None => None,
        Some(Json::Null) => Some(None),
        Some(Json::String(text)) => Some(Some(Period::parse(&text)?)),
        Some(_) => return Err(PERIOD),
    };
    Ok(KeyAction::Update {
        alias: update.alias.as_deref().map(str::parse).transpose()?,
        labels: labels(update.labels)?,
        rotate_every,
    })
}

pub(super) fn new_policy(members: Object) -> Result<Option<Box<Policy>>> {
    const POLICY: Error = Error::Argument("policy must be a plain object, or null for none");
    let SetPolicy { policy } = options(members)?;
    let policy = match policy {
        Json::Null => None,
        Json::Object(members) => Some(Box::new(Policy::parse(members)?)),
        _ => return Err(POLICY),
    };
    Ok(policy)
}

fn purpose(text: Option<&str>) -> Result<Option<Purpose>> {
    const PURPOSE: Error = Error::Argument("purpose must be encrypt, share or sign");
    let purpose = text.map(Purpose::parse);
    purpose.transpose().map_err(|_| PURPOSE)
}

fn period(text: Option<&str>) -> Result<Option<Period>> {
    text.map(Period::parse).transpose()
}

fn labels(members: Option<Object>) -> Result<Option<Labels>> {
    members.map(Labels::new).transpose()
}

fn label(parts: Vec<String>) -> Result<(String, Option<String>)> {
    const LABEL: Error = Error::Argument("a label's name, and perhaps its value");
    let mut parts = parts.into_iter();
    match (parts.next(), parts.next(), parts.next()) {
        (Some(name), value, None) => Ok((name, value)),
        _ => Err(LABEL),
    }
}
