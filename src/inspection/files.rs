//! Reading files through the channel: as few exchanges as the device and the chip allow.

use super::{Phase, Progress, Window};
use crate::{
    apdu::{Command, StatusWord},
    crypto::{Arrived, Arriving, DigestAlgorithm},
    error::{Error, PolicyRefusal, Result},
    lds::File,
    secure_messaging::Channel,
    tlv::{Header, Reader},
};

/// Longest file that is read. The largest specimen known, a DG2 of ISO 39794-5, has 893,885 bytes.
const MAX_FILE: usize = 1 << 20;
/// Exchanges that one file may cost beyond one per block.
const MAX_SETBACKS: usize = 24;
/// The offset of the even instruction has fifteen bits `[ISO 7816-4 §11.3.2]`.
const EVEN_OFFSETS: usize = 0x8000;
/// Tag and length of DO 53, in which the odd instruction wraps its answer.
const DISCRETIONARY_DATA: usize = 4;
/// Tag and length of every file of the LDS fit into this.
pub(super) const HEADER: usize = 6;
/// A chip that gives less than this at a time is out of order, or wants the read to last for hours.
pub(super) const SMALLEST_BLOCK: usize = 64;
/// What may be the limit when a block was too long; observed on cards in the field.
const LADDER: [usize; 8] = [231, 223, 192, 160, 128, 112, 96, 64];

/// Reads files and remembers for the session what this chip and device can do.
pub(super) struct FileReader {
    /// READ BINARY names the file by its short identifier, which saves a SELECT.
    pub(super) by_short_identifier: bool,
    /// Bytes to ask for in one exchange.
    block: usize,
    /// The search for the longest block, once the chip has refused one.
    search: Option<Search>,
    /// Read tag and length first: the chip refuses a Le beyond the file's end.
    header_first: bool,
    /// The file that a loss of card or keys interrupted.
    begun: Option<Begun>,
}

/// Where the longest block lies that the chip takes: at least the one, below the other.
#[derive(Clone, Copy)]
struct Search {
    taken: usize,
    refused: usize,
}

impl Search {
    /// The middle rung of those that are left. A block that is taken brings data, so only refusals cost: three at most,
    /// the first included.
    fn next(self, longest: usize) -> Option<usize> {
        let left =
            |rung: &&usize| **rung > self.taken && **rung < self.refused && **rung <= longest;
        let count = LADDER.iter().filter(left).count();
        LADDER.iter().filter(left).nth(count / 2).copied()
    }
}

/// A file, as far as it was read.
struct Begun {
    file: File,
    arriving: Arriving,
    total: Option<usize>,
}

/// Why the chip refused a short READ BINARY of all that Le can say.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// Le is too long for it.
    Length,
    /// Le reaches beyond the file's end.
    BeyondEnd,
}

/// What an answer means for the file.
enum Block {
    /// So many bytes came.
    Data(usize),
    /// Ask again for this many bytes.
    Exactly(usize),
    TooLong,
    BeyondEnd,
    NotAddressable,
}

impl FileReader {
    /// `refused`: what the chip refused in the clear it will refuse inside the channel.
    pub(super) fn new(channel: &mut Channel, refused: Option<Refused>) -> Self {
        let mut reader = Self {
            by_short_identifier: true,
            block: channel.answer_capacities().1,
            search: None,
            header_first: refused == Some(Refused::BeyondEnd),
            begun: None,
        };
        if refused == Some(Refused::Length) {
            channel.avoid_extended_length();
            let (short, _) = channel.answer_capacities();
            let search = Search { taken: SMALLEST_BLOCK, refused: 256 };
            reader.search = Some(search);
            reader.block = search.next(short).unwrap_or(SMALLEST_BLOCK);
        }
        reader
    }

    /// The longest answer to expect of this chip over this device.
    pub(super) const fn longest_answer(&self) -> usize {
        self.block
    }

    /// Asks for no more than a new channel, perhaps over another device, can carry.
    pub(super) fn fit(&mut self, channel: &Channel) {
        self.block = self.block.min(channel.answer_capacities().1);
    }

    /// What was read of a file that is not complete; `None` if it is complete or was not begun.
    pub(super) fn begun(&self, file: File) -> Option<&[u8]> {
        let begun = self.begun.as_ref().filter(|begun| begun.file == file);
        begun.map(|begun| begun.arriving.bytes()).filter(|bytes| !bytes.is_empty())
    }

    /// Whether a file begins with the same bytes as when it was read before: one short block.
    pub(super) async fn begins_with(
        &mut self,
        channel: &mut Channel,
        file: File,
        known: &[u8],
    ) -> Result<bool> {
        let selected = !self.by_short_identifier;
        if selected && !select(channel, file).await? {
            return Ok(false);
        }
        let length = self.block.min(known.len()).min(channel.answer_capacities().0);
        let command = read_command(file, 0, length, selected)?;
        let response = channel.transmit(&command).await?;
        let Block::Data(came) = classify(response.status(), response.data().len())? else {
            return Err(refused(&command, response.status()));
        };
        let came = came.min(length);
        channel.line().repeated(came);
        Ok(response.data().get(..came).is_some_and(|data| known.starts_with(data)))
    }

