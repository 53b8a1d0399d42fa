//! The table: signed files of `test-vectors/pki`, what is trusted, and what has to come of it.

#![allow(unreachable_pub)] // a module of a test

use cccd::{
    findings::Deviation::{
        self, KeyUsageMissing, KeyUsagePeriod, LinkName, SerialNumber, WrongKeyUsage,
    },
    policy::{Policy, RevocationDemand},
};

use crate::common::TODAY;

/// How a policy differs from the standard one.
#[derive(Debug, Clone, Copy)]
pub enum Rules {
    Standard,
    AtSigning,
    Allow(Deviation),
    AtSigningAllow(Deviation),
    Refuse(Deviation),
    Listed,
    Fresh,
    ExpiredDocument,
    UnknownIssuer,
    /// Everything that can be loosened for a path.
    Loosest,
}

impl Rules {
    pub fn policy(self) -> Policy {
        let standard = Policy::standard();
        match self {
            Self::Standard => standard,
            Self::AtSigning => standard.allow_validity_at_signing(),
            Self::Allow(deviation) => standard.allow_deviation(deviation),
            Self::AtSigningAllow(deviation) => {
                standard.allow_validity_at_signing().allow_deviation(deviation)
            }
            Self::Refuse(deviation) => standard.refuse_deviation(deviation),
            Self::Listed => standard.require_revocation(RevocationDemand::Listed),
            Self::Fresh => standard.require_revocation(RevocationDemand::Fresh),
            Self::ExpiredDocument => standard.allow_expired_document(),
            Self::UnknownIssuer => standard.allow_unknown_issuer(),
            Self::Loosest => standard
                .allow_expired_document()
                .allow_validity_at_signing()
                .allow_unknown_issuer()
                .allow_deviation(WrongKeyUsage)
                .allow_deviation(KeyUsagePeriod),
        }
    }
}

/// One row. Files are named without their endings, several with spaces between.
#[derive(Debug, Clone)]
pub struct Case {
    pub sod: &'static str,
    pub trusted: &'static str,
    /// Certificates in the store that are not trusted by themselves.
    pub between: &'static str,
    pub lists: &'static str,
    pub day: &'static str,
    /// The anchor, or the code of the error.
    pub path: &'static str,
    pub revocation: &'static str,
    /// Code, or `ok`.
    pub validity: &'static str,
    pub deviations: &'static [Deviation],
    /// The code that [`Examination::accept`](cccd::passive::Examination::accept) ends with, or `ok`.
    pub accepted: Vec<(Rules, &'static str)>,
}

/// A file whose path leads to the first of the trusted, and of which nothing is wrong.
fn case(sod: &'static str, trusted: &'static str) -> Case {
    Case {
        sod,
        trusted,
        between: "",
        lists: "",
        day: TODAY,
        path: trusted.split(' ').next().unwrap(),
        revocation: "unknown",
        validity: "ok",
        deviations: &[],
        accepted: vec![(Rules::Standard, "ok")],
    }
}

impl Case {
    fn between(self, between: &'static str) -> Self {
        Self { between, ..self }
    }

    fn lists(self, lists: &'static str, revocation: &'static str) -> Self {
        Self { lists, revocation, ..self }
    }

    fn on(self, day: &'static str) -> Self {
        Self { day, ..self }
    }

    fn path(self, path: &'static str) -> Self {
        Self { path, ..self }
    }

    /// The path is refused, and no policy can change that.
    fn refused(self, path: &'static str) -> Self {
        let accepted = vec![(Rules::Standard, path), (Rules::Loosest, path)];
        Self { path, accepted, ..self }
    }

    fn unknown_issuer(self) -> Self {
        self.refused("not_authentic.unknown_issuer").rules([
            (Rules::Standard, "not_authentic.unknown_issuer"),
            (Rules::UnknownIssuer, "ok"),
        ])
    }

    fn not_valid(self) -> Self {
        let validity = "not_authentic.signer_validity";
        Self { validity, ..self }.rules([(Rules::Standard, validity)])
    }

    /// Needs a tolerance that the standard policy has, and that can be refused.
    fn tolerated(self, deviations: &'static [Deviation]) -> Self {
        let mut accepted = vec![(Rules::Standard, "ok")];
        let refused = "policy_refused.deviation";
        accepted.extend(deviations.iter().map(|deviation| (Rules::Refuse(*deviation), refused)));
        Self { deviations, accepted, ..self }
    }

