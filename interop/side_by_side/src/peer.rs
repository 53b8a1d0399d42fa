//! The other reader's software: a process that is asked line by line.

use std::{
    collections::BTreeMap,
    error::Error,
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use base64ct::{Base64, Encoding as _};
use cccd_simulator::Password;
use serde_json::{Value, json};

use crate::{DAY, card::Key, compare::Told, reader};

/// No read takes that long; a peer that hangs ends the run.
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) struct Peer {
    process: Child,
    questions: Option<ChildStdin>,
    answers: Receiver<String>,
    csca: String,
}

impl Peer {
    pub(crate) fn start(command: &[String], csca: &[u8]) -> Result<Self, Box<dyn Error>> {
        let (program, arguments) = command.split_first().ok_or("no peer after --")?;
        let mut process = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{program}: {error}"))?;
        let questions = process.stdin.take();
        let output = process.stdout.take().ok_or("no standard output")?;
        let (say, answers) = channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if say.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Self { process, questions, answers, csca: Base64::encode_string(csca) })
    }

    /// Has it read the card on the reader.
    pub(crate) fn read(&mut self, key: &Key) -> Result<Told, Box<dyn Error>> {
        let kind = match key.kind {
            Password::Mrz => "mrz",
            Password::Can => "can",
            Password::Pin => "pin",
            Password::Puk => "puk",
        };
        let question = json!({
            "reader": reader::NAME, "key": { kind: key.text }, "csca": self.csca, "day": DAY,
        });
        let questions = self.questions.as_mut().ok_or("no standard input")?;
        writeln!(questions, "{question}")?;
        let line = self.answers.recv_timeout(PATIENCE).map_err(|_| "the peer gives no answer")?;
        told(&serde_json::from_str(&line)?)
    }
}

fn told(answer: &Value) -> Result<Told, Box<dyn Error>> {
    let text = |name| answer[name].as_str().map(str::to_owned);
    let entries = |name| answer[name].as_object().into_iter().flatten();
    let mut files = BTreeMap::new();
    for (name, value) in entries("files") {
        let bytes = Base64::decode_vec(value.as_str().unwrap_or_default());
        files.insert(name.clone(), bytes.map_err(|error| error.to_string())?);
    }
    let checks = entries("checks")
        .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect();
    Ok(Told { error: text("error"), access: text("access").unwrap_or_default(), files, checks })
}

impl Drop for Peer {
    fn drop(&mut self) {
        // The end of its questions ends it, unless it hangs.
        self.questions = None;
        if self.answers.recv_timeout(Duration::from_secs(5)).is_ok() {
            drop(self.process.kill());
        }
        drop(self.process.wait());
    }
}