    /// Reads a whole file, or what is left of one that was interrupted; `None` if the chip does not have it.
    ///
    /// # Errors
    /// `CardRefused` where the chip denies access, `Malformed` for a file that is no data object,
    /// and what the channel reports.
    pub(super) async fn read(
        &mut self,
        channel: &mut Channel,
        file: File,
        window: &Window,
    ) -> Result<Option<Vec<u8>>> {
        let file = self.read_while(channel, file, None, window, &mut || ()).await?;
        Ok(file.map(Arrived::into_bytes))
    }

    /// As [`FileReader::read`]. While an answer is under way, what came before is hashed and `work` is done,
    /// once for each exchange.
    pub(super) async fn read_while(
        &mut self,
        channel: &mut Channel,
        file: File,
        hashed_by: Option<DigestAlgorithm>,
        window: &Window,
        work: &mut (dyn FnMut() + Send),
    ) -> Result<Option<Arrived>> {
        let interrupted = self.begun.take().filter(|begun| begun.file == file);
        let mut begun = interrupted.unwrap_or_else(|| Begun {
            file,
            arriving: Arriving::new(hashed_by),
            total: None,
        });
        match self.read_on(channel, &mut begun, window, work).await {
            Ok(true) => {
                let arrived = begun.arriving.finish();
                window.keep(file.name(), arrived.bytes().to_vec());
                Ok(Some(arrived))
            }
            Ok(false) => Ok(None),
            Err(error) => {
                self.begun = Some(begun);
                Err(error)
            }
        }
    }

    /// Completes a file; `false` if the chip does not have it.
    async fn read_on(
        &mut self,
        channel: &mut Channel,
        begun: &mut Begun,
        window: &Window,
        work: &mut (dyn FnMut() + Send),
    ) -> Result<bool> {
        let Begun { file, arriving, total } = begun;
        let (file, name) = (*file, file.name());
        let mut selected = !self.by_short_identifier || !arriving.bytes().is_empty();
        let mut exactly = None;
        let mut setbacks = 0;
        let progress = |offset: usize, total: Option<usize>| {
            let (phase, bytes_total) = (Phase::Reading, total.unwrap_or(0));
            window.progress(Progress { phase, file: name, bytes_read: offset, bytes_total });
        };
        // Told before its first exchange, whichever that is.
        if selected {
            progress(arriving.bytes().len(), *total);
            if !select(channel, file).await? {
                return Ok(false);
            }
        }
        loop {
            let offset = arriving.bytes().len();
            progress(offset, *total);
            if total.is_some_and(|total| offset >= total) {
                return Ok(true);
            }
            let told = exactly.take();
            let wanted = told.unwrap_or_else(|| self.wanted(offset, *total));
            let command = read_command(file, offset, wanted, selected)?;
            let (came, status) = channel.transmit_onto(arriving, &command, work).await?;
            let block = match classify(status, came) {
                Ok(Block::Data(_)) if offset >= EVEN_OFFSETS => {
                    Ok(Block::Data(arriving.append(|bytes| unwrap_contents(bytes, offset)).1?))
                }
                other => other,
            };
            if !matches!(block, Ok(Block::Data(_))) {
                arriving.truncate(offset);
            }
            let block = block?;
            if !matches!(block, Block::Data(came) if came >= SMALLEST_BLOCK) {
                setbacks += 1;
                if setbacks > MAX_SETBACKS {
                    return Err(Error::PolicyRefused(PolicyRefusal::Budget("exchanges")));
                }
            }
            match block {
                Block::Data(came) => {
                    let here = arriving.bytes().len();
                    if total.is_none() {
                        *total = file_length(arriving.bytes(), name)?;
                        arriving.reserve(total.unwrap_or(here));
                    }
                    let missing = total.is_none_or(|total| here < total);
                    let cut = came < wanted && !self.header_first;
                    if missing && (cut || told.is_some()) {
                        // The chip's own buffer ends here; ask for as much next time.
                        self.block = self.block.min(came);
                        self.search = None;
                    } else if came == wanted {
                        self.climb(channel, wanted);
                    }
                    arriving.truncate(total.unwrap_or(usize::MAX));
                }
                // Its buffer, or what is left of the file: the next block shows which.
                Block::Exactly(length) if length < wanted => exactly = Some(length),
                Block::Exactly(_) | Block::TooLong => self.shrink(channel, wanted, status)?,
                Block::BeyondEnd if total.is_none() && !self.header_first => {
                    self.header_first = true;
                }
                Block::BeyondEnd => {
                    let what = "as many bytes as its length says";
                    return Err(Error::Malformed { file: name, offset, what });
                }
                Block::NotAddressable if !selected => {
                    // Known before the next exchange, which may lose the channel.
                    self.by_short_identifier = false;
                    if !select(channel, file).await? {
                        self.by_short_identifier = true;
                        return Ok(false);
                    }
                    selected = true;
                }
                Block::NotAddressable => return Err(refused(&command, status)),
            }
        }
    }

