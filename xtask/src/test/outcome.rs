//! What test runners print, and what of it counts.

use serde_json::Value;

/// A test's place: the file that it is in, where the runner tells it, and its names from the outermost group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    pub file: Option<String>,
    pub names: Vec<String>,
}

impl Test {
    /// Whether both stand in the same outermost group.
    pub fn is_beside(&self, other: &Self) -> bool {
        self.file == other.file && self.names.first() == other.names.first()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Passed,
    Failed,
    Skipped,
}

/// How a suite ended.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The tests that have names, in their order.
    pub tests: Vec<(Test, Ending)>,
    pub passed_unnamed: u32,
    /// Of what has no name: a process that crashed, a hook, a build, where only sums are known.
    pub failed_unnamed: u32,
}

impl Outcome {
    pub fn ended(&self, ending: Ending) -> impl Iterator<Item = &Test> {
        let so = self.tests.iter().filter(move |(_, its)| *its == ending);
        so.map(|(test, _)| test)
    }

    /// The tests of the same group that come before `test`.
    pub fn before(&self, test: &Test) -> Vec<Test> {
        let all = self.tests.iter().map(|(other, _)| other);
        let before = all.take_while(|other| *other != test);
        before
            .filter(|other| other.is_beside(test))
            .cloned()
            .collect()
    }

    /// Reads a line with a sum: `cargo test`'s of one binary's tests, or those of node's own reporter, `ℹ pass 3`,
    /// `ℹ fail 0` and `ℹ cancelled 0`.
    pub fn read_sums(&mut self, line: &str) {
        if let Some((passed, failed)) = cargo_sum(line) {
            self.passed_unnamed += passed;
            self.failed_unnamed += failed;
        }
        let number = |word: &str| {
            let number = line.strip_prefix("ℹ ")?.strip_prefix(word)?;
            number.trim().parse::<u32>().ok()
        };
        self.passed_unnamed += number("pass ").unwrap_or_default();
        self.failed_unnamed += number("fail ").unwrap_or_default();
        self.failed_unnamed += number("cancelled ").unwrap_or_default();
    }

    /// Reads a line that the runner of wasm prints: `test conformance::reads ... ok`.
    pub fn read_wasm(&mut self, line: &str) {
        let Some((name, said)) = line
            .strip_prefix("test ")
            .and_then(|rest| rest.split_once(" ... "))
        else {
            return;
        };
        let test = Test {
            file: None,
            names: vec![name.to_owned()],
        };
        let ending = match said.trim_end() {
            "ok" => Ending::Passed,
            "FAIL" => Ending::Failed,
            _ => Ending::Skipped,
        };
        self.tests.push((test, ending));
    }

    /// Reads a line that `pkg-tests/harness/results.mjs` writes.
    pub fn read_result(&mut self, line: &str) {
        match result(line) {
            Some((test, ending, false)) if test.file.as_ref() != test.names.first() => {
                self.tests.push((test, ending));
            }
            // A hook, or a file that crashed, which bears its own path for a name.
            _ => self.failed_unnamed += 1,
        }
    }

    /// A suite that fails without a failed test (a crash, a build that breaks) counts as one; so does one
    /// that ends well without having run any.
    pub fn end(&mut self, succeeded: bool) {
        let failed = self.failed_unnamed > 0 || self.ended(Ending::Failed).next().is_some();
        let passed = self.passed_unnamed > 0 || self.ended(Ending::Passed).next().is_some();
        if !failed && (!succeeded || !passed) {
            self.failed_unnamed = 1;
        }
    }
}

/// `test result: ok. 3 passed; 0 failed; …`
fn cargo_sum(line: &str) -> Option<(u32, u32)> {
    let (_, numbers) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let number = |word: &str| {
        let mut parts = numbers.split("; ").filter_map(|part| part.split_once(' '));
        parts.find(|(_, said)| *said == word)?.0.parse().ok()
    };
    Some((number("passed")?, number("failed")?))
}

