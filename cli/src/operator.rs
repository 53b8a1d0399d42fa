//! What the operator of the desk decides: whom to trust, for which day, by which rules.

use std::path::PathBuf;

use cccd::{
    date::Date,
    error::{Error, NotAuthentic},
    files::{self, LoadedSource, SourceKind},
    inspection::InspectionSystem,
    pki::TrustStore,
    policy::Policy,
    transport::today,
};
use clap::{Args, ValueEnum};

use crate::failure::Failure;

/// Trust, day and policy.
#[derive(Args)]
#[command(next_help_heading = "Tin cậy và quy định · Trust and policy")]
pub(crate) struct OperatorArguments {
    /// Cơ quan cấp được tin cậy · Trusted issuers: certificates (DER, PEM), master lists, or folders of them
    ///
    /// A master list counts only if the authority that vouches for it is given beside it.
    #[arg(long, value_name = "PATH", num_args = 1..)]
    trust: Vec<PathBuf>,
    /// Ngày kiểm tra · The day for which the verdict shall hold, YYYY-MM-DD [default: today, UTC]
    #[arg(long, value_name = "DATE", value_parser = day)]
    at: Option<Date>,
    /// Mức độ chặt chẽ · How strict to be
    #[arg(long, value_enum, default_value_t = Preset::Standard)]
    policy: Preset,
    /// Chấp nhận cơ quan cấp lạ · Accept a signer that chains to no trusted issuer; the output says so
    #[arg(long)]
    allow_unknown_issuer: bool,
    /// Chấp nhận thẻ hết hạn · Accept a document after its date of expiry, and certificates after
    /// theirs
    #[arg(long)]
    allow_expired: bool,
    /// Dùng BAC khi PACE hỏng · Go on with BAC if PACE fails for another reason than a wrong key
    #[arg(long, conflicts_with_all = ["require_pace", "require_aes"])]
    allow_bac_after_pace_failure: bool,
    /// Bắt buộc dùng PACE · Refuse chips that only offer BAC
    #[arg(long)]
    require_pace: bool,
    /// Từ chối 3DES · Refuse 3DES everywhere, and so BAC as well
    #[arg(long)]
    require_aes: bool,
    /// Không dùng lần thử cuối · Try no PIN or PUK that one more wrong try would block
    #[arg(long)]
    refuse_last_attempt: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Preset {
    /// Trusted issuer; chip proof if the document offers one
    Standard,
    /// As standard, and the chip must sign a fresh challenge
    Bank,
}

impl OperatorArguments {
    /// The inspection system, which trusts `anchor` besides what was named.
    ///
    /// `tell` receives a line about each source of trust; those that are not what was hoped for are
    /// marked.
    pub(crate) fn system(
        &self,
        anchor: Option<&[u8]>,
        tell: impl Fn(Remark),
    ) -> Result<InspectionSystem, Failure> {
        let (mut trust, sources) = if self.trust.is_empty() {
            (TrustStore::empty(), Vec::new())
        } else {
            files::load_trust(&self.trust)?
        };
        sources.iter().for_each(|source| report(source, &tell));
        if let Some(der) = anchor {
            trust.add_certificate(der, "simulated authority")?;
        }
        let at = match self.at {
            Some(at) => at,
            None => today()?,
        };
        Ok(InspectionSystem::new(trust, at).with_policy(self.policy()))
    }

    fn policy(&self) -> Policy {
        let mut policy = match self.policy {
            Preset::Standard => Policy::standard(),
            Preset::Bank => Policy::bank(),
        };
        if self.allow_unknown_issuer {
            policy = policy.allow_unknown_issuer();
        }
        if self.allow_expired {
            policy = policy.allow_expired_document();
        }
        if self.allow_bac_after_pace_failure {
            policy = policy.allow_bac_after_pace_failure();
        }
        if self.require_pace {
            policy = policy.require_pace();
        }
        if self.require_aes {
            policy = policy.require_aes();
        }
        if self.refuse_last_attempt {
            policy = policy.refuse_last_attempt();
        }
        policy
    }
}

/// A line for the operator.
pub(crate) enum Remark {
    /// Good to know.
    Note(String),
    /// Something was not taken.
    Warning(String),
}

/// How many certificates were taken from a source, and why any was not.
fn report(source: &LoadedSource, tell: &impl Fn(Remark)) {
    let path = source.path.display();
    match &source.outcome {
        Ok(loaded) => {
            let known = match loaded.known {
                0 => String::new(),
                known => format!(", {known} known already"),
            };
            tell(Remark::Note(format!("{path}: {} trusted{known}", loaded.taken)));
            for refused in &loaded.refused {
                let name = refused.subject.as_deref().unwrap_or("a certificate");
                tell(Remark::Warning(format!("{path}: {name} was left out: {}", refused.reason)));
            }
        }
        Err(Error::NotAuthentic(NotAuthentic::UnknownIssuer))
            if source.kind == SourceKind::MasterList =>
        {
            tell(Remark::Warning(format!(
                "{path}: not taken: give the authority that vouches for this master list as well"
            )));
        }
        Err(error) => tell(Remark::Warning(format!("{path}: not taken: {error}"))),
    }
}

fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "expected a day of the calendar as YYYY-MM-DD".to_owned())
}
