//! The other reader's software: a process that is asked line by line.

use std::{
    collections::BTreeMap,
    error::Error,
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::Duration,
};

use base64ct::{Base64, Encoding as _};
use cccd_simulator::Password;
use serde_json::{Value, json};

use crate::{DAY, card::Key, compare::Told, reader};

/// A peer that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// How it reads files.
#[derive(Clone, Copy)]
pub(crate) struct Manner {
    /// In words.
    pub(crate) name: &'static str,
    /// The longest block that it asks for.
    block: usize,
    /// By short identifiers, without SELECT.
    short_identifiers: bool,
}

impl Manner {
    /// JMRTD's defaults.
    pub(crate) const DEFAULT: Self = Self {
        name: "its defaults: blocks of 223 bytes, SELECT",
        block: 223,
        short_identifiers: false,
    };
    /// What an application can choose instead.
    pub(crate) const CHOICES: [Self; 3] = [
        Self::DEFAULT,
        Self {
            name: "blocks of 223 bytes, short identifiers",
            short_identifiers: true,
            ..Self::DEFAULT
        },
        Self {
            name: "blocks of 65,536 bytes, short identifiers",
            block: 65_536,
            short_identifiers: true,
        },
    ];
}

/// The process; it is started anew when it hangs.
pub(crate) struct Peer {
    command: Vec<String>,
    csca: String,
    process: Process,
}

struct Process {
    child: Child,
    questions: ChildStdin,
    answers: Receiver<String>,
}

impl Process {
    fn start(command: &[String]) -> Result<Self, Box<dyn Error>> {
        let (program, arguments) = command.split_first().ok_or("no peer after --")?;
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{program}: {error}"))?;
        let questions = child.stdin.take().ok_or("no standard input")?;
        let output = child.stdout.take().ok_or("no standard output")?;
        let (say, answers) = channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if say.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Self { child, questions, answers })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It holds nothing that would have to be put away.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Peer {
    pub(crate) fn start(command: &[String], csca: &[u8]) -> Result<Self, Box<dyn Error>> {
        let process = Process::start(command)?;
        Ok(Self { command: command.to_vec(), csca: Base64::encode_string(csca), process })
    }

    /// Has it read the card on the reader.
    pub(crate) fn read(&mut self, key: &Key, manner: Manner) -> Result<Told, Box<dyn Error>> {
        let kind = match key.kind {
            Password::Mrz => "mrz",
            Password::Can => "can",
            Password::Pin => "pin",
            Password::Puk => "puk",
        };
        let question = json!({
            "reader": reader::NAME,
            "key": { kind: &key.text },
            "csca": self.csca,
            "day": DAY,
            "block": manner.block,
            "sfi": manner.short_identifiers,
        });
        writeln!(self.process.questions, "{question}")?;
        match self.process.answers.recv_timeout(PATIENCE) {
            Ok(line) => told(&serde_json::from_str(&line)?),
            Err(RecvTimeoutError::Disconnected) => Err("the peer has ended".into()),
            Err(RecvTimeoutError::Timeout) => {
                self.process = Process::start(&self.command)?;
                let error = format!("nothing: no end within {} seconds", PATIENCE.as_secs());
                Ok(Told { error: Some(error), ..Told::default() })
            }
        }
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