/// The test, how it ended, and whether it is a hook of a group.
fn result(line: &str) -> Option<(Test, Ending, bool)> {
    let result: Value = serde_json::from_str(line).ok()?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let names = result["names"].as_array()?;
    let test = Test {
        file: text(&result["file"]),
        names: names.iter().map(text).collect::<Option<_>>()?,
    };
    let ending = match result["outcome"].as_str()? {
        "passed" => Ending::Passed,
        "skipped" => Ending::Skipped,
        _ => Ending::Failed,
    };
    Some((test, ending, result["suite"].as_bool()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(read: impl Fn(&mut Outcome, &str), lines: &[&str]) -> Outcome {
        let mut outcome = Outcome::default();
        for line in lines {
            read(&mut outcome, line);
        }
        outcome
    }

    /// How many passed, how many failed, and how many of the latter have no name.
    fn numbers(outcome: &Outcome) -> (usize, usize, usize) {
        let [passed, failed] =
            [Ending::Passed, Ending::Failed].map(|ending| outcome.ended(ending).count());
        let [more, unnamed] =
            [outcome.passed_unnamed, outcome.failed_unnamed].map(|number| number as usize);
        (passed + more, failed + unnamed, unnamed)
    }

    #[test]
    fn sums_of_cargo_and_node_are_read() {
        let cargo = [
            "test a ... ok",
            "test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s",
            "test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s",
        ];
        assert_eq!(numbers(&read(Outcome::read_sums, &cargo)), (5, 1, 1));
        let node = [
            "ℹ tests 15",
            "ℹ pass 12",
            "ℹ fail 2",
            "ℹ cancelled 1",
            "ℹ skipped 9",
        ];
        assert_eq!(numbers(&read(Outcome::read_sums, &node)), (12, 3, 3));
    }

    #[test]
    fn tests_of_wasm_are_read_by_name() {
        let lines = [
            "test conformance::reads ... ok",
            "test conformance::writes ... FAIL",
            "test slow ... ignored, some reason",
            "test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 filtered out; finished in 3.1s",
        ];
        let outcome = read(Outcome::read_wasm, &lines);
        assert_eq!(numbers(&outcome), (1, 1, 0));
        let failed: Vec<&Test> = outcome.ended(Ending::Failed).collect();
        assert_eq!(failed[0].names, ["conformance::writes"]);
    }

    #[test]
    fn results_of_node_are_read_by_name_and_in_order() {
        let line = |file: &str, group: &str, name: &str, outcome: &str| {
            format!(
                r#"{{"file":"{file}","names":["{group}","{name}"],"outcome":"{outcome}","suite":false,"seconds":0.1}}"#
            )
        };
        let lines = [
            line("/a.mjs", "x in WebKit", r#"one \"[a]\""#, "passed"),
            line("/a.mjs", "y in WebKit", "another", "passed"),
            line("/a.mjs", "x in WebKit", "two", "skipped"),
            line("/a.mjs", "x in WebKit", "three", "failed"),
            line("/a.mjs", "x in WebKit", "four", "passed"),
        ];
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let outcome = read(Outcome::read_result, &lines);
        assert_eq!(numbers(&outcome), (3, 1, 0));
        let failed = outcome.ended(Ending::Failed).next().expect("one failed");
        assert_eq!(failed.file.as_deref(), Some("/a.mjs"));
        assert_eq!(failed.names, ["x in WebKit", "three"]);
        let before = outcome.before(failed);
        let names: Vec<&str> = before.iter().map(|test| test.names[1].as_str()).collect();
        assert_eq!(names, ["one \"[a]\"", "two"]);
    }

    #[test]
    fn hooks_crashed_files_and_unreadable_lines_fail_without_a_name() {
        let lines = [
            r#"{"file":"/a.mjs","names":["x in WebKit"],"outcome":"failed","suite":true,"seconds":0.1}"#,
            r#"{"file":"/b.mjs","names":["/b.mjs"],"outcome":"failed","suite":false,"seconds":0.1}"#,
            r#"{"file":"/c.mjs","na"#,
        ];
        assert_eq!(numbers(&read(Outcome::read_result, &lines)), (0, 3, 3));
    }

    #[test]
    fn a_suite_that_says_nothing_failed() {
        for succeeded in [true, false] {
            let mut outcome = Outcome::default();
            outcome.end(succeeded);
            assert_eq!(numbers(&outcome), (0, 1, 1));
        }
        let mut outcome = read(Outcome::read_wasm, &["test a ... ok"]);
        outcome.end(true);
        assert_eq!(numbers(&outcome), (1, 0, 0));
        outcome.end(false);
        assert_eq!(numbers(&outcome), (1, 1, 1));
    }
}