    fn wanted(&self, offset: usize, total: Option<usize>) -> usize {
        let wanted = match total {
            // Beyond the even instruction's reach the answer's Le counts DO 53 as well.
            Some(total) if offset >= EVEN_OFFSETS => {
                self.block.saturating_sub(DISCRETIONARY_DATA).max(1).min(total - offset)
            }
            Some(total) => self.block.min(total - offset),
            None if self.header_first => HEADER.saturating_sub(offset).max(1),
            None => self.block,
        };
        // The offset of even INS ends at 32,767; a block is not made to straddle that.
        match EVEN_OFFSETS.checked_sub(offset) {
            Some(left) if left > 0 => wanted.min(left),
            _ => wanted,
        }
    }

    /// A shorter block. Whoever refuses more than short length fields can say is not asked for it again.
    fn shrink(&mut self, channel: &mut Channel, refused: usize, status: StatusWord) -> Result<()> {
        let (short, _) = channel.answer_capacities();
        if refused > short {
            channel.avoid_extended_length();
        }
        // A chip that refuses what it took before has changed its mind: all over again, below that.
        let taken = self.search.map_or(0, |search| search.taken);
        let search = Search { taken: if taken < refused { taken } else { 0 }, refused };
        self.search = Some(search);
        let settled = (search.taken > 0).then_some(search.taken);
        self.block = search
            .next(short)
            .or(settled)
            .ok_or(Error::CardRefused { command: "READ BINARY", status: status.0 })?;
        Ok(())
    }

    /// A longer block, while the search goes on.
    fn climb(&mut self, channel: &Channel, taken: usize) {
        let Some(search) = &mut self.search else { return };
        search.taken = search.taken.max(taken);
        let (short, _) = channel.answer_capacities();
        match search.next(short) {
            Some(longer) => self.block = longer,
            None => {
                self.block = search.taken;
                self.search = None;
            }
        }
    }
}

fn read_command(file: File, offset: usize, length: usize, selected: bool) -> Result<Command> {
    if offset == 0 && !selected {
        Ok(Command::read_binary_sfi(file.short_identifier(), 0, length))
    } else if offset < EVEN_OFFSETS {
        Command::read_binary(offset, length)
    } else {
        Ok(Command::read_binary_odd(offset, length + DISCRETIONARY_DATA))
    }
}

/// SELECT; `false` if there is no such file.
async fn select(channel: &mut Channel, file: File) -> Result<bool> {
    let command = Command::select_file(file.identifier());
    let response = channel.transmit(&command).await?;
    match response.status() {
        StatusWord::SUCCESS => Ok(true),
        StatusWord::NOT_FOUND => Ok(false),
        _ => Err(refused(&command, response.status())),
    }
}

fn refused(command: &Command, status: StatusWord) -> Error {
    Error::CardRefused { command: command.name(), status: status.0 }
}

/// `came`: bytes of data in the answer.
fn classify(status: StatusWord, came: usize) -> Result<Block> {
    Ok(match status {
        StatusWord::SUCCESS | StatusWord::END_OF_FILE if came > 0 => Block::Data(came),
        // Nothing at all for a Le that is too long: seen on cards that say 9000 or 6282.
        StatusWord::SUCCESS | StatusWord::END_OF_FILE | StatusWord::WRONG_LENGTH => Block::TooLong,
        StatusWord::WRONG_PARAMETERS => Block::BeyondEnd,
        StatusWord::NOT_FOUND
        | StatusWord::INSTRUCTION_NOT_SUPPORTED
        | StatusWord(0x6981 | 0x6986 | 0x6A81 | 0x6A86) => Block::NotAddressable,
        _ => match status.exact_le() {
            Some(length) => Block::Exactly(length),
            None => {
                return Err(Error::CardRefused { command: "READ BINARY", status: status.0 });
            }
        },
    })
}

/// Odd INS wraps the bytes of the file in DO 53: takes it away from what came behind `offset`.
fn unwrap_contents(bytes: &mut Vec<u8>, offset: usize) -> Result<usize> {
    let mut answer = Reader::new(bytes.get(offset..).unwrap_or_default());
    let object = answer.expect(0x53, "discretionary data 53");
    let object = object.map_err(|error| error.in_file("READ BINARY"))?;
    let (start, length) = (offset + object.offset, object.value.len());
    bytes.truncate(start + length);
    bytes.drain(offset..start);
    Ok(length)
}

/// The length that the file's own header gives; `None` while the header is incomplete.
fn file_length(bytes: &[u8], file: &'static str) -> Result<Option<usize>> {
    let malformed = |what| Error::Malformed { file, offset: 0, what };
    let Some(header) = Header::parse(bytes).map_err(malformed)? else { return Ok(None) };
    match header.total_length() {
        Some(length) if length <= MAX_FILE => Ok(Some(length)),
        _ => Err(malformed("a file of at most 1 MiB")),
    }
}
