//! The files that are signed: EF.SOD and the data groups, each compared with its digest as it arrives.

use super::{Phase, opening::OpenChip, procedure::Procedure};
use crate::{
    crypto::{Arrived, DigestAlgorithm},
    error::{Error, NotAuthentic, Result},
    findings::Check,
    lds::{DataGroup, File},
    passive::{self, SignedDigests},
    sensitive::Personal,
};

/// What can be read while EF.SOD is judged: what the procedure asks for next, and what says nothing of the holder.
const FIRST_GROUPS: [DataGroup; 2] = [DataGroup::DG14, DataGroup::DG15];

impl Procedure {
    pub(super) async fn read_security_object(&mut self, chip: &mut OpenChip) -> Result<Vec<u8>> {
        let sod = self.read_file(chip, File::Sod).await;
        let sod = sod.map_err(|error| self.failed(Check::SodSignature, error))?;
        let missing = Error::NotAuthentic(NotAuthentic::NoSecurityObject);
        sod.ok_or_else(|| self.verification.failed(Check::SodSignature, missing))
    }

    /// Verifies EF.SOD while the chip's own keys, DG14 or DG15, are under way. What they say counts for nothing
    /// before; an EF.SOD that is refused has cost one exchange more, and nothing of the holder was read.
    pub(super) async fn accept_security_object(
        &mut self,
        chip: &mut OpenChip,
        sod: &[u8],
        accepted: &mut Option<SignedDigests>,
    ) -> Result<()> {
        self.phase(Phase::SecurityObject);
        let first = passive::announced(sod).ok().and_then(|list| {
            let needless =
                |group: &DataGroup| *group == DataGroup::DG15 && self.is_content_with(chip);
            let listed = |group: &DataGroup| list.digest(group.number()).is_some();
            let group = FIRST_GROUPS.into_iter().find(|group| listed(group) && !needless(group));
            Some((group?, list.digest_algorithm()))
        });
        let Self { verification, system, window, .. } = self;
        let mut judge = || {
            let examination = verification.examine(sod, &system.trust)?;
            let signed = verification.accept(examination)?;
            window.publish(verification.report().clone());
            Ok(signed)
        };
        let Some((group, algorithm)) = first else {
            *accepted = Some(judge()?);
            return Ok(());
        };
        let mut judged = None;
        let mut work = || {
            judged.get_or_insert_with(&mut judge);
        };
        let (file, by) = (File::Group(group), Some(algorithm));
        let read = chip.files.read_while(&mut chip.channel, file, by, window, &mut work).await;
        let signed = accepted.insert(judged.unwrap_or_else(judge)?);
        let file = self.present(group, read)?;
        self.admit(chip, signed, group, file).await
    }

    /// Reads a group, if it was signed, and compares it with its digest.
    pub(super) async fn read_group(
        &mut self,
        chip: &mut OpenChip,
        signed: &mut SignedDigests,
        group: DataGroup,
    ) -> Result<()> {
        let number = group.number();
        if signed.group(number).is_some() || !signed.groups().any(|listed| listed == number) {
            return Ok(());
        }
        let file = self.read_hashed(chip, group, signed.digest_algorithm()).await?;
        self.admit(chip, signed, group, file).await
    }

    /// Compares a group with its digest.
    async fn admit(
        &mut self,
        chip: &mut OpenChip,
        signed: &mut SignedDigests,
        group: DataGroup,
        file: Arrived,
    ) -> Result<()> {
        let (number, length) = (group.number(), file.bytes().len());
        if signed.admit_arrived(number, file).is_ok() {
            return Ok(());
        }
        // Links that lose bytes, and chips that send an error as data, deserve a second look.
        chip.channel.line().repeated(length);
        let file = self.read_hashed(chip, group, signed.digest_algorithm()).await?;
        self.verification.admit(signed, number, file)
    }

    async fn read_hashed(
        &mut self,
        chip: &mut OpenChip,
        group: DataGroup,
        algorithm: DigestAlgorithm,
    ) -> Result<Arrived> {
        let (file, by) = (File::Group(group), Some(algorithm));
        let channel = &mut chip.channel;
        let read = chip.files.read_while(channel, file, by, &self.window, &mut || ()).await;
        self.present(group, read)
    }

    /// A group that is signed has to be there.
    fn present(&mut self, group: DataGroup, read: Result<Option<Arrived>>) -> Result<Arrived> {
        let file = read.map_err(|error| self.failed(Check::Digests, error))?;
        let withheld = Error::NotAuthentic(NotAuthentic::GroupWithheld { group: group.number() });
        file.ok_or_else(|| self.verification.failed(Check::Digests, withheld))
    }

    /// Reads a file of the application; `None` if the chip does not have it.
    async fn read_file(&mut self, chip: &mut OpenChip, file: File) -> Result<Option<Vec<u8>>> {
        chip.files.read(&mut chip.channel, file, &self.window).await
    }

    /// Takes DG2 from the caller's store, if what the store has is what was signed.
    pub(super) fn take_known_portrait(&mut self, signed: &mut SignedDigests) -> bool {
        let number = DataGroup::DG2.number();
        let Some(digest) = signed.digest(number).filter(|_| signed.group(number).is_none()) else {
            return false;
        };
        let found = self.options.portraits.as_mut().and_then(|store| store.load(digest));
        found.is_some_and(|dg2| signed.admit(number, Personal::new(dg2)).is_ok())
    }
}
