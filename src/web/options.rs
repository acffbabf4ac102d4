//! What the page's side asks for, out of JSON. Members that nobody knows are refused.

use crate::{
    base::{Error, Fields, Json, Result, VersionState},
    keys::{Alias, KeyAction, KeyOptions, KeyQuery, Labels, Period, Purpose},
};

const NOT_ONE: Error = Error::Argument("options");

/// Members, one taken out after the other.
pub(super) struct Options(Fields);

impl Options {
    pub(super) fn parse(json: &str) -> Self {
        Self(Fields::parse(json.as_bytes(), NOT_ONE))
    }

    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.0.optional_string(name)
    }

    pub(super) fn number(&mut self, name: &str) -> Option<u64> {
        self.0.optional_number(name)
    }

    pub(super) fn flag(&mut self, name: &str) -> bool {
        self.0.flag(name)
    }

    /// How many a page is to have: 100 unless something else is said, and at least one.
    pub(super) fn limit(&mut self) -> usize {
        let limit = self.number("limit").unwrap_or(100);
        let bounded = limit.clamp(1, KeyQuery::MAX as u64);
        usize::try_from(bounded).unwrap_or(KeyQuery::MAX)
    }

    fn period(&mut self, name: &str) -> Option<Period> {
        let text = self.0.optional_string(name)?;
        self.0.checked(Period::parse(&text).map(Some), None)
    }

    fn purpose(&mut self) -> Option<Purpose> {
        const PURPOSE: Error = Error::Argument("purpose must be encrypt, share or sign");
        let purpose = self.text("purpose")?;
        let purpose = Purpose::parse(&purpose).map_err(|_| PURPOSE);
        self.0.checked(purpose.map(Some), None)
    }

    fn labels(&mut self) -> Option<Labels> {
        let labels = self.0.optional_object("labels")?;
        let labels = Labels::new(labels).map(Some);
        self.0.checked(labels, Some(Labels::default()))
    }

    pub(super) fn end(&self) -> Result<()> {
        self.0.end()
    }
}

/// `{ alias, purpose?, labels?, rotateEvery? }`; of a session's key `ttl` too.
pub(super) fn key_options(options: &mut Options) -> Result<KeyOptions> {
    let alias = options.text("alias");
    Ok(KeyOptions {
        alias: alias.as_deref().unwrap_or_default().parse()?,
        purpose: options.purpose().unwrap_or_default(),
        labels: options.labels().unwrap_or_default(),
        rotate_every: options.period("rotateEvery"),
    })
}

/// How long a session's key lives, in milliseconds: the last of its options.
pub(super) fn ttl(mut options: Options) -> Result<u64> {
    const NONE: Error = Error::Argument("ttl: how long the key lives, such as PT1H");
    let ttl = options.period("ttl");
    options.end()?;
    Ok(ttl.ok_or(NONE)?.millis())
}

/// `{ prefix?, state?, purpose?, label?: [name, value?], dueBefore?, after?, limit? }`.
pub(super) fn key_query(json: &str) -> Result<KeyQuery> {
    const STATE: Error = Error::Argument("a version's state");
    let mut options = Options::parse(json);
    let state = options.text("state");
    let state = state.map(|state| VersionState::parse(&state).map_err(|_| STATE));
    let label = label(options.0.remove("label"));
    let query = KeyQuery {
        prefix: options.text("prefix"),
        state: options.0.checked(state.transpose(), None),
        purpose: options.purpose(),
        label: options.0.checked(label, None),
        due_before: options.number("dueBefore"),
        after: options.text("after"),
        limit: options.limit(),
    };
    options.end().map(|()| query)
}

fn label(label: Option<Json>) -> Result<Option<(String, Option<String>)>> {
    const LABEL: Error = Error::Argument("a label's name, and perhaps its value");
    let text = |json: &Json| json.as_str().map(str::to_owned).ok_or(LABEL);
    match label {
        None => Ok(None),
        Some(Json::Array(parts)) => match parts.as_slice() {
            [name] => Ok(Some((text(name)?, None))),
            [name, value] => Ok(Some((text(name)?, Some(text(value)?)))),
            _ => Err(LABEL),
        },
        Some(_) => Err(LABEL),
    }
}

/// `{ do, … }`.
pub(super) fn request(json: &str) -> Result<KeyAction> {
    const UNKNOWN: Error = Error::Argument("what to do with the key");
    let mut options = Options::parse(json);
    let what = options.text("do").unwrap_or_default();
    let request = match what.as_str() {
        "rotate" => KeyAction::Rotate {
            waits: options.0.remove("activate") == Some(Json::Bool(false)),
        },
        "activate" => KeyAction::Activate(options.text("version")),
        "suspend" => KeyAction::Suspend(options.text("version")),
        "resume" => KeyAction::Resume(options.text("version")),
        "revoke" => KeyAction::Revoke {
            version: options.text("version"),
            reason: options.text("reason"),
            compromised: options.flag("compromised"),
        },
        "scheduleDestroy" => KeyAction::ScheduleDestroy {
            version: options.text("version"),
            after: options.period("after"),
            force: options.flag("force"),
        },
        "cancelDestroy" => KeyAction::CancelDestroy(options.text("version")),
        "destroy" => KeyAction::Destroy {
            version: options.text("version"),
            force: options.flag("force"),
        },
        "update" => KeyAction::Update {
            alias: alias(&mut options),
            labels: options.labels(),
            rotate_every: rotate_every(&mut options),
        },
        _ => return Err(UNKNOWN),
    };
    options.end().map(|()| request)
}

/// A period, `null` for none, or nothing where it stays as it is.
fn rotate_every(options: &mut Options) -> Option<Option<Period>> {
    if options.0.skip("rotateEvery", &Json::Null) {
        return Some(None);
    }
    options.period("rotateEvery").map(Some)
}

fn alias(options: &mut Options) -> Option<Alias> {
    let alias = options.text("alias")?.parse();
    options.0.checked(alias.map(Some), None)
}
