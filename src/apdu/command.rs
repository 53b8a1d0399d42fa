use core::fmt;

use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// Length fields of one or of three bytes `[ISO 7816-4 §5.2]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Up to 255 bytes of data, up to 256 in the answer.
    Short,
    /// Up to 65,535 bytes of data, up to 65,536 in the answer.
    Extended,
}

/// A C-APDU of any of the four cases.
///
/// The data field and `Le` are optional, which is what tells the cases apart; a command that
/// expects no answer is built without `Le` because some cards reject one (SELECT and MSE on German documents).
#[derive(Clone, PartialEq, Eq)]
pub struct Command {
    /// What ISO/IEC 7816-4 calls it; used in errors.
    name: &'static str,
    header: [u8; 4],
    data: Zeroizing<Vec<u8>>,
    le: Option<usize>,
}

/// Le in the form that asks for as much as a short answer can carry.
pub(crate) const LE_SHORT_MAX: usize = 256;
/// Le in the form that asks for as much as an extended answer can carry.
pub(crate) const LE_EXTENDED_MAX: usize = 65_536;

/// DO 84 of MSE:Set: which domain parameters or which private key is meant
/// `[9303-11 §4.4.4.1, §6.2.4.2]`.
pub(crate) fn reference(id: u64) -> Vec<u8> {
    let bytes = id.to_be_bytes();
    let zeros = bytes.iter().take(7).take_while(|byte| **byte == 0).count();
    crate::tlv::write(0x84, bytes.get(zeros..).unwrap_or_default())
}

impl Command {
    pub(crate) fn new(name: &'static str, header: [u8; 4], data: &[u8], le: Option<usize>) -> Self {
        Self { name, header, data: Zeroizing::new(data.to_vec()), le }
    }

    /// A command that is written later, see [`Command::rewrite`].
    pub(crate) fn empty() -> Self {
        Self::new("", [0; 4], &[], None)
    }

    /// Makes it another command without data and Le, in the same memory; the data are written behind what is
    /// returned.
    pub(crate) fn rewrite(&mut self, name: &'static str, header: [u8; 4]) -> &mut Vec<u8> {
        self.name = name;
        self.header = header;
        self.le = None;
        self.data.clear();
        &mut self.data
    }

    /// SELECT an application by its identifier, no answer wanted `[ISO 7816-4 §11.2.2]`.
    pub(crate) fn select_application(aid: &[u8]) -> Self {
        Self::new("SELECT application", [0x00, 0xA4, 0x04, 0x0C], aid, None)
    }

    /// SELECT an elementary file under the current directory, no answer wanted.
    pub(crate) fn select_file(identifier: u16) -> Self {
        Self::new("SELECT file", [0x00, 0xA4, 0x02, 0x0C], &identifier.to_be_bytes(), None)
    }

    /// READ BINARY from the current file; offsets up to 32,767 `[ISO 7816-4 §11.3.2]`.
    ///
    /// # Errors
    /// `Misuse` for a larger offset: the top bit of P1 means a short file identifier.
    pub(crate) fn read_binary(offset: usize, le: usize) -> Result<Self> {
        match u16::try_from(offset) {
            Ok(offset) if offset < 0x8000 => {
                let [p1, p2] = offset.to_be_bytes();
                Ok(Self::new("READ BINARY", [0x00, 0xB0, p1, p2], &[], Some(le)))
            }
            _ => Err(Error::Misuse("READ BINARY with an offset above 32,767")),
        }
    }

    /// READ BINARY that also selects the file by its short identifier (5 bits); offset up to 255.
    pub(crate) fn read_binary_sfi(sfi: u8, offset: u8, le: usize) -> Self {
        Self::new("READ BINARY", [0x00, 0xB0, 0x80 | sfi & 0x1F, offset], &[], Some(le))
    }

    /// READ BINARY with odd INS: the offset is a data object, the answer is wrapped in DO 53.
    pub(crate) fn read_binary_odd(offset: usize, le: usize) -> Self {
        let bytes = u32::try_from(offset).unwrap_or(u32::MAX).to_be_bytes();
        let significant = match bytes {
            [0, 0, ..] => bytes.get(2..),
            [0, ..] => bytes.get(1..),
            _ => bytes.get(..),
        };
        let object = crate::tlv::write(0x54, significant.unwrap_or_default());
        Self::new("READ BINARY", [0x00, 0xB1, 0, 0], &object, Some(le))
    }

    /// GET CHALLENGE of eight bytes `[9303-11 §4.3.4.1]`.
    pub(crate) fn get_challenge() -> Self {
        Self::new("GET CHALLENGE", [0x00, 0x84, 0, 0], &[], Some(8))
    }

