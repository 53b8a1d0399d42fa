//! The question to the social-insurance office over HTTP, and its answer.
//!
//! Plain HTTP, for a mock on this machine or a gateway of the hospital's own that speaks TLS with the office and
//! holds the account. Nothing is sent anywhere else, and nothing is written down.

use std::{
    io::{Read as _, Write as _},
    net::{TcpStream, ToSocketAddrs as _},
    time::Duration,
};

use cccd::vietnam::health_insurance::{Answer, Lookup};
use serde_json::{Map, Value};

/// Patients wait for this.
const PATIENCE: Duration = Duration::from_secs(10);
/// More than any answer has.
const LONGEST: u64 = 1 << 20;

/// Asks at this address, `http://HOST[:PORT]/PATH?QUERY`, which already names the account and its token.
///
/// # Errors
/// What kept the answer away, without a word of it or of the question.
pub(crate) fn ask(url: &str, lookup: &Lookup) -> Result<Answer, String> {
    let address = url.strip_prefix("http://").ok_or("the address must begin with http://")?;
    let at = address.find('/').unwrap_or(address.len());
    let (host, path) = address.split_at(at);
    let path = if path.is_empty() { "/" } else { path };
    let with_port = if host.contains(':') { host.to_owned() } else { format!("{host}:80") };

    let body: Map<String, Value> = lookup
        .fields()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Value::from(value.as_str())))
        .collect();
    let body = Value::from(body).to_string();
    // HTTP/1.0: the answer comes in one piece and ends with the connection (RFC 1945).
    let request = format!(
        "POST {path} HTTP/1.0\r\nHost: {host}\r\nContent-Type: application/json; charset=utf-8\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = exchange(&with_port, request.as_bytes()).map_err(|error| error.to_string())?;
    let text = String::from_utf8(answer).map_err(|_| "the answer is not UTF-8")?;
    let (head, body) = text.split_once("\r\n\r\n").ok_or("the answer is no HTTP")?;
    let status = head.split(' ').nth(1).unwrap_or_default();
    if status != "200" {
        return Err(format!("the answer's status is {status:.3}"));
    }
    let object: Value = serde_json::from_str(body).map_err(|_| "the answer is no JSON")?;
    Ok(Answer::from_fields(|name| object[name].as_str().map(str::to_owned)))
}

fn exchange(address: &str, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let nobody = || std::io::Error::other("the address leads nowhere");
    let address = address.to_socket_addrs()?.next().ok_or_else(nobody)?;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(request)?;
    let mut answer = Vec::new();
    stream.take(LONGEST).read_to_end(&mut answer)?;
    Ok(answer)
}
