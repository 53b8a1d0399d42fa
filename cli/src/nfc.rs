//! NFC devices without PC/SC: `cccd read --nfc` through libnfc, and `cccd simulate --pn532`, a device for it to read.

#[cfg(feature = "nfc")]
use std::time::Duration;

#[cfg(feature = "nfc")]
use cccd::transport::{Cancellation, Until, nfc::Device};
#[cfg(target_os = "linux")]
use cccd_simulator::{
    Fault,
    pn532::{Air, Pn532},
};
use clap::Args;

use crate::{failure::Failure, simulation::Simulated};

/// The device to read with.
#[derive(Args)]
pub(crate) struct NfcArguments {
    /// Đọc bằng thiết bị NFC qua libnfc, không cần PC/SC; giá trị là kết nối của thiết bị, ví dụ pn532_uart:/dev/ttyUSB0
    /// [mặc định: thiết bị đầu tiên tìm thấy] · Read with an NFC device through libnfc, without PC/SC: its connection,
    /// such as pn532_uart:/dev/ttyUSB0 [default: the first device found]
    #[arg(long, value_name = "CONNECTION", num_args = 0..=1, help_heading = "Thẻ · Card",
          conflicts_with_all = ["reader", "simulated"])]
    nfc: Option<Option<String>>,
}

impl NfcArguments {
    /// Whether an NFC device is to be used.
    pub(crate) const fn wanted(&self) -> bool {
        self.nfc.is_some()
    }

    /// Opens the device and waits for a card.
    #[cfg(feature = "nfc")]
    pub(crate) fn card(&self, wait: Option<u64>) -> Result<Device, Failure> {
        let connection = self.nfc.as_ref().and_then(Option::as_deref);
        let mut device = Device::open(connection)?;
        // Without a word a card has to lie there, and a device needs about that long to look.
        let time = Duration::from_secs(wait.unwrap_or(1));
        device.wait_for_card(&Until::within(time, &Cancellation::new()))?;
        Ok(device)
    }
}

/// Where a simulated card lies.
#[derive(Args)]
pub(crate) struct Pn532Arguments {
    /// Đặt thẻ lên một thiết bị PN532 mô phỏng (Linux) thay cho vpcd; mọi phần mềm dùng libnfc đều đọc được · Lay the card
    /// on a simulated PN532 (Linux), which any program of libnfc reads, in place of vpcd
    #[arg(long, conflicts_with_all = ["slot", "port", "list"])]
    pn532: bool,
    /// Thẻ trên PN532 mô phỏng thuộc loại B của ISO/IEC 14443 · The simulated PN532's card is of ISO/IEC 14443 type B
    #[arg(long, requires = "pn532")]
    type_b: bool,
}

impl Pn532Arguments {
    /// Whether the card lies on a PN532.
    pub(crate) const fn wanted(&self) -> bool {
        self.pn532
    }

    /// Plugs the device in with the card in its field, says where it is, and waits until `end` says that it is over.
    #[cfg(target_os = "linux")]
    pub(crate) fn simulate(
        &self,
        card: Simulated,
        remove_after: Option<usize>,
        end: impl FnOnce(),
    ) -> Result<(), Failure> {
        use crate::{failure, language::one, output::to_stdout, simulate};

        let device = Pn532::plug_in().map_err(|_| &failure::NO_TERMINAL)?;
        let air = if self.type_b { Air::TypeB } else { Air::TypeA };
        let mut link = card.link;
        if let Some(exchanges) = remove_after {
            link.plan(Fault::LostBefore(exchanges));
        }
        device.lay(link, air);
        let connection = device.connection();
        to_stdout(&format!(
            "{} {connection}. {}\n  \
             {}    cccd read --nfc {connection} …\n  \
             {}     LIBNFC_DEVICE={connection} nfc-list\n",
            one("Thẻ đang nằm ở", "The card lies on"),
            one("Ctrl-C để rút thẻ.", "Ctrl-C takes it away."),
            one("Để đọc ", "Read it"),
            one("Để xem", "See it"),
        ));
        end();
        simulate::taken_away();
        for violation in device.with_chip(|chip| chip.violations().to_vec()).unwrap_or_default() {
            simulate::broke(violation);
        }
        Ok(())
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn simulate(
        &self,
        _: Simulated,
        _: Option<usize>,
        _: impl FnOnce(),
    ) -> Result<(), Failure> {
        Err((&crate::failure::NO_TERMINAL).into())
    }
}
