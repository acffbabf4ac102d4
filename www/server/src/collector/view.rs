//! The page of what the collector has: plain HTML, without a script.

use super::book::{AlertLine, LogLine, Overview};

pub fn page(overview: &Overview) -> String {
    let logs: String = overview.logs.iter().map(log).collect();
    let alerts: String = overview.alerts.iter().map(alert).collect();
    let witness = escaped(&overview.witness);
    let refusals: String = overview.refusals.iter().map(alert).collect();
    format!(
        r#"<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <meta name="viewport" content="width=device-width" />
  <title>Audit logs</title>
  <h1>Audit logs</h1>
  <h2>Vaults</h2>
  <table id="logs">
    <tr><th>Vault</th><th>Identity</th><th>Log</th><th>Device</th><th>Entries</th><th>Signed</th><th>Root</th><th>Last batch (UTC, ms)</th></tr>
{logs}  </table>
  <h2>Alerts</h2>
  <table id="alerts">
    <tr><th>Vault</th><th>Log</th><th>What</th><th>When (UTC, ms)</th></tr>
{alerts}  </table>
  <h2>Refused and noted batches</h2>
  <table id="refusals">
    <tr><th>Vault</th><th>Log</th><th>Why</th><th>When (UTC, ms)</th></tr>
{refusals}  </table>
  <h2>Witness</h2>
  <p>The key by which this server cosigns checkpoints at <code>/add-checkpoint</code>: <code id="witness">{witness}</code></p>
</html>
"#
    )
}

fn log(line: &LogLine) -> String {
    row(&[
        &line.vault,
        &line.identity,
        &line.log,
        &line.device,
        &line.size.to_string(),
        &line.signed.to_string(),
        &line.root,
        &line.seen.to_string(),
    ])
}

fn alert(line: &AlertLine) -> String {
    row(&[&line.vault, &line.log, &line.what, &line.at.to_string()])
}

fn row(cells: &[&str]) -> String {
    let cells: String = cells
        .iter()
        .map(|cell| format!("<td>{}</td>", escaped(cell)))
        .collect();
    format!("    <tr>{cells}</tr>\n")
}

/// What a batch says is text of others.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for sign in text.chars() {
        match sign {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            sign => safe.push(sign),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_batch_says_is_shown_as_text() {
        let hostile = r#"<script>'"&"#;
        let line = AlertLine {
            vault: hostile.into(),
            log: hostile.into(),
            what: hostile.into(),
            at: 1,
        };
        let shown = page(&Overview {
            logs: Vec::new(),
            alerts: vec![line],
            refusals: Vec::new(),
            witness: hostile.into(),
        });
        assert!(!shown.contains("<script"));
        assert!(shown.contains("<td>&lt;script&gt;&#39;&quot;&amp;</td>"));
    }
}
