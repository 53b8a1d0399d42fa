//! What each file says, in names and words.

use core::fmt::Display;

use cccd::{
    error::Result,
    findings::Deviation,
    lds::{
        AtrInfo, BiometricRecord, Com, Cvca, DataGroup, Dg1, Dg2, Dg3, Dg4, Dg5, Dg7, Dg11, Dg12,
        Dg14, Dg15, Dg16, Dir, FieldText, FieldValue, Image, IssuerDefined, RawObject,
        SecurityInfo, SecurityInfos,
    },
    passive,
    pki::TrustStore,
    tlv,
    transport::today,
    vietnam::Dg13,
};

use super::{Description, Fact, Kind, Said};

type Label = (&'static str, &'static str);

const RECORD: Label = ("Bản ghi", "Record");
const VERSION: Label = ("Phiên bản LDS", "LDS version");
const UNICODE: Label = ("Phiên bản Unicode", "Unicode version");
const GROUPS: Label = ("Nhóm dữ liệu", "Data groups");
const COUNT: Label = ("Số lượng ghi", "Announced number");
const PROTOCOL: Label = ("Giao thức", "Protocol");

pub(super) fn describe(kind: Kind, bytes: &[u8]) -> Result<Description> {
    let mut description = Description {
        kind,
        bytes: bytes.len(),
        facts: Vec::new(),
        images: Vec::new(),
        unknown: Vec::new(),
        deviations: Vec::new(),
    };
    description.read(kind, bytes)?;
    Ok(description)
}

impl Description {
    fn read(&mut self, kind: Kind, bytes: &[u8]) -> Result<()> {
        match kind {
            Kind::Dir => self.dir(&Dir::parse(bytes)?),
            Kind::AtrInfo => self.atr_info(&AtrInfo::parse(bytes)?),
            Kind::CardAccess => self.security_infos(&SecurityInfos::parse(bytes)?),
            Kind::CardSecurity => self.card_security(bytes)?,
            Kind::Cvca => {
                for reference in Cvca::parse(bytes)?.references() {
                    let label = ("Cơ quan gốc của thiết bị đọc", "Authority of terminals");
                    self.plain("authority_reference", label, &reference);
                }
            }
            Kind::Com => {
                let com = Com::parse(bytes)?;
                self.plain("lds_version", VERSION, &com.lds_version());
                self.plain("unicode_version", UNICODE, &com.unicode_version());
                self.plain("groups", GROUPS, &names(com.groups()));
                self.unknown(com.others());
                self.tolerated(com.deviations());
            }
            Kind::Sod => self.sod(bytes)?,
            Kind::Group(group) => self.group(group, bytes)?,
            Kind::Block(group) => self.group(group, &in_a_template(group, bytes))?,
        }
        Ok(())
    }

    fn group(&mut self, group: DataGroup, bytes: &[u8]) -> Result<()> {
        match group.number() {
            1 => self.dg1(&Dg1::parse(bytes)?),
            2 => {
                let dg2 = Dg2::parse(bytes)?;
                self.biometrics(dg2.faces(), dg2.records(), dg2.others(), dg2.deviations());
            }
            3 => {
                let dg3 = Dg3::parse(bytes)?;
                self.biometrics(dg3.fingers(), dg3.records(), dg3.others(), dg3.deviations());
            }
            4 => {
                let dg4 = Dg4::parse(bytes)?;
                self.biometrics(dg4.irises(), dg4.records(), dg4.others(), dg4.deviations());
            }
            5 => {
                let dg5 = Dg5::parse(bytes)?;
                self.biometrics(dg5.images(), &[], dg5.others(), dg5.deviations());
            }
            7 => {
                let dg7 = Dg7::parse(bytes)?;
                self.biometrics(dg7.images(), &[], dg7.others(), dg7.deviations());
            }
            11 => {
                let dg11 = Dg11::parse(bytes)?;
                self.details(dg11.fields(), dg11.unknown(), dg11.deviations());
            }
            12 => {
                let dg12 = Dg12::parse(bytes)?;
                self.details(dg12.fields(), dg12.unknown(), dg12.deviations());
            }
            13 => self.dg13(&Dg13::parse(bytes)?),
            14 => self.security_infos(Dg14::parse(bytes)?.security_infos()),
            15 => {
                let dg15 = Dg15::parse(bytes)?;
                let label = ("Khóa xác thực chủ động", "Active Authentication key");
                let length = format!("{} byte", dg15.spki().len());
                self.plain("public_key", label, &length);
                self.tolerated(dg15.deviations());
            }
            16 => self.dg16(&Dg16::parse(bytes)?),
            _ => {
                let features = IssuerDefined::parse(group, bytes)?;
                if let Some(count) = features.count() {
                    self.plain("count", COUNT, &count);
                }
                self.unknown(features.objects());
                self.tolerated(features.deviations());
            }
        }
        Ok(())
    }

    // ---- files of the card ----------------------------------------------------------------------

