//! The one repetition there is: a failed test of WebKit's, alone.
//!
//! WebKitGTK on a busy machine computes wrongly now and then: docs/browsers.md tells what was seen. A test that
//! passes the second time is counted as passed and named as flaky; one that fails twice has failed. Many groups are
//! stories, each of whose tests begins where the one before it ended: those run before it, and do not count.

use std::fmt;

use super::{
    outcome::{Ending, Outcome, Test},
    suite::Suite,
};

/// How many tests passed and how many did not, and which of the former did only when they ran once more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub passed: u32,
    pub failed: u32,
    pub flaky: Vec<String>,
}

impl Count {
    pub fn and(mut self, other: &Self) -> Self {
        self.passed += other.passed;
        self.failed += other.failed;
        self.flaky.extend(other.flaky.iter().cloned());
        self
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.flaky.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = self.flaky.iter().map(|name| format!("{name:?}")).collect();
        write!(f, ", {} flaky (webkit: {})", names.len(), names.join(", "))
    }
}

/// Runs a suite, and once more each of its tests that failed, if it is one of WebKit's.
pub fn settled(suite: &mut Suite) -> Count {
    let outcome = suite.run();
    match &suite.alone {
        Some(alone) => count(&outcome, |test| {
            let again = alone(test, &outcome.before(test)).run();
            let passed = again.ended(Ending::Passed).any(|its| its == test);
            let second = if passed { "passed" } else { "failed" };
            println!(
                "  {:?} failed, and {second} once more, alone",
                test.names.join(" ")
            );
            passed
        }),
        None => count(&outcome, |_| false),
    }
}

/// `passes_alone` runs a test that has a name, and is asked once for each that failed.
fn count(outcome: &Outcome, mut passes_alone: impl FnMut(&Test) -> bool) -> Count {
    let named = outcome.ended(Ending::Passed).count();
    let mut count = Count {
        passed: outcome.passed_unnamed + u32::try_from(named).expect("fewer tests than that"),
        failed: outcome.failed_unnamed,
        flaky: Vec::new(),
    };
    for test in outcome.ended(Ending::Failed) {
        if passes_alone(test) {
            count.passed += 1;
            count.flaky.push(test.names.join(" "));
        } else {
            count.failed += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(name: &str) -> Test {
        Test {
            file: None,
            names: vec!["x in WebKit".to_owned(), name.to_owned()],
        }
    }

    fn outcome(tests: &[(&str, Ending)], failed_unnamed: u32) -> Outcome {
        let tests = tests.iter().map(|(name, ending)| (test(name), *ending));
        Outcome {
            tests: tests.collect(),
            passed_unnamed: 7,
            failed_unnamed,
        }
    }

    #[test]
    fn a_test_that_passes_alone_is_flaky_and_one_that_fails_twice_has_failed() {
        let tests = [
            ("one", Ending::Failed),
            ("good", Ending::Passed),
            ("left out", Ending::Skipped),
            ("two", Ending::Failed),
        ];
        let mut asked = Vec::new();
        let count = count(&outcome(&tests, 0), |test| {
            asked.push(test.clone());
            test.names[1] == "one"
        });
        assert_eq!(asked, [test("one"), test("two")]);
        assert_eq!((count.passed, count.failed), (9, 1));
        assert_eq!(
            count.to_string(),
            r#"9 passed, 1 failed, 1 flaky (webkit: "x in WebKit one")"#
        );
    }

    #[test]
    fn what_has_no_name_is_not_repeated() {
        let count = count(&outcome(&[], 2), |_| unreachable!("nothing to repeat"));
        assert_eq!((count.passed, count.failed), (7, 2));
        assert_eq!(count.to_string(), "7 passed, 2 failed");
    }
}
