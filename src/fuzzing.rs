//! What the fuzzer needs of the crate-private parts; only under the cfg that cargo-fuzz sets.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use crate::{
    apdu::{Command, Limits, Line, Request, Response},
    crypto::BlockCipher,
    error::Result,
    secure_messaging::Session,
    sensitive::Secret,
};

/// A protected session, to unwrap answers.
pub struct ProtectedSession(Session);

impl ProtectedSession {
    /// With 3DES, AES-128, AES-192 or AES-256, by number.
    #[must_use]
    pub fn new(cipher: u8, secret: &[u8]) -> Self {
        let cipher = match cipher % 4 {
            0 => BlockCipher::TripleDes,
            1 => BlockCipher::Aes128,
            2 => BlockCipher::Aes192,
            _ => BlockCipher::Aes256,
        };
        Self(Session::from_shared_secret(cipher, &Secret::new(secret.to_vec())))
    }

    /// # Errors
    /// `ChannelBroken`.
    pub fn unprotect(&mut self, response: &Response) -> Result<Response> {
        let mut data = zeroize::Zeroizing::default();
        let status = self.0.unprotect(response.data(), response.status(), &mut data)?;
        Ok(Response::from_parts(data, status))
    }
}

/// One command over the line below the channel: what it needs of chaining, GET RESPONSE and another Le.
///
/// # Errors
/// What the line reports.
pub fn transmit(
    limits: Limits,
    (header, data, le): ([u8; 4], &[u8], Option<usize>),
    mut chip: impl FnMut(&[u8]) -> Vec<u8>,
) -> Result<Response> {
    let (line, mailbox) = Line::new();
    mailbox.set_limits(limits);
    let command = Command::new("TEST", header, data, le);
    let mut procedure = pin!(line.transmit(&command));
    loop {
        if let Poll::Ready(done) = procedure.as_mut().poll(&mut Context::from_waker(Waker::noop()))
        {
            return done;
        }
        if let Some(Request::Command(command)) = mailbox.take_request() {
            mailbox.deliver(&chip(&command.bytes));
        }
    }
}

/// The contents of master lists and deviation lists, which are read behind a signature only.
pub fn list_contents(
    content: &[u8],
) -> (Result<Vec<&[u8]>>, Result<Vec<crate::pki::ListedDefect>>) {
    crate::pki::list_contents(content)
}
