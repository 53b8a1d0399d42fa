//! What a read costs at least: the lengths of the files, the fewest exchanges, and the formulas of the radio, worked out
//! once more and without the simulator's clock. Times are in microseconds.

use cccd_simulator::reference::{Access, Buffer};

use super::driver::Strategy;

/// DG1, DG13, EF.SOD and DG2: the read phase. DG14 belongs to Chip Authentication.
const PAYLOAD: [usize; 4] = [95, 704, 1_849, 15_004];
const DG14: usize = 424;

/// Bytes of command and answer, data under secure messaging, and what the chip computes beside.
pub(crate) struct Exchange {
    pub(crate) sent: usize,
    pub(crate) received: usize,
    data: usize,
    computes: &'static [Operation],
}

/// What costs the chip time of its own.
#[derive(Clone, Copy)]
enum Operation {
    KeyGeneration,
    Agreement,
    NewKeys,
    Selection,
    Challenge,
    Bac,
}

/// One combination of host, rate and chip, from the sources that the simulator's files name.
#[derive(Clone, Copy)]
pub(crate) struct Profile {
    pub(crate) name: &'static str,
    host: f64,
    divisor: f64,
    chip: Chip,
}

#[derive(Clone, Copy)]
struct Chip {
    dispatch: f64,
    per_byte: f64,
    /// In the order of [`Operation`].
    operations: [f64; 6],
}

const FAST: Chip = Chip {
    dispatch: 1_000.0,
    per_byte: 4_000.0 / 256.0,
    operations: [26_800.0, 20_000.0, 1_000.0, 4_400.0, 2_400.0, 7_200.0],
};
const MID: Chip = Chip {
    dispatch: 3_000.0,
    per_byte: 19_300.0 / 256.0,
    operations: [156_300.0, 55_100.0, 3_000.0, 13_200.0, 7_200.0, 21_600.0],
};

const fn profile(name: &'static str, host: f64, divisor: f64, chip: Chip) -> Profile {
    Profile { name, host, divisor, chip }
}

const PHONE: f64 = 7_000.0;
const DESK: f64 = 2_500.0;

/// Three rates, two hosts, two chips.
pub(crate) const PROFILES: [Profile; 12] = [
    profile("phone-106-fast", PHONE, 1.0, FAST),
    profile("phone-106-mid", PHONE, 1.0, MID),
    profile("phone-424-fast", PHONE, 4.0, FAST),
    profile("phone-424-mid", PHONE, 4.0, MID),
    profile("phone-848-fast", PHONE, 8.0, FAST),
    profile("phone-848-mid", PHONE, 8.0, MID),
    profile("desk-106-fast", DESK, 1.0, FAST),
    profile("desk-106-mid", DESK, 1.0, MID),
    profile("desk-424-fast", DESK, 4.0, FAST),
    profile("desk-424-mid", DESK, 4.0, MID),
    profile("desk-848-fast", DESK, 8.0, FAST),
    profile("desk-848-mid", DESK, 8.0, MID),
];

impl Profile {
    /// The least time of these exchanges. That a slow chip asks for more time is not in it.
    pub(crate) fn microseconds(&self, exchanges: &[Exchange]) -> f64 {
        exchanges.iter().map(|exchange| self.exchange(exchange)).sum()
    }

    fn exchange(&self, exchange: &Exchange) -> f64 {
        let computed: f64 =
            exchange.computes.iter().map(|it| self.chip.operations[*it as usize]).sum();
        let secured = self.chip.per_byte * exchange.data as f64;
        let air = self.message(exchange.sent) + self.message(exchange.received) + 2.0 * PAUSE;
        self.host + air + self.chip.dispatch + computed + secured
    }

    /// Blocks of 256 bytes, three of them PCB and CRC; between two, an acknowledgement of three bytes and two pauses.
    fn message(&self, length: usize) -> f64 {
        let etu = 128.0 / (13.56 * self.divisor);
        let frame = |bytes: usize| (9 * bytes + 2) as f64 * etu;
        let synchronisation = if self.divisor > 1.0 { 37.8 } else { 0.0 };
        let blocks = length.div_ceil(253);
        let full = (blocks - 1) as f64 * (frame(256) + synchronisation);
        let last = frame(length - (blocks - 1) * 253 + 3) + synchronisation;
        full + last + (blocks - 1) as f64 * (frame(3) + 2.0 * PAUSE)
    }
}

/// 1172 cycles of the carrier.
const PAUSE: f64 = 1_172.0 / 13.56;

/// Secure messaging after BAC or PACE.
struct Channel {
    block: usize,
    /// What one answer carries at most.
    capacity: usize,
}