    fn dir(&mut self, dir: &Dir) {
        for application in dir.applications() {
            let identifier = crate::evidence::hex(&application.identifier);
            self.plain("application", ("Ứng dụng", "Application"), &identifier);
            if let Some(label) = &application.label {
                self.plain("label", ("  Tên", "Label"), &label);
            }
            self.unknown(&application.others);
        }
        self.unknown(dir.others());
    }

    fn atr_info(&mut self, info: &AtrInfo) {
        if let Some((command, answer)) = info.extended_length() {
            self.plain("longest_command", ("Lệnh dài nhất", "Longest command"), &command);
            self.plain("longest_answer", ("Trả lời dài nhất", "Longest answer"), &answer);
        }
        if let Some(capabilities) = info.capabilities() {
            let label = ("Khả năng của thẻ", "Card capabilities");
            self.plain("capabilities", label, &crate::evidence::hex(capabilities));
        }
        self.unknown(info.others());
    }

    /// Whom the signature trusts is nobody's question here.
    fn card_security(&mut self, bytes: &[u8]) -> Result<()> {
        let examined = passive::examine_card_security(bytes, &TrustStore::empty(), today()?)?;
        self.security_infos(examined.infos());
        Ok(())
    }

    fn sod(&mut self, bytes: &[u8]) -> Result<()> {
        let examination = passive::examine(bytes, &TrustStore::empty(), today()?)?;
        let list = examination.security_object();
        let groups = list.groups().filter_map(DataGroup::new);
        self.plain("groups", GROUPS, &names(groups));
        let algorithm = list.digest_algorithm();
        self.plain("digest", ("Thuật toán băm", "Digest"), &algorithm.name());
        if let Some(version) = list.lds_version() {
            self.plain("lds_version", VERSION, &version);
        }
        if let Some(signer) = examination.signer() {
            self.plain("signer", ("Người ký", "Signer"), &signer.subject);
            self.plain("issuer", ("Cơ quan cấp", "Issuer"), &signer.issuer);
        }
        self.deviations.extend(examination.deviations().map(Deviation::name));
        Ok(())
    }

    fn security_infos(&mut self, infos: &SecurityInfos) {
        for info in infos.as_slice() {
            let (protocol, details) = match info {
                SecurityInfo::Pace(pace) => {
                    let number = pace.parameter_id.map(|id| format!(", {id}"));
                    (pace.protocol.name(), number.unwrap_or_default())
                }
                SecurityInfo::ChipAuthentication(chip) => (chip.protocol.name(), String::new()),
                SecurityInfo::ChipAuthenticationPublicKey(key) => {
                    ("CA public key".to_owned(), format!(", {} byte", key.spki.len()))
                }
                SecurityInfo::TerminalAuthentication(terminal) => {
                    ("TA".to_owned(), format!(", v{}", terminal.version))
                }
                SecurityInfo::ActiveAuthentication(active) => {
                    ("AA".to_owned(), format!(", {}", active.signature_algorithm))
                }
                SecurityInfo::PaceDomainParameters(_) => {
                    ("PACE domain parameters".to_owned(), String::new())
                }
                SecurityInfo::ChipAuthenticationDomainParameters(_) => {
                    ("CA domain parameters".to_owned(), String::new())
                }
                SecurityInfo::Other { oid, raw } => {
                    let oid = oid.as_ref().map_or_else(|| "?".to_owned(), ToString::to_string);
                    ("other".to_owned(), format!(", {oid}, {} byte", raw.len()))
                }
                _ => ("other".to_owned(), String::new()),
            };
            self.plain("protocol", PROTOCOL, &format!("{protocol}{details}"));
        }
        self.tolerated(infos.deviations());
    }

    // ---- groups of the holder -------------------------------------------------------------------

    fn dg1(&mut self, dg1: &Dg1) {
        let mrz = dg1.mrz();
        let format = match mrz.format() {
            cccd::mrz::Format::Td1 => "TD1",
            cccd::mrz::Format::Td2 => "TD2",
            cccd::mrz::Format::Td3 => "TD3",
        };
        self.plain("format", ("Dạng", "Format"), &format);
        self.plain("document_code", ("Mã giấy tờ", "Document code"), &mrz.document_code());
        self.plain("issuing_state", ("Quốc gia cấp", "Issuing state"), &mrz.issuing_state());
        for line in mrz.lines() {
            self.personal("line", ("Dòng MRZ", "MRZ line"), line.to_owned());
        }
        self.tolerated(dg1.deviations());
    }

    fn biometrics(
        &mut self,
        images: &[Image],
        records: &[BiometricRecord],
        others: &[RawObject],
        deviations: &[Deviation],
    ) {
        for record in records {
            let owner = record.header.format_owner.zip(record.header.format_type);
            let owner = owner.map(|(owner, format)| format!(", {owner:04X}/{format:04X}"));
            let name = record.format.name();
            self.plain("record", RECORD, &format!("{name}{}", owner.unwrap_or_default()));
            self.unknown(&record.kept);
            self.unknown(&record.header.others);
            self.unknown(record.unread.as_slice());
        }
        self.images.extend_from_slice(images);
        self.unknown(others);
        self.tolerated(deviations);
    }