    /// Needs a tolerance that the standard policy has not.
    fn needs(self, deviations: &'static [Deviation]) -> Self {
        let accepted = vec![
            (Rules::Standard, "policy_refused.deviation"),
            (Rules::Allow(deviations[0]), "ok"),
        ];
        Self { deviations, accepted, ..self }
    }

    fn revoked(self) -> Self {
        let revoked = "not_authentic.signer_revoked";
        self.rules([
            (Rules::Standard, revoked),
            (Rules::Listed, revoked),
            (Rules::Fresh, revoked),
            (Rules::Loosest, revoked),
        ])
    }

    fn rules<const N: usize>(self, accepted: [(Rules, &'static str); N]) -> Self {
        Self { accepted: accepted.to_vec(), ..self }
    }
}

const STATE: &str = "not_authentic.issuing_state";
const SIGNER_PATH: &str = "not_authentic.signer_path";
const PATH_LENGTH: &str = "not_authentic.path_length";
const CRITICAL: &str = "not_authentic.critical_extension";
const KEY_USAGE: &str = "not_authentic.signer_key_usage";
const NO_LIST: &str = "policy_refused.revocation_unknown";
const STALE: &str = "policy_refused.revocation_stale";
const VALIDITY: &str = "not_authentic.signer_validity";
const DEVIATION: &str = "policy_refused.deviation";

pub fn plain() -> Vec<Case> {
    vec![
        case("good", "csca-a").rules([
            (Rules::Standard, "ok"),
            (Rules::AtSigning, "ok"),
            (Rules::Listed, NO_LIST),
            (Rules::Fresh, NO_LIST),
        ]),
        case("good", "csca-b csca-a").path("csca-a"),
        case("good", "csca-b").unknown_issuer(),
        // The signer's key may sign until September; this was signed in October.
        case("late-signature", "csca-a").needs(&[KeyUsagePeriod]),
        // Without a signing time there is nothing to hold against the period, nor a day to go back to.
        case("no-time", "csca-a").rules([(Rules::Standard, "ok"), (Rules::AtSigning, "ok")]),
        case("no-time", "csca-a").on("2038-01-01").not_valid().rules([
            (Rules::Standard, VALIDITY),
            (Rules::AtSigning, VALIDITY),
            (Rules::ExpiredDocument, "ok"),
        ]),
        // After the signer, and after both.
        case("good", "csca-a").on("2036-07-01"),
        case("good", "csca-a").on("2036-07-02").not_valid().rules([
            (Rules::Standard, VALIDITY),
            (Rules::AtSigning, "ok"),
            (Rules::ExpiredDocument, "ok"),
        ]),
        case("good", "csca-a").on("2040-01-01").not_valid(),
        // Before the signer: that it was issued since is no excuse for a desk that is wrong about the day.
        case("good", "csca-a")
            .on("2025-12-31")
            .not_valid()
            .rules([(Rules::Standard, VALIDITY), (Rules::ExpiredDocument, VALIDITY)]),
    ]
}

/// [9303-12 §4, §7.1]: a link is issued by the one key for the other, here under one name (self-issued).
pub fn rollover() -> Vec<Case> {
    links(
        ["same", "same-old", "same-new", "same-link", "same-back", "same-with-link"],
        "same-old same-new",
        &[],
    )
}

/// The same where the link changes the attribute serialNumber of the name. OpenSSL follows RFC 5280 to the letter,
/// where only a self-issued certificate is not counted by a path length of zero: "path length constraint exceeded". Doc
/// 9303 wants that length in every CSCA certificate, so here it is a tolerance.
pub fn renumbering() -> Vec<Case> {
    let files =
        ["serial", "serial-old", "serial-new", "serial-link", "serial-back", "serial-with-link"];
    links(files, "serial-old serial-new", &[LinkName])
}

/// The same where the link changes the name altogether and says so by the extension nameChange (2.23.136.1.1.6.1), which
/// Doc 9303-12 has for this and nothing else.
pub fn renaming() -> Vec<Case> {
    let files = ["name", "name-old", "name-new", "name-link", "name-back", "name-with-link"];
    links(files, "name-old name-new", &[LinkName])
}

fn links(
    [by_new, old, new, link, back, with_link]: [&'static str; 6],
    both: &'static str,
    deviations: &'static [Deviation],
) -> Vec<Case> {
    // What a signer of the old key signed has the name of the old root.
    let by_old = old;
    vec![
        case(by_new, new),
        case(by_new, old).unknown_issuer(),
        case(by_new, old).between(link).tolerated(deviations),
        // What is found about a signer holds for all its documents, so what one of them brings along does not count.
        case(with_link, old).unknown_issuer(),
        case(with_link, old).between(link).tolerated(deviations),
        // The nearest anchor is enough.
        case(with_link, both).path(new),
        // The link of the other direction says nothing about this one.
        case(by_new, old).between(back).unknown_issuer(),
        case(by_old, old),
        case(by_old, new).unknown_issuer(),
        case(by_old, new).between(back).tolerated(deviations),
        case(by_old, new).between(link).unknown_issuer(),
        // Nobody trusts either end.
        case(with_link, "csca-a").between(back).unknown_issuer(),
    ]
}

pub fn revocation() -> Vec<Case> {
    vec![
        case("good", "csca-a").lists("a", "not revoked until 2027-02-01").rules([
            (Rules::Standard, "ok"),
            (Rules::Listed, "ok"),
            (Rules::Fresh, "ok"),
        ]),
        case("revoked", "csca-a"),
        case("revoked", "csca-a").lists("a", "revoked on 2026-10-01").revoked(),
        case("revoked", "csca-a").lists("a-empty", "not revoked until 2027-02-01"),
        case("good", "csca-a").lists("a-stale", "stale since 2026-04-01").rules([
            (Rules::Standard, "ok"),
            (Rules::Listed, "ok"),
            (Rules::Fresh, STALE),
        ]),
        case("revoked", "csca-a").lists("a-stale-names", "revoked on 2026-01-15").revoked(),
        // The newest counts, in whatever order they came.
        case("good", "csca-a").lists("a-stale a", "not revoked until 2027-02-01"),
        case("good", "csca-a").lists("a a-stale", "not revoked until 2027-02-01"),
        case("revoked", "csca-a").lists("a-stale a", "revoked on 2026-10-01").revoked(),
        // Numbers count per issuer: Beta's list names this number.
        case("good", "csca-a csca-b")
            .lists("b", "unknown")
            .rules([(Rules::Standard, "ok"), (Rules::Listed, NO_LIST)]),
        // A list of a later day than that of the verdict knows more than one of the day: documents are verified
        // again years later. OpenSSL: "CRL is not yet valid".
        case("revoked", "csca-a").lists("a-future", "not revoked until 2027-04-01"),
        case("good", "csca-a").lists("a-future", "revoked on 2026-12-25").revoked(),
        // The newest complete list is what holds (RFC 5280 §6.3.3): a hold may have ended. So does OpenSSL.
        case("revoked", "csca-a").lists("a-stale-names a-empty", "not revoked until 2027-02-01"),
        case("revoked", "csca-a").lists("a-empty a-stale-names", "not revoked until 2027-02-01"),
        // Revoked weighs more than expired, under every policy.
        case("revoked", "csca-a")
            .on("2036-08-01")
            .lists("a", "revoked on 2026-10-01")
            .not_valid()
            .rules([(Rules::Loosest, "not_authentic.signer_revoked")]),
        // One authority, two keys: its newest list speaks for the signers of both [9303-12 §7.1.4], RFC 5280 §6.3.3 (f).
        case("same-old", "same-old same-new").lists("same-new", "revoked on 2026-10-01").revoked(),
        case("same", "same-old same-new")
            .path("same-new")
            .lists("same-new", "not revoked until 2027-02-01"),
        // A list that names the link certificate itself.
        case("same", "same-old")
            .between("same-link")
            .lists("same-old-link", "revoked on 2026-10-01")
            .revoked(),
        // With the new key trusted by itself, the link does not matter; and a list by the old key cannot know what the
        // new one signed. OpenSSL: "unable to get certificate CRL".
        case("same", "same-new same-old").between("same-link").lists("same-old-link", "unknown"),
    ]
}

/// The old key is trusted, the new one by its link alone; the list is by the new key and names a signer of the old.
/// RFC 5280 §6.3.3 (f): the path of a list's signer has to end at the same anchor, and so it does. PKITS 4.5.5 has this.
pub fn list_by_a_linked_key() -> Vec<Case> {
    vec![
        case("same-old", "same-old")
            .between("same-link")
            .lists("same-new", "revoked on 2026-10-01")
            .revoked(),
    ]
}

/// The key of this CSCA was to sign from 2010 to 2013, its certificate held to June 2025.
pub fn expired() -> Vec<Case> {
    vec![
        case("expired-inside", "expired").not_valid().rules([
            (Rules::Standard, VALIDITY),
            (Rules::AtSigning, "ok"),
            (Rules::ExpiredDocument, "ok"),
        ]),
        case("expired-inside", "expired").on("2012-06-01"),
        Case { deviations: &[KeyUsagePeriod], ..case("expired-outside", "expired") }
            .not_valid()
            .rules([
                (Rules::Standard, VALIDITY),
                (Rules::AtSigning, DEVIATION),
                (Rules::AtSigningAllow(KeyUsagePeriod), "ok"),
                (Rules::ExpiredDocument, DEVIATION),
            ]),
        case("expired-outside", "expired").on("2015-06-01").needs(&[KeyUsagePeriod]),
        // This signer holds today; when it signed, its CSCA had expired.
        case("outlives", "expired").not_valid().rules([
            (Rules::Standard, VALIDITY),
            (Rules::AtSigning, VALIDITY),
            (Rules::ExpiredDocument, "ok"),
        ]),
    ]
}

/// OpenSSL knows no states; where the names and keys alone are in order it accepts.
pub fn states() -> Vec<Case> {
    vec![
        case("wrong-state", "csca-a").refused(STATE),
        case("rogue-subject", "csca-b").refused(STATE),
        case("rogue-subject", "csca-a csca-b").refused(STATE),
        // Alpha's name on Beta's key. The key identifier leads to Beta, whom one may trust for Beta only.
        case("rogue-named", "csca-a").unknown_issuer(),
        case("rogue-named", "csca-a csca-b").refused(STATE),
        case("rogue-lying", "csca-a").refused(SIGNER_PATH),
        case("rogue-lying", "csca-a csca-b").refused(SIGNER_PATH),
        case("rogue-silent", "csca-a").refused(SIGNER_PATH),
        case("rogue-silent", "csca-a csca-b").refused(SIGNER_PATH),
        case("rogue-silent", "csca-b").unknown_issuer(),
        case("rogue-link", "beta-wide").between("rogue-link").refused(STATE),
        case("rogue-link", "beta-wide csca-a").between("rogue-link").refused(STATE),
        // No country of its own: its issuer's.
        case("no-state", "csca-a"),
    ]
}

/// OpenSSL takes the first key of a name and is done; we go on, or one of the twins could not issue.
pub fn twins() -> Vec<Case> {
    vec![
        case("twin", "twin-1 twin-2").path("twin-2"),
        case("twin", "twin-2 twin-1").path("twin-2"),
        case("twin", "twin-1").unknown_issuer(),
        case("silent", "silent-1 silent-2").path("silent-2"),
        case("silent", "silent-2 silent-1").path("silent-2"),
        // Nothing says that there may be another key: this is the authority that it names.
        case("silent", "silent-1").refused(SIGNER_PATH),
    ]
}

pub fn lengths() -> Vec<Case> {
    vec![
        case("too-long", "csca-a").between("too-long-ca").refused(PATH_LENGTH),
        case("one-below", "one-below").between("one-below-ca"),
        case("two-below", "one-below").between("two-below-ca one-below-ca").refused(PATH_LENGTH),
        case("cross", "cross-2"),
        case("cross", "cross-1").between("cross-1-by-2 cross-2-by-1"),
        case("cross", "cross-1 cross-2").between("cross-1-by-2 cross-2-by-1").path("cross-2"),
        case("cross", "csca-a").between("cross-1-by-2 cross-2-by-1").unknown_issuer(),
    ]
}

pub fn extensions() -> Vec<Case> {
    vec![
        case("critical", "csca-a").refused(CRITICAL),
        case("not-critical", "csca-a"),
        case("critical-csca", "critical-csca").refused(CRITICAL),
        case("critical-link", "same-old").between("critical-link").refused(CRITICAL),
        case("critical-link", "same-old").between("critical-link same-link"),
        case("critical-link", "same-old same-new").between("critical-link").path("same-new"),
        case("issues-only", "csca-a").needs(&[WrongKeyUsage]),
        case("repudiation", "csca-a").needs(&[WrongKeyUsage]),
        case("no-usage", "csca-a").tolerated(&[KeyUsageMissing]),
        case("authority", "csca-a").refused(KEY_USAGE),
        case("list-signer", "csca-a").refused(KEY_USAGE),
        // Neither basic constraints nor key usage: an anchor is the operator's choice (RFC 5280 §6.1.1 (d)).
        case("plain", "plain").tolerated(&[KeyUsageMissing]),
        case("serial-zero", "csca-a").tolerated(&[SerialNumber]),
        case("serial-negative", "csca-a").tolerated(&[SerialNumber]),
    ]
}
