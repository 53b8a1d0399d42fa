//! What the operator of the desk decides: whom to trust, for which day, by which rules.

use std::path::PathBuf;

use cccd::{
    date::Date,
    findings::Deviation,
    inspection::InspectionSystem,
    pki::TrustStore,
    policy::{Policy, RevocationDemand},
    transport::today,
};
use clap::{Args, ValueEnum};

use crate::{
    failure::Failure,
    language::{choose, one},
    trust::sources,
};

/// Trust, day and policy.
#[derive(Args)]
#[command(next_help_heading = "Tin cậy và quy định · Trust and policy")]
pub(crate) struct OperatorArguments {
    /// Cơ quan cấp được tin cậy: chứng thư (DER, PEM, PKCS #7), danh sách cơ quan cấp, danh sách thu hồi, LDIF của ICAO
    /// PKD, kho của `cccd trust import`, hoặc thư mục chứa chúng · Trusted issuers: certificates (DER, PEM, PKCS #7),
    /// master lists, lists of revoked certificates, LDIF of the ICAO PKD, a store of `cccd trust import`, or folders of
    /// them
    ///
    /// Danh sách cơ quan cấp chỉ có giá trị khi kèm chứng thư của cơ quan bảo chứng cho nó. · A master list counts only
    /// if the authority that vouches for it is given beside it.
    #[arg(long, value_name = "PATH", num_args = 1..)]
    trust: Vec<PathBuf>,
    /// Khóa công khai (PEM): kho của `cccd trust import` chỉ có giá trị nếu do khóa này niêm phong · A public key (PEM):
    /// stores of `cccd trust import` count only if it sealed them
    #[arg(long, value_name = "PUB", requires = "trust")]
    trust_key: Vec<PathBuf>,
    /// Ngày mà kết luận có hiệu lực, YYYY-MM-DD [mặc định: hôm nay, UTC] · The day for which the verdict shall hold,
    /// YYYY-MM-DD [default: today, UTC]
    #[arg(long, value_name = "DATE", value_parser = day)]
    at: Option<Date>,
    /// Mức độ chặt chẽ · How strict to be
    #[arg(long, value_enum, default_value_t = Preset::Standard)]
    policy: Preset,
    /// Chấp nhận đơn vị ký không dẫn đến cơ quan cấp nào được tin cậy; kết quả ghi rõ điều đó · Accept a signer that
    /// chains to no trusted issuer; the output says so
    #[arg(long)]
    allow_unknown_issuer: bool,
    /// Chấp nhận thẻ đã hết hạn, và chứng thư đã hết hạn · Accept a document after its date of expiry, and certificates
    /// after theirs
    #[arg(long)]
    allow_expired: bool,
    /// Xét hiệu lực chứng thư theo ngày mà đơn vị ký ghi là đã ký · Judge certificates at the day on which the signer says
    /// to have signed
    #[arg(long)]
    validity_at_signing: bool,
    /// Bắt buộc có danh sách thu hồi của cơ quan cấp · Demand a list of revoked certificates of the issuer
    #[arg(long, value_enum, value_name = "STATE")]
    require_revocation: Option<Revocation>,
    /// Chấp nhận một sai khác mà quy định từ chối, theo tên của nó trong kết quả · Accept a deviation that the policy
    /// refuses, by its name in the output
    #[arg(long, value_name = "NAME", value_parser = deviation)]
    allow_deviation: Vec<Deviation>,
    /// Từ chối giấy tờ cần đến sai khác này · Refuse documents that need this deviation
    #[arg(long, value_name = "NAME", value_parser = deviation)]
    refuse_deviation: Vec<Deviation>,
    /// Khi xác thực chip (CA) đã thành công thì không đọc DG15 và không đòi chữ ký: nhanh hơn, nhưng bằng chứng lưu lại
    /// không chứng minh được chip · Where Chip Authentication has proven the chip, read no DG15 and ask for no signature:
    /// faster, but evidence of the read holds no proof of the chip
    #[arg(long)]
    allow_one_chip_proof: bool,
    /// Chuyển sang BAC nếu PACE hỏng vì lý do khác ngoài sai mã · Go on with BAC if PACE fails for another reason than a
    /// wrong key
    #[arg(long, conflicts_with_all = ["require_pace", "require_aes"])]
    allow_bac_after_pace_failure: bool,
    /// Từ chối chip chỉ có BAC · Refuse chips that only offer BAC
    #[arg(long)]
    require_pace: bool,
    /// Từ chối 3DES ở mọi nơi, do đó cả BAC · Refuse 3DES everywhere, and so BAC as well
    #[arg(long)]
    require_aes: bool,
    /// Với chip không có PACE, thử chừng này ngày hết hạn ước tính [mặc định: 1] · Try so many estimated dates of expiry on a
    /// chip without PACE [default: 1]
    #[arg(long, value_name = "TRIES")]
    allow_key_candidates: Option<u8>,
    /// Không thử PIN hay PUK khi chỉ còn một lần trước khi bị khóa · Try no PIN or PUK that one more wrong try would block
    #[arg(long)]
    refuse_last_attempt: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Preset {
    /// Cơ quan cấp được tin cậy; chip phải chứng minh nếu giấy tờ có khả năng đó · Trusted issuer; chip proof if the
    /// document offers one
    Standard,
    /// Như standard, và chip phải ký một thử thách mới · As standard, and the chip must sign a fresh challenge
    Bank,
}

#[derive(Clone, Copy, ValueEnum)]
enum Revocation {
    /// Phải có danh sách của cơ quan cấp, quá hạn cũng được · A list of the issuer must be there; it may be out of date
    Listed,
    /// Danh sách phải còn hiệu lực vào ngày kiểm tra · The list must be in force at the day of the check
    Fresh,
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
            sources::load(&self.trust, &self.trust_key)?
        };
        sources.iter().for_each(|source| sources::report(source, &tell));
        if let Some(der) = anchor {
            trust.add_certificate(der, "simulated authority")?;
        }
        let at = match self.at {
            Some(at) => at,
            None => today()?,
        };
        Ok(InspectionSystem::new(trust, at).with_policy(self.policy()))
    }

    /// The day that was named for the verdicts.
    #[cfg(feature = "pcsc")]
    pub(crate) const fn at(&self) -> Option<Date> {
        self.at
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
        if self.validity_at_signing {
            policy = policy.allow_validity_at_signing();
        }
        policy = match self.require_revocation {
            None => policy,
            Some(Revocation::Listed) => policy.require_revocation(RevocationDemand::Listed),
            Some(Revocation::Fresh) => policy.require_revocation(RevocationDemand::Fresh),
        };
        // What is named twice is refused.
        let allowed = self.allow_deviation.iter().copied();
        policy = allowed.fold(policy, Policy::allow_deviation);
        policy = self.refuse_deviation.iter().copied().fold(policy, Policy::refuse_deviation);
        if self.allow_one_chip_proof {
            policy = policy.allow_one_chip_proof();
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
        if let Some(tries) = self.allow_key_candidates {
            policy = policy.allow_key_candidates(tries);
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

/// How many names are offered in place of one that does not exist.
const SUGGESTIONS: usize = 3;

fn deviation(text: &str) -> Result<Deviation, String> {
    Deviation::from_name(text).ok_or_else(|| {
        let mut names = Deviation::ALL.map(Deviation::name);
        names.sort_by_key(|name| strsim::levenshtein(name, text));
        let nearest = names.into_iter().take(SUGGESTIONS).collect::<Vec<_>>().join(", ");
        let unknown = choose("không có sai khác nào tên như vậy · no such deviation");
        format!("{unknown}\n  {}: {nearest}", choose("gần nhất · nearest"))
    })
}

pub(crate) fn day(text: &str) -> Result<Date, String> {
    let expected = || {
        one(
            "cần một ngày có thật, viết dạng YYYY-MM-DD (năm-tháng-ngày)",
            "expected a day of the calendar as YYYY-MM-DD",
        )
    };
    text.parse().map_err(|_| expected().to_owned())
}
