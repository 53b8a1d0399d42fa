//! Blocks and frames of ISO/IEC 14443-4, in cycles of the carrier.

use super::profile::Radio;

/// Frames both ways, and how long they take with the pauses between them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Air {
    pub(super) frames: u64,
    pub(super) cycles: u64,
}

impl Air {
    /// 1 / 13.56 MHz is 25 000 / 339 ns.
    pub(super) fn ns(self) -> u64 {
        cycles_to_ns(self.cycles)
    }
}

pub(super) fn cycles_to_ns(cycles: u64) -> u64 {
    (cycles * 25_000 + 339 / 2) / 339
}

impl Radio {
    /// A command and its answer.
    pub(super) fn exchange(&self, command: usize, answer: usize) -> Air {
        let (command, answer) = (self.chain(command, self.fsc), self.chain(answer, self.fsd));
        Air {
            frames: command.frames + answer.frames,
            // The chip waits before it answers, the reader before its next command.
            cycles: command.cycles + answer.cycles + 2 * self.frame_delay_cycles,
        }
    }

    /// The chip asks for more time: S(WTX) and the reader's answer, one byte each. Acknowledgements and these go without
    /// synchronisation.
    pub(super) fn waiting_time_extension(&self) -> Air {
        Air { frames: 2, cycles: 2 * (self.bits(1) + self.frame_delay_cycles) }
    }

    /// The blocks of one message, the acknowledgements between them included.
    fn chain(&self, length: usize, frame_size: usize) -> Air {
        let room = frame_size - self.block_bytes;
        let blocks = length.div_ceil(room).max(1) as u64;
        let between = blocks - 1;
        // Every block has the same bits beside its bytes.
        let blocks_cycles = blocks * (self.bits(0) + self.sync_cycles) + self.bytes(length);
        let acknowledgement = self.bits(0) + 2 * self.frame_delay_cycles;
        Air { frames: blocks + between, cycles: blocks_cycles + between * acknowledgement }
    }

    /// A command into the void: the reader waits, asks again with R(NAK) some times, and waits each time.
    pub(super) fn unanswered(&self, command: usize) -> Air {
        let command = self.chain(command, self.fsc);
        let waiting = (1 + self.retransmissions) * self.frame_waiting_time();
        Air {
            frames: command.frames + self.retransmissions,
            cycles: command.cycles + self.retransmissions * self.bits(0) + waiting,
        }
    }

    /// How long a reader waits for a block.
    pub(super) fn frame_waiting_time(&self) -> u64 {
        4096 << self.fwi
    }

    /// How long a reader waits after it has powered up a card.
    pub(super) fn start_up_guard_time(&self) -> u64 {
        4096 << self.sfgi
    }

    fn bits(&self, content: usize) -> u64 {
        self.bytes(content + self.block_bytes) + self.frame_bits * 128 / self.divisor
    }

    fn bytes(&self, bytes: usize) -> u64 {
        self.bits_per_byte * bytes as u64 * 128 / self.divisor
    }
}
