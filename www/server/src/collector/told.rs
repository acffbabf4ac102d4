//! What the page shows of an entry: as much as a batch must say to be taken. That it is true nobody proves.

use serde_json::Value;

/// OCSF's `severity_id` from which on an event is an alert: medium.
pub const ALERT: i64 = 3;
/// The largest `severity_id` of OCSF: another one than it names.
const OTHER_SEVERITY: i64 = 99;
/// Characters of an operation's name, and of an error's code.
const LONGEST: usize = 64;

/// What an entry says of itself.
pub struct Told {
    /// Its number.
    pub sequence: u64,
    /// OCSF's `severity_id`; of an entry as it is, which has none: of what failed, an alert's.
    pub severity: i64,
    /// The operation, and the error that it ended with.
    pub what: String,
    /// Milliseconds since 1970, by the sender's clock.
    pub at: i64,
}

impl Told {
    /// Nothing of what is not an entry in that format.
    pub fn of(entry: &Value, format: &str) -> Option<Self> {
        let ocsf = format == "ocsf";
        let member =
            |of_event: &str, of_entry: &str| entry.pointer(if ocsf { of_event } else { of_entry });
        let error = match member("/status_code", "/error") {
            None => None,
            Some(code) => Some(short(code)?),
        };
        let severity = match (ocsf, error) {
            (true, _) => entry.get("severity_id")?.as_i64()?,
            (false, Some(_)) => ALERT,
            (false, None) => 1,
        };
        let operation = short(member("/metadata/event_code", "/operation")?)?;
        (0..=OTHER_SEVERITY).contains(&severity).then_some(())?;
        Some(Self {
            sequence: member("/metadata/sequence", "/sequence")?.as_u64()?,
            severity,
            what: [operation, error.unwrap_or_default()]
                .join(" ")
                .trim_end()
                .to_owned(),
            at: member("/time", "/at")?.as_i64()?,
        })
    }
}

fn short(text: &Value) -> Option<&str> {
    text.as_str()
        .filter(|text| !text.is_empty() && text.chars().count() <= LONGEST)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_without_a_code_a_time_or_a_severity_is_none() {
        let event = json!({ "severity_id": 5, "time": 7, "status_code": "ERR_POLICY",
            "metadata": { "sequence": 1, "event_code": "decrypt" } });
        let told = Told::of(&event, "ocsf").expect("an event");
        assert_eq!((&*told.what, told.at), ("decrypt ERR_POLICY", 7));
        assert_eq!((told.sequence, told.severity), (1, 5));
        let long = "x".repeat(65);
        for (member, wrong) in [
            ("/metadata/event_code", json!(null)),
            ("/metadata/event_code", json!(7)),
            ("/metadata/event_code", json!("")),
            ("/metadata/event_code", json!(long)),
            ("/metadata/sequence", json!(1.5)),
            ("/time", json!("x")),
            ("/time", json!(1.5)),
            ("/time", json!(u64::MAX)),
            ("/status_code", json!(long)),
            ("/status_code", json!({})),
            ("/severity_id", json!("5")),
            ("/severity_id", json!(100)),
        ] {
            let mut event = event.clone();
            *event.pointer_mut(member).expect("a member") = wrong.clone();
            assert!(Told::of(&event, "ocsf").is_none(), "{member}: {wrong}");
        }
        let entry = json!({ "sequence": 1, "at": -1, "operation": "encrypt" });
        let told = Told::of(&entry, "entries").expect("an entry");
        assert_eq!((&*told.what, told.severity, told.at), ("encrypt", 1, -1));
        for member in ["sequence", "at", "operation"] {
            let mut entry = entry.clone();
            entry[member] = json!([]);
            assert!(Told::of(&entry, "entries").is_none(), "{member}");
        }
    }
}
