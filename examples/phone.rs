//! A phone reads the card: asynchronous, on any executor, over the phone's own NFC.
//!
//! ```text
//! cargo run --example phone
//!
//!   app (Kotlin, Swift)                       Rust
//!   IsoDep.transceive, sendCommand   ◄──►     read(inspection, limits, transceive, tag_again)
//! ```
//! What the app hands over are two callbacks: bytes in, bytes out, or "tag lost"; and the tag once more.
//!
//! * Android: `IsoDep.setTimeout` with the command's time budget, `getMaxTransceiveLength` for the limits (261 by
//!   default, 65,279 with many makers), extended length if `isExtendedLengthApduSupported`.
//! * iOS: the system has selected the application already, EF.CardAccess may be unreadable then, and SELECT of the
//!   master file answers 6D00. The library needs neither. `NFCTagReaderSession` itself ends after 60 seconds.
//!
//! Here the phone is a simulated card behind a clock.

use std::{cell::RefCell, process::ExitCode, time::Duration};

use cccd::{
    Error,
    access::AccessKey,
    document::VerifiedDocument,
    inspection::{Inspection, InspectionOptions, InspectionSystem, Phase, Progress, Step},
    pki::TrustStore,
    transport::{Cancellation, Limits, SystemRandom, today},
    vietnam::CitizenRecord,
};
use cccd_simulator::{
    Behaviour, CardOptions, Chip, Fault, Issuer, IssuerOptions, Link, Person, Personalisation,
};
use tokio::time::{sleep, timeout};

/// The tag has left the field: `TagLostException`, `readerErrorTagConnectionLost`.
pub(crate) struct TagLost;

/// How long the holder has to bring the card back.
const PATIENCE: Duration = Duration::from_secs(20);

/// Reads a card over a phone's NFC. Dropping the future ends the read as well as `cancellation` does, which ends
/// it after the exchange that is under way.
pub(crate) async fn read(
    inspection: &mut Inspection,
    limits: Limits,
    mut transceive: impl AsyncFnMut(&[u8], Duration) -> Result<Vec<u8>, TagLost>,
    mut tag_again: impl AsyncFnMut() -> Result<(), TagLost>,
    cancellation: &Cancellation,
    mut show: impl FnMut(Progress),
) -> cccd::Result<VerifiedDocument> {
    inspection.set_limits(limits);
    loop {
        if cancellation.is_cancelled() {
            inspection.cancel();
        }
        match inspection.poll()? {
            Step::Transmit(command) => {
                let time = command.time_budget();
                // The phone's own limit, and one for phones that forget theirs.
                match timeout(time, transceive(command.as_bytes(), time)).await {
                    Ok(Ok(answer)) => inspection.receive(&answer),
                    Ok(Err(TagLost)) | Err(_) => inspection.lost(Error::LinkLost),
                }
            }
            Step::CardLost => match timeout(PATIENCE, tag_again()).await {
                Ok(Ok(())) => inspection.card_is_back(),
                Ok(Err(TagLost)) | Err(_) => inspection.lost(Error::LinkLost),
            },
            Step::Progress(progress) => show(progress),
            // A screen shows the holder's name and number here, seconds before the portrait.
            Step::Identity(_) => {}
            Step::Done(document) => return Ok(*document),
        }
    }
}

/// A phone with a simulated card at its back.
pub(crate) struct Phone {
    pub(crate) link: RefCell<Link>,
    pub(crate) limits: Limits,
    /// From now on the card answers nothing at all.
    pub(crate) mute: bool,
}

impl Phone {
    pub(crate) const fn new(link: Link, limits: Limits) -> Self {
        Self { link: RefCell::new(link), limits, mute: false }
    }

    /// What `getMaxTransceiveLength` and `isExtendedLengthApduSupported` mean together.
    pub(crate) const fn android(link: Link, max_transceive: usize, extended: bool) -> Self {
        let limits = if extended {
            Limits { max_command: max_transceive, max_response: max_transceive }
        } else {
            Limits::SHORT
        };
        Self::new(link, limits)
    }

