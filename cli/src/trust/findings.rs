//! What may be wrong with whom one trusts.

use std::collections::BTreeSet;

use cccd::{
    date::Date,
    pki::{Anchor, TrustStore},
};
use clap::ValueEnum;

use super::{
    show,
    sources::{self, Sources},
};

/// A kind of finding. The names are stable.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(super) enum Kind {
    /// Một tệp không được nhận · A file was not taken
    SourceRefused,
    /// Một mục trong tệp bị bỏ qua · An entry of a file was left out
    EntryRefused,
    /// Một gốc tin cậy đã hết hạn · An anchor has expired
    ExpiredAnchor,
    /// Một danh sách thu hồi đã quá hạn · A list of revoked certificates is out of date
    StaleList,
    /// Một cơ quan còn hiệu lực không có danh sách thu hồi · An authority in force has no list of revoked certificates
    NoList,
    /// Nhiều chứng thư mà một cơ quan tự cấp có cùng một khóa · Several certificates that an authority issued to itself
    /// hold one key
    SameKey,
}

impl Kind {
    pub(super) const ALL: [Self; 6] = [
        Self::SourceRefused,
        Self::EntryRefused,
        Self::ExpiredAnchor,
        Self::StaleList,
        Self::NoList,
        Self::SameKey,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::SourceRefused => "source_refused",
            Self::EntryRefused => "entry_refused",
            Self::ExpiredAnchor => "expired_anchor",
            Self::StaleList => "stale_list",
            Self::NoList => "no_list",
            Self::SameKey => "same_key",
        }
    }

    pub(super) const fn heading(self) -> &'static str {
        match self {
            Self::SourceRefused => "TỆP KHÔNG ĐƯỢC NHẬN · FILES NOT TAKEN",
            Self::EntryRefused => "MỤC BỊ BỎ QUA · ENTRIES LEFT OUT",
            Self::ExpiredAnchor => "GỐC TIN CẬY HẾT HẠN · ANCHORS EXPIRED",
            Self::StaleList => "DANH SÁCH THU HỒI QUÁ HẠN · LISTS OUT OF DATE",
            Self::NoList => "CƠ QUAN CHƯA CÓ DANH SÁCH THU HỒI · AUTHORITIES WITHOUT A LIST",
            Self::SameKey => "TRÙNG KHÓA · CERTIFICATES OF ONE KEY",
        }
    }
}

/// One finding.
pub(super) struct Finding {
    pub(super) kind: Kind,
    /// Whose, or of which file.
    pub(super) subject: String,
    pub(super) detail: String,
    pub(super) detail_vi: String,
}

/// Everything that may be wrong at a day, kind after kind.
pub(super) fn all(loaded: &Sources, day: Date) -> Vec<Finding> {
    let mut found = refused(loaded);
    let trust = &loaded.trust;
    for anchor in trust.anchors().filter(|anchor| anchor.certificate().not_after() < day) {
        let end = anchor.certificate().not_after();
        let detail = (format!("hết hạn ngày {end}"), format!("expired on {end}"));
        found.push(finding(Kind::ExpiredAnchor, anchor, detail));
    }
    for kept in trust.kept_revocation_lists() {
        if let ("stale", Some(next)) = (show::freshness(kept, day), kept.list().next_update()) {
            let detail = (format!("phải có bản mới từ {next}"), format!("due on {next}"));
            found.push(Finding::new(Kind::StaleList, kept.authority().to_owned(), detail));
        }
    }
    found.extend(without_list(trust, day));
    for anchors in trust.anchors_of_one_key() {
        // A link certificate holds the same key with good reason.
        let own: Vec<_> = anchors.into_iter().filter(|anchor| is_self_issued(anchor)).collect();
        if let [first, _, ..] = own.as_slice() {
            let fingerprints: Vec<_> = own.iter().map(|anchor| anchor.info().fingerprint).collect();
            let fingerprints = fingerprints.join(", ");
            found.push(finding(Kind::SameKey, first, (fingerprints.clone(), fingerprints)));
        }
    }
    found
}

fn refused(loaded: &Sources) -> Vec<Finding> {
    let (mut files, mut entries) = (Vec::new(), Vec::new());
    for source in &loaded.sources {
        let subject = source.path.display().to_string();
        match &source.outcome {
            Err(error) => {
                let detail = sources::why(error, source.kind);
                files.push(Finding::new(Kind::SourceRefused, subject, detail));
            }
            Ok(loaded) => entries.extend(loaded.refused.iter().map(|refused| {
                Finding::new(Kind::EntryRefused, subject.clone(), sources::left_out(refused))
            })),
        }
    }
    files.append(&mut entries);
    files
}

/// A list of one key of an authority speaks about its others as well [9303-12 §7.1.4].
fn without_list(trust: &TrustStore, day: Date) -> Vec<Finding> {
    let mut said = BTreeSet::new();
    trust
        .anchors()
        .filter(|anchor| anchor.certificate().is_valid_at(day))
        .filter(|anchor| {
            let certificate = anchor.certificate();
            trust.kept_revocation_lists().all(|kept| {
                !kept.is_of(certificate) && kept.list().issuer() != certificate.subject()
            })
        })
        .filter(|anchor| said.insert(anchor.info().subject))
        .map(|anchor| {
            let detail = ("chưa nạp danh sách nào".to_owned(), "no list is loaded".to_owned());
            finding(Kind::NoList, anchor, detail)
        })
        .collect()
}

fn is_self_issued(anchor: &Anchor) -> bool {
    let certificate = anchor.certificate();
    certificate.issuer() == certificate.subject()
        && (certificate.authority_key_id().is_none()
            || certificate.authority_key_id() == certificate.subject_key_id())
}

fn finding(kind: Kind, anchor: &Anchor, detail: (String, String)) -> Finding {
    Finding::new(kind, anchor.certificate().subject().to_string(), detail)
}

impl Finding {
    /// The detail in Vietnamese and English.
    fn new(kind: Kind, subject: String, (detail_vi, detail): (String, String)) -> Self {
        Self { kind, subject, detail, detail_vi }
    }
}
