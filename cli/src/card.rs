//! Which card, and how to get at it: the options that every command with a card shares.

use std::time::Duration;

#[cfg(feature = "pcsc")]
use cccd::transport::{
    Cancellation, Until,
    pcsc::{self, Readers, Sharing},
};
use cccd::{
    inspection::InspectionOptions,
    transport::{Limits, RunOptions, Transport},
};
use cccd_simulator::timing::Elapsed;
use clap::Args;

#[cfg(any(feature = "pcsc", feature = "nfc"))]
use crate::progress::ProgressLine;
use crate::{
    failure::Failure,
    key::Key,
    nfc::NfcArguments,
    profile,
    simulation::{Simulated, SimulatedReader, SimulationArguments},
    speed::TimingArguments,
};

/// The heading above the options that say which card.
pub(crate) const CARD: &str = "Thẻ · Card";

/// What is wrong with options of a card that is not there.
pub(crate) const SIMULATED_ONLY: &str = "các tùy chọn của thẻ mô phỏng cần có --simulated · options of a simulated \
                                         card need --simulated";

/// A card that lies on some device.
pub(crate) trait Card: Transport {
    /// What it has cost so far by its virtual clock; `None` where time is real.
    fn elapsed(&self) -> Option<Elapsed> {
        None
    }

    /// The reader's name, if it has one.
    fn reader(&self) -> Option<&str> {
        None
    }
}

/// The card that is to be read.
#[derive(Args)]
pub(crate) struct CardArguments {
    /// Đọc thẻ mô phỏng được tạo tại chỗ; không nhập mã thì dùng mã của chính nó · Read a simulated card, made on the spot;
    /// without a key its own is used
    #[arg(long, conflicts_with_all = ["reader", "wait"], help_heading = CARD)]
    pub(crate) simulated: bool,
    /// Tên đầu đọc PC/SC [mặc định: đầu đọc đầu tiên có thẻ] · The PC/SC reader [default: the first with a card on it]
    #[arg(long, value_name = "NAME", help_heading = CARD)]
    reader: Option<String>,
    /// Chờ thẻ trong thời gian này · Wait this long for a card
    #[arg(long, value_name = "SECONDS", help_heading = CARD)]
    wait: Option<u64>,
    #[command(flatten)]
    pub(crate) link: LinkArguments,
    #[command(flatten)]
    nfc: NfcArguments,
    #[command(flatten)]
    simulation: SimulationArguments,
    #[command(flatten)]
    timing: TimingArguments,
}

impl CardArguments {
    /// Ends the program if the options make no sense together.
    pub(crate) fn check(&self, command: &str) {
        if !self.simulated && (self.simulation.any() || self.timing.any()) {
            crate::misused(command, SIMULATED_ONLY);
        }
    }

    /// The key that was given, or that of the simulated card; else ends the program.
    pub(crate) fn key(
        &self,
        command: &str,
        given: Option<Key>,
        simulated: Option<&Simulated>,
    ) -> Result<Key, Failure> {
        match (given, simulated) {
            (Some(key), _) => Ok(key),
            (None, Some(card)) => profile::key(&card.profile, &card.person),
            (None, None) => crate::misused(
                command,
                "cần một mã mở chip: --can, --id-number, --mrz, --qr, --pin hoặc --puk (hoặc --simulated) · a key is \
                 needed: --can, --id-number, --mrz, --qr, --pin or --puk (or --simulated)",
            ),
        }
    }

    /// The simulated card, if it is to be one.
    pub(crate) fn simulated(&self) -> Result<Option<Simulated>, Failure> {
        self.simulated.then(|| self.simulation.card()).transpose()
    }

    /// Opens the device on which the card lies. `hidden`: nobody is told that a card is waited for.
    pub(crate) fn open(
        &self,
        simulated: Option<Simulated>,
        hidden: bool,
    ) -> Result<Box<dyn Card>, Failure> {
        match simulated {
            Some(Simulated { link, limits, .. }) => {
                let timing = self.timing.timing();
                let (max_command, max_response) = timing.limits();
                Ok(Box::new(SimulatedReader {
                    link: link.with_timing(timing),
                    limits: Limits {
                        max_command: limits.max_command.min(max_command),
                        max_response: limits.max_response.min(max_response),
                    },
                    left: self.simulation.remove_after,
                    put_back: self.simulation.put_back_after.map(Duration::from_millis),
                }))
            }
            None if self.nfc.wanted() => self.open_nfc(hidden),
            None => self.open_pcsc(hidden),
        }
    }

