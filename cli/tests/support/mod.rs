//! Running the program as its users do.
#![allow(dead_code, reason = "each test program uses a part of it")]

#[cfg(feature = "pcsc")]
pub(crate) mod virtual_reader;

use std::path::PathBuf;

use assert_cmd::Command;
use serde_json::Value;

/// The sample person's keys.
pub(crate) const CAN: &str = "001234";
pub(crate) const ID_NUMBER: &str = "000195001234";
pub(crate) const MRZ: &str = "IDVNM1950012347000195001234<<7\n9506158F3506156VNM<<<<<<<<<<<8\nNGUYEN<<THI<THU<HA<<<<<<<<<<<<";
pub(crate) const QR: &str = "000195001234|000123456|Nguyễn Thị Thu Hà|15061995|Nữ|Số 1|01072021";

/// A day on which the simulated cards are valid, so that the tests do not depend on the clock.
pub(crate) const DAY: &str = "2026-11-21";

/// `cccd` with these arguments.
pub(crate) fn cccd(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cccd"));
    command.args(arguments);
    command
}

/// What a run left behind.
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// Runs to the end.
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        Self {
            status: output.status.code().expect("it ends by itself"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The one JSON object on standard output.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.stdout.lines().count(), 1, "one line: {}", self.stdout);
        serde_json::from_str(&self.stdout).unwrap()
    }
}

/// Runs `cccd` with these arguments to the end.
pub(crate) fn run(arguments: &[&str]) -> Ran {
    Ran::of(&mut cccd(arguments))
}

/// Reads a simulated card on [`DAY`].
pub(crate) fn read_simulated(arguments: &[&str]) -> Ran {
    run(&[&["read", "--simulated", "--at", DAY], arguments].concat())
}

/// The names of an object's entries, in order.
pub(crate) fn keys(object: &Value) -> Vec<&str> {
    object.as_object().expect("an object").keys().map(String::as_str).collect()
}

/// The outcome of a check.
pub(crate) fn outcome<'a>(object: &'a Value, check: &str) -> (&'a str, &'a str) {
    let checks = object["checks"].as_array().expect("checks");
    let found = checks.iter().find(|entry| entry["check"] == check).expect("the check");
    (found["outcome"].as_str().unwrap(), found["code"].as_str().unwrap())
}

/// A person's file of the simulator.
pub(crate) fn person(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../simulator/people").join(name);
    path.to_str().unwrap().to_owned()
}