    /// EXTERNAL AUTHENTICATE of BAC: forty bytes both ways `[9303-11 §4.3.4.2]`.
    pub(crate) fn external_authenticate(data: &[u8]) -> Self {
        Self::new("EXTERNAL AUTHENTICATE", [0x00, 0x82, 0, 0], data, Some(40))
    }

    /// EXTERNAL AUTHENTICATE of Terminal Authentication: a signature, no answer wanted `[9303-11 §7.1.5.5]`.
    pub(crate) fn authenticate_terminal(signature: &[u8]) -> Self {
        Self::new("EXTERNAL AUTHENTICATE", [0x00, 0x82, 0, 0], signature, None)
    }

    /// PSO:VERIFY CERTIFICATE: body and signature of a card-verifiable certificate `[9303-11 §7.1.5.2]`.
    pub(crate) fn verify_certificate(body_and_signature: &[u8]) -> Self {
        let name = "PSO:VERIFY CERTIFICATE";
        Self::new(name, [0x00, 0x2A, 0x00, 0xBE], body_and_signature, None)
    }

    /// MSE:Set DST: the public key that verifies the next certificate `[9303-11 §7.1.5.1]`.
    pub(crate) fn set_verification_key(reference: &[u8]) -> Self {
        let data = crate::tlv::write(0x83, reference);
        Self::new("MSE:Set DST", [0x00, 0x22, 0x81, 0xB6], &data, None)
    }

    /// MSE:Set AT: the public key that verifies the terminal's signature `[9303-11 §7.1.5.3]`.
    pub(crate) fn set_terminal_key(reference: &[u8]) -> Self {
        let data = crate::tlv::write(0x83, reference);
        Self::new("MSE:Set AT", [0x00, 0x22, 0x81, 0xA4], &data, None)
    }

    /// INTERNAL AUTHENTICATE of Active Authentication `[9303-11 §6.1.3]`.
    pub(crate) fn internal_authenticate(challenge: &[u8], le: usize) -> Self {
        Self::new("INTERNAL AUTHENTICATE", [0x00, 0x88, 0, 0], challenge, Some(le))
    }

    /// MANAGE SECURITY ENVIRONMENT with the given P1-P2.
    pub(crate) fn manage_security_environment(p1: u8, p2: u8, data: &[u8]) -> Self {
        Self::new("MSE:Set", [0x00, 0x22, p1, p2], data, None)
    }

    /// GENERAL AUTHENTICATE; `last` ends the chain `[9303-11 §4.4.4.2]`. A long public key is answered
    /// with one as long.
    pub(crate) fn general_authenticate(dynamic_data: &[u8], last: bool) -> Self {
        let cla = if last { 0x00 } else { 0x10 };
        let data = crate::tlv::write(0x7C, dynamic_data);
        let le = if data.len() > 255 { LE_EXTENDED_MAX } else { LE_SHORT_MAX };
        Self::new("GENERAL AUTHENTICATE", [cla, 0x86, 0, 0], &data, Some(le))
    }

    /// GET RESPONSE `[ISO 7816-4 §11.7.1]`. It fetches the rest of an answer for the transport's sake and
    /// is itself never protected or chained; of the class byte only the logical channel is kept.
    pub(super) fn get_response(cla: u8, le: usize) -> Self {
        Self::new("GET RESPONSE", [cla & 0x03, 0xC0, 0, 0], &[], Some(le))
    }

    /// The same command with a part of its data: a link of a chain, of which the last alone wants the
    /// answer `[ISO 7816-4 §5.3.3]`.
    pub(crate) fn link(&self, data: &[u8], last: bool) -> Self {
        let [cla, ins, p1, p2] = self.header;
        let cla = if last { cla } else { cla | 0x10 };
        Self::new(self.name, [cla, ins, p1, p2], data, self.le.filter(|_| last))
    }

    pub(super) fn with_le(mut self, le: usize) -> Self {
        self.set_le(le);
        self
    }

    pub(crate) const fn set_le(&mut self, le: usize) {
        self.le = Some(le);
    }

    /// The command's name in the standard.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// CLA, INS, P1, P2.
    #[must_use]
    pub const fn header(&self) -> [u8; 4] {
        self.header
    }

    /// The data field; empty in cases 1 and 2.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// The longest answer wanted, in bytes; `None` in cases 1 and 3.
    #[must_use]
    pub const fn le(&self) -> Option<usize> {
        self.le
    }

    /// The form that this command needs.
    #[must_use]
    pub fn form(&self) -> Form {
        if self.data.len() > 255 || self.le.is_some_and(|le| le > LE_SHORT_MAX) {
            Form::Extended
        } else {
            Form::Short
        }
    }