    fn details(
        &mut self,
        fields: &[cccd::lds::Field],
        unknown: &[RawObject],
        deviations: &[Deviation],
    ) {
        for field in fields {
            let label = label(field.name);
            match &field.value {
                FieldValue::Text(text) => self.text(field.name, label, text),
                FieldValue::Moment(moment) => {
                    self.personal(field.name, label, moment.reveal().to_string());
                }
                FieldValue::Image(image) => self.images.push((**image).clone()),
                FieldValue::Empty => self.plain(field.name, label, &""),
                _ => {
                    let said = Said::Unreadable(field.raw.reveal().len());
                    self.facts.push(Fact { name: field.name, label, said });
                }
            }
        }
        self.unknown(unknown);
        self.tolerated(deviations);
    }

    fn dg13(&mut self, dg13: &Dg13) {
        const NAMES: [&str; 16] =
            ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16"];
        for (number, name) in (1..).zip(NAMES) {
            for text in dg13.texts(number).iter().flatten() {
                self.personal(name, ("Mục", "Entry"), text.text().reveal().clone());
            }
        }
        for extra in dg13.extras() {
            self.unknown.push((0x30, extra.raw.reveal().len()));
        }
        self.tolerated(dg13.deviations());
    }

    fn dg16(&mut self, dg16: &Dg16) {
        for person in dg16.persons() {
            let fields = [
                ("name", ("Người cần báo tin", "Person to notify"), &person.name),
                ("telephone", label("telephone"), &person.telephone),
                ("address", ("Địa chỉ", "Address"), &person.address),
            ];
            for (name, label, text) in fields {
                if let Some(text) = text {
                    self.text(name, label, text);
                }
            }
            if let Some(recorded) = &person.recorded {
                let label = ("Ngày ghi", "Recorded");
                self.personal("recorded", label, recorded.reveal().to_string());
            }
            self.unknown(&person.others);
        }
        self.unknown(dg16.others());
        self.tolerated(dg16.deviations());
    }

    // ---- what they share ------------------------------------------------------------------------

    fn plain(&mut self, name: &'static str, label: Label, value: &dyn Display) {
        self.facts.push(Fact { name, label, said: Said::Plain(value.to_string()) });
    }

    fn personal(&mut self, name: &'static str, label: Label, value: String) {
        self.facts.push(Fact { name, label, said: Said::Personal(value) });
    }

    fn text(&mut self, name: &'static str, label: Label, text: &FieldText) {
        self.personal(name, label, text.as_written().reveal().clone());
    }

    fn unknown(&mut self, objects: &[RawObject]) {
        let sizes = objects.iter().map(|object| (object.tag, object.value.reveal().len()));
        self.unknown.extend(sizes);
    }

    fn tolerated(&mut self, deviations: &[Deviation]) {
        self.deviations.extend(deviations.iter().map(|deviation| deviation.name()));
    }
}

fn names(groups: impl Iterator<Item = DataGroup>) -> String {
    groups.map(DataGroup::name).collect::<Vec<_>>().join(" ")
}

/// The group that would hold a block of ISO/IEC 39794.
fn in_a_template(group: DataGroup, block: &[u8]) -> Vec<u8> {
    let template = tlv::write(0x7F60, &tlv::write(0x7F2E, &tlv::write(0xA1, block)));
    let templates = [tlv::write(0x02, &[1]), template].concat();
    tlv::write(group.tag(), &tlv::write(0x7F61, &templates))
}

/// What a field of DG11 or DG12 is called.
fn label(name: &str) -> Label {
    match name {
        "full_name" => ("Họ và tên", "Full name"),
        "other_name" => ("Tên gọi khác", "Other name"),
        "personal_number" => ("Số định danh", "Personal number"),
        "date_of_birth" => ("Ngày sinh", "Date of birth"),
        "place_of_birth" => ("Nơi sinh", "Place of birth"),
        "permanent_address" => ("Địa chỉ thường trú", "Permanent address"),
        "telephone" => ("Điện thoại", "Telephone"),
        "profession" => ("Nghề nghiệp", "Profession"),
        "title" => ("Chức danh", "Title"),
        "personal_summary" => ("Tóm tắt", "Summary"),
        "other_document_numbers" => ("Số giấy tờ khác", "Other document numbers"),
        "custody_information" => ("Thông tin giám hộ", "Custody"),
        "issuing_authority" => ("Cơ quan cấp", "Issuing authority"),
        "date_of_issue" => ("Ngày cấp", "Date of issue"),
        "other_person" => ("Người đi kèm", "Other person"),
        "endorsements" => ("Bị chú", "Endorsements"),
        "tax_or_exit_requirements" => ("Yêu cầu thuế, xuất cảnh", "Tax or exit requirements"),
        "personalised" => ("Thời điểm ghi chip", "Personalised"),
        "personalisation_system" => ("Hệ thống ghi chip", "Personalisation system"),
        _ => ("Mục khác", "Other field"),
    }
}