impl Channel {
    fn of(strategy: Strategy) -> Channel {
        let block = match strategy.access {
            Access::Bac => 8,
            Access::Pace => 16,
        };
        let capacity = match strategy.buffer {
            Buffer::Unlimited => 65_000,
            Buffer::Bytes(bytes) => bytes,
            // 256 bytes: DO 87 with a length of two bytes and the padding indicator, four of DO 99, ten of DO 8E; of the
            // last block at least one byte is padding.
            Buffer::Short => (256 - 4 - 14) / block * block - 1,
        };
        Channel { block, capacity }
    }

    fn padded(&self, data: usize) -> usize {
        (data / self.block + 1) * self.block
    }

    /// DO 87 around the padding indicator and the cryptogram.
    fn object(&self, data: usize) -> usize {
        let value = 1 + self.padded(data);
        let length = if value < 128 {
            1
        } else if value < 256 {
            2
        } else {
            3
        };
        if data == 0 { 0 } else { 1 + length + value }
    }

    fn answer(&self, data: usize) -> usize {
        self.object(data) + 4 + 10 + 2
    }

    /// A command with data and perhaps one byte of Le, both lengths short.
    fn command(&self, data: usize, le: bool) -> usize {
        4 + 1 + self.object(data) + if le { 3 } else { 0 } + 10 + 1
    }

    /// READ BINARY of one part. Two bytes of Le, and lengths of three and two, where one answer is longer than short ones.
    fn read(&self, part: usize) -> Exchange {
        let short = self.object(part) + 14 <= 256;
        let sent = if short { self.command(0, true) } else { 4 + 3 + 4 + 10 + 2 };
        Exchange { sent, received: self.answer(part), data: part, computes: &[] }
    }

    fn file(&self, length: usize) -> Vec<Exchange> {
        let whole = length / self.capacity;
        let rest = length % self.capacity;
        let parts = std::iter::repeat_n(self.capacity, whole).chain((rest > 0).then_some(rest));
        parts.map(|part| self.read(part)).collect()
    }
}

fn plain(sent: usize, received: usize, computes: &'static [Operation]) -> Exchange {
    Exchange { sent, received, data: 0, computes }
}

/// The read phase alone.
pub(crate) fn read_phase(strategy: Strategy) -> Vec<Exchange> {
    let channel = Channel::of(strategy);
    PAYLOAD.iter().flat_map(|length| channel.file(*length)).collect()
}

/// Access, Chip Authentication and the read phase.
pub(crate) fn whole(strategy: Strategy) -> Vec<Exchange> {
    use Operation::{Agreement, Bac, Challenge, KeyGeneration, NewKeys, Selection};
    let channel = Channel::of(strategy);
    let protected = |command, le, answer, computes| Exchange {
        sent: channel.command(command, le),
        received: channel.answer(answer),
        data: command + answer,
        computes,
    };
    let mut exchanges = match strategy.access {
        Access::Bac => vec![
            // SELECT of the application, GET CHALLENGE, EXTERNAL AUTHENTICATE.
            plain(5 + 7, 2, &[Selection]),
            plain(5, 8 + 2, &[Challenge]),
            plain(5 + 40 + 1, 40 + 2, &[Bac]),
            // MSE:Set KAT with a point of 65 bytes.
            protected(2 + 65, false, 0, &[Agreement, NewKeys]),
        ],
        Access::Pace => vec![
            // EF.CardAccess, MSE:Set AT, the nonce, two points each way, the tokens.
            plain(5, 22 + 2, &[]),
            plain(5 + 12 + 3, 2, &[]),
            plain(5 + 2 + 1, 4 + 16 + 2, &[]),
            plain(5 + 69 + 1, 69 + 2, &[KeyGeneration, Agreement]),
            plain(5 + 69 + 1, 69 + 2, &[KeyGeneration, Agreement]),
            plain(5 + 12 + 1, 12 + 2, &[]),
            // SELECT of the application; MSE:Set AT with an object identifier of ten bytes, GENERAL AUTHENTICATE.
            protected(7, false, 0, &[Selection]),
            protected(12, false, 0, &[]),
            protected(69, true, 2, &[Agreement, NewKeys]),
        ],
    };
    exchanges.extend(channel.file(DG14));
    exchanges.extend(read_phase(strategy));
    exchanges
}

pub(crate) fn bytes(exchanges: &[Exchange]) -> usize {
    exchanges.iter().map(|exchange| exchange.sent + exchange.received).sum()
}

pub(crate) fn payload() -> usize {
    PAYLOAD.iter().sum()
}