    /// The bytes of the command `[ISO 7816-4 §5.1, Table 1]`.
    ///
    /// # Errors
    /// `Misuse` if data or `Le` do not fit the form.
    pub fn encode(&self, form: Form) -> Result<Vec<u8>> {
        let mut out = Vec::with_capacity(self.data.len() + 9);
        self.encode_into(form, &mut out)?;
        Ok(out)
    }

    /// As [`Command::encode`], in place of what `out` holds.
    pub(super) fn encode_into(&self, form: Form, out: &mut Vec<u8>) -> Result<()> {
        let too_long = Error::Misuse("a command longer than its form allows");
        out.clear();
        out.extend_from_slice(&self.header);
        match form {
            Form::Short => {
                let lc = u8::try_from(self.data.len()).map_err(|_| too_long.clone())?;
                if lc > 0 {
                    out.push(lc);
                    out.extend_from_slice(&self.data);
                }
                match self.le {
                    None => {}
                    Some(LE_SHORT_MAX) => out.push(0),
                    Some(le) => out.push(u8::try_from(le).map_err(|_| too_long)?),
                }
            }
            Form::Extended => {
                let lc = u16::try_from(self.data.len()).map_err(|_| too_long.clone())?;
                let le = match self.le {
                    None => None,
                    Some(LE_EXTENDED_MAX) => Some([0, 0]),
                    Some(le) => Some(u16::try_from(le).map_err(|_| too_long)?.to_be_bytes()),
                };
                // The zero byte that announces three-byte lengths comes once only.
                if lc > 0 || le.is_some() {
                    out.push(0);
                }
                if lc > 0 {
                    out.extend_from_slice(&lc.to_be_bytes());
                    out.extend_from_slice(&self.data);
                }
                out.extend_from_slice(le.as_ref().map_or(&[][..], |le| le));
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Command {
    /// Header and lengths only: data fields may be keys or personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [cla, ins, p1, p2] = self.header;
        write!(
            f,
            "{} {cla:02X}{ins:02X}{p1:02X}{p2:02X} ({} bytes, Le {:?})",
            self.name,
            self.data.len(),
            self.le
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(data: &[u8], le: Option<usize>) -> Command {
        Command::new("TEST", [0x00, 0xA4, 0x02, 0x0C], data, le)
    }

    #[test]
    fn the_four_cases_in_both_forms() {
        let header = [0x00, 0xA4, 0x02, 0x0C];
        type Case = (&'static [u8], Option<usize>, &'static [u8], &'static [u8]);
        let cases: [Case; 5] = [
            (&[], None, &[], &[]),
            (&[], Some(8), &[8], &[0, 0, 8]),
            (&[1, 2], None, &[2, 1, 2], &[0, 0, 2, 1, 2]),
            (&[1, 2], Some(8), &[2, 1, 2, 8], &[0, 0, 2, 1, 2, 0, 8]),
            (&[], Some(256), &[0], &[0, 1, 0]),
        ];
        for (data, le, short, extended) in cases {
            let command = command(data, le);
            assert_eq!(command.encode(Form::Short).unwrap(), [&header, short].concat());
            assert_eq!(command.encode(Form::Extended).unwrap(), [&header, extended].concat());
        }
        assert_eq!(command(&[], Some(65_536)).encode(Form::Extended).unwrap()[4..], [0, 0, 0]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(command(&[0; 256], None).encode(Form::Short).is_err());
        assert!(command(&[], Some(257)).encode(Form::Short).is_err());
        assert!(command(&[0; 65_536], None).encode(Form::Extended).is_err());
        assert!(command(&[], Some(65_537)).encode(Form::Extended).is_err());
        assert_eq!(command(&[0; 256], None).form(), Form::Extended);
    }

    #[test]
    fn offsets_above_32767_never_reach_p1() {
        assert!(Command::read_binary(0x8000, 1).is_err());
        assert_eq!(Command::read_binary(0x7FFF, 1).unwrap().header(), [0, 0xB0, 0x7F, 0xFF]);
        assert_eq!(Command::read_binary_odd(0x8000, 1).data(), [0x54, 2, 0x80, 0]);
        assert_eq!(Command::read_binary_odd(0x01_0000, 1).data(), [0x54, 3, 1, 0, 0]);
    }

    #[test]
    fn debug_shows_no_data() {
        let text = format!("{:?}", command(&[0xAB; 3], None));
        assert!(!text.to_lowercase().contains("ab"), "{text}");
        assert!(text.contains("3 bytes"));
    }
}