    #[cfg(feature = "pcsc")]
    fn open_pcsc(&self, hidden: bool) -> Result<Box<dyn Card>, Failure> {
        let readers = Readers::connect()?;
        let mut reader = self.reader.clone();
        if let Some(seconds) = self.wait {
            let progress = ProgressLine::new(hidden);
            progress.wait_for_card();
            let until = Until::within(Duration::from_secs(seconds), &Cancellation::new());
            // If none came, opening says what is missing: the reader or the card.
            reader = readers.wait_for_card(reader.as_deref(), &until)?.or(reader);
        }
        let Self { link, .. } = self;
        let card = readers.open_with(reader.as_deref(), link.sharing(), &link.opening())?;
        Ok(Box::new(card))
    }

    #[cfg(not(feature = "pcsc"))]
    #[allow(clippy::unused_self, reason = "as where there are readers")]
    fn open_pcsc(&self, _: bool) -> Result<Box<dyn Card>, Failure> {
        Err((&crate::failure::NO_PCSC).into())
    }

    #[cfg(feature = "nfc")]
    fn open_nfc(&self, hidden: bool) -> Result<Box<dyn Card>, Failure> {
        if self.wait.is_some() {
            ProgressLine::new(hidden).wait_for_card();
        }
        Ok(Box::new(self.nfc.card(self.wait)?))
    }

    #[cfg(not(feature = "nfc"))]
    #[allow(clippy::unused_self, reason = "as where there are devices")]
    fn open_nfc(&self, _: bool) -> Result<Box<dyn Card>, Failure> {
        Err((&crate::failure::NO_NFC).into())
    }

    /// The name of the virtual clock; `None` where time is real.
    pub(crate) fn timing(&self) -> Option<String> {
        self.simulated.then(|| self.timing.timing().name().to_owned())
    }

    /// What the evidence says of the device.
    pub(crate) fn device(&self) -> &str {
        match &self.reader {
            _ if self.simulated => "simulated card",
            Some(reader) => reader,
            None if self.nfc.wanted() => "NFC device",
            None => "PC/SC",
        }
    }
}

#[cfg(feature = "pcsc")]
impl Card for pcsc::Card {
    fn reader(&self) -> Option<&str> {
        Some(pcsc::Card::reader(self))
    }
}

#[cfg(feature = "nfc")]
impl Card for cccd::transport::nfc::Device {}

/// How long a read may last, and with whom the card is shared.
#[derive(Args, Clone, Copy)]
#[command(next_help_heading = CARD)]
pub(crate) struct LinkArguments {
    /// Thời hạn cho cả lượt đọc, tính từ lúc thẻ nằm trên đầu đọc · The longest the whole read may last, from the moment
    /// the card lies there
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
    /// Mỗi lần mất thẻ giữa chừng, chờ đặt lại trong thời gian này · Wait this long for a card that was lost in the middle
    /// of the read, each time
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    patience: u64,
    /// Mở bằng BAC ngay, cho giấy tờ biết chắc không có PACE · Open by BAC at once, for a document that is known to have no
    /// PACE
    #[arg(long)]
    bac_only: bool,
    /// Trước hết hỏi chip lệnh và trả lời dài được bao nhiêu (EF.ATR/INFO) · Ask the chip how long commands and answers can
    /// be (EF.ATR/INFO), before anything else
    #[arg(long)]
    ask_for_lengths: bool,
    /// Cho phần mềm khác vẫn kết nối với thẻ; chúng chờ đến khi đọc xong · Let other programs stay connected to the card;
    /// they wait for the read's end
    #[cfg(feature = "pcsc")]
    #[arg(long)]
    shared: bool,
}

impl LinkArguments {
    /// What is asked of the chip before it is opened.
    pub(crate) fn approach(self, options: InspectionOptions) -> InspectionOptions {
        let options = if self.bac_only { options.bac_only() } else { options };
        if self.ask_for_lengths { options.ask_for_lengths() } else { options }
    }

    /// How long to wait for a card that is not there.
    pub(crate) const fn patience(self) -> Duration {
        Duration::from_secs(self.patience)
    }

    pub(crate) fn options<'a>(self) -> RunOptions<'a> {
        let options = RunOptions::new().patience(self.patience());
        match self.timeout {
            Some(seconds) => options.deadline(Duration::from_secs(seconds)),
            None => options,
        }
    }

    /// The time in which a card has to be opened, as far as the whole read allows.
    #[cfg(feature = "pcsc")]
    pub(crate) fn opening(self) -> Until {
        const OPENING: Duration = Duration::from_secs(15);
        let time =
            self.timeout.map_or(OPENING, |seconds| OPENING.min(Duration::from_secs(seconds)));
        Until::within(time, &Cancellation::new())
    }

    #[cfg(feature = "pcsc")]
    pub(crate) const fn sharing(self) -> Sharing {
        if self.shared { Sharing::Shared } else { Sharing::Exclusive }
    }
}