    /// `IsoDep.transceive`.
    async fn transceive(&self, command: &[u8], _: Duration) -> Result<Vec<u8>, TagLost> {
        // The air, and whatever else runs on this executor.
        sleep(Duration::from_micros(100)).await;
        if self.mute {
            std::future::pending::<()>().await;
        }
        let answer = self.link.borrow_mut().transmit(command).map_err(|_| TagLost)?;
        let Limits { max_command, max_response } = self.limits;
        if command.len() > max_command || answer.len() > max_response {
            Err(TagLost)
        } else {
            Ok(answer)
        }
    }

    /// Reads the card at the phone's back.
    pub(crate) async fn read(
        &self,
        inspection: &mut Inspection,
        cancellation: &Cancellation,
        show: impl FnMut(Progress),
    ) -> cccd::Result<VerifiedDocument> {
        let transceive = async |command: &[u8], time| self.transceive(command, time).await;
        let tag_again = async || {
            sleep(Duration::from_millis(1)).await;
            self.link.borrow_mut().put_back();
            Ok(())
        };
        read(inspection, self.limits, transceive, tag_again, cancellation, show).await
    }
}

/// The card as an iPhone hands it over.
pub(crate) fn on_ios(mut card: Personalisation) -> Personalisation {
    card.behaviour = Behaviour {
        application_preselected: true,
        card_access_in_application: 0x6A82,
        select_mf: 0x6D00,
        ..card.behaviour
    };
    card
}

async fn at_the_phones(issuer: &Issuer) -> cccd::Result<()> {
    let mut trust = TrustStore::empty();
    trust.add_certificate(issuer.csca_certificate(), "simulated authority")?;
    let system = InspectionSystem::new(trust, today()?);
    let inspect = || -> cccd::Result<Inspection> {
        let can = AccessKey::from_can(&Person::sample().can())?;
        Ok(system.inspect(InspectionOptions::new(can, SystemRandom::new())))
    };
    let mut card = issuer.personalise(&Person::sample(), &CardOptions::default());
    // A signature of 2048 bits does not fit into a short answer; this card gives it in two.
    card.behaviour.get_response = true;
    let link = || Link::new(Chip::new(card.clone(), 1));
    let slipped = Link::with_fault(Chip::new(card.clone(), 1), Fault::LostAfter(50));
    let ios = Link::new(Chip::new(on_ios(card.clone()), 1));
    let never = Cancellation::new();

    for (name, phone) in [
        ("Android, 261 bytes at a time", Phone::android(link(), 261, false)),
        ("Android, 65,279 bytes", Phone::android(link(), 65_279, true)),
        ("iOS, application selected by the system", Phone::new(ios, Limits::EXTENDED)),
        ("Android, the card slips once", Phone::android(slipped, 261, false)),
    ] {
        let mut inspection = inspect()?;
        let show = |step: Progress| {
            if step.phase == Phase::CardLost {
                println!("   hold the card to the phone again");
            }
        };
        println!("{name}");
        let document = phone.read(&mut inspection, &never, show).await?;
        let citizen = CitizenRecord::from_document(&document)?;
        let metrics = inspection.metrics();
        println!("   {}, {} exchanges", citizen.full_name.reveal(), metrics.apdus);
        println!("   {} losses, {} bytes read twice", metrics.losses, metrics.bytes_repeated);
    }

    println!("The holder taps \"cancel\"");
    let cancel = Cancellation::new();
    let mut inspection = inspect()?;
    let phone = Phone::android(link(), 261, false);
    let outcome = phone.read(&mut inspection, &cancel, |_| cancel.cancel()).await.map(drop);
    println!("   {}", outcome.as_ref().expect_err("a cancelled read has no document"));
    assert_eq!(outcome, Err(Error::Cancelled));
    Ok(())
}

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let issuer = Issuer::new(IssuerOptions::default());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    runtime.block_on(at_the_phones(&issuer))?;
    Ok(ExitCode::SUCCESS)
}
