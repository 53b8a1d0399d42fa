use std::path::PathBuf;

use cccd::error::Advice;

/// Why a batch, as a whole, cannot be verified. What is wrong with one document is its outcome instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// A column that is needed is not there.
    #[error("there is no column {0}")]
    MissingColumn(String),
    /// A column has a type that cannot hold what it should.
    #[error("column {column} is {found}; {wanted} is needed")]
    ColumnType {
        /// Its name.
        column: String,
        /// What it should be.
        wanted: &'static str,
        /// What it is.
        found: String,
    },
    /// The policy demands a proof that the chip is genuine, which stored files cannot give.
    #[error(
        "the policy demands a proof that the chip is genuine, which a batch of stored files cannot give"
    )]
    ChipProof,
    /// The results were made for another day than the one asked for.
    #[error(
        "the results are verdicts for {results}, and {asked} is asked for; only the files themselves tell more"
    )]
    OtherDay {
        /// Of the results.
        results: String,
        /// Asked for.
        asked: String,
    },
    /// A signer that the results name is not among the signers, or its certificate is another one.
    #[error("the signer {0} is missing; results and signers belong together")]
    MissingSigner(String),
    /// The results hold something that this version does not write.
    #[error("column {0} holds what no result is")]
    NotResults(&'static str),
    /// A file cannot be read any further.
    #[error("the file {} cannot be read{}: {what}", path.display(), after(*rows))]
    Input {
        /// The file.
        path: PathBuf,
        /// Rows that came before.
        rows: u64,
        /// Why.
        what: String,
    },
    /// A file cannot be written.
    #[error("the file {} cannot be written: {what}", path.display())]
    Output {
        /// The file.
        path: PathBuf,
        /// Why.
        what: String,
    },
    /// Arrow refused what was put together here.
    #[error("Arrow: {0}")]
    Arrow(String),
}

fn after(rows: u64) -> String {
    match rows {
        0 => String::new(),
        1 => " after 1 document".to_owned(),
        rows => format!(" after {rows} documents"),
    }
}

impl BatchError {
    /// The stable code: `file.column_missing`, …
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::MissingColumn(_) => "file.column_missing",
            Self::ColumnType { .. } => "file.column_type",
            Self::ChipProof => "misuse.chip_proof",
            Self::OtherDay { .. } => "misuse.other_day",
            Self::MissingSigner(_) => "file.signer_missing",
            Self::NotResults(_) => "file.not_results",
            Self::Input { .. } => "file.input",
            Self::Output { .. } => "file.output",
            Self::Arrow(_) => "misuse.arrow",
        }
    }

    /// The part of the code before the point.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::ChipProof | Self::OtherDay { .. } | Self::Arrow(_) => "misuse",
            _ => "file",
        }
    }

    /// What to do next.
    #[must_use]
    pub const fn advice(&self) -> Advice {
        match self {
            Self::ChipProof | Self::OtherDay { .. } => Advice::AskOperator,
            Self::Arrow(_) => Advice::FixCode,
            _ => Advice::CheckFile,
        }
    }

    /// The sentence for a person who reads Vietnamese.
    #[must_use]
    pub fn message_vi(&self) -> String {
        match self {
            Self::MissingColumn(name) => format!("Thiếu cột {name}."),
            Self::ColumnType { column, .. } => format!("Cột {column} sai kiểu dữ liệu."),
            Self::ChipProof => {
                "Quy định đòi hỏi chứng minh chip thật; tệp đã lưu không chứng minh được."
                    .to_owned()
            }
            Self::OtherDay { results, asked } => {
                format!("Kết quả có hiệu lực cho ngày {results}, không phải {asked}.")
            }
            Self::MissingSigner(_) => {
                "Tệp kết quả và tệp chứng thư ký không cùng một lần kiểm tra.".to_owned()
            }
            Self::NotResults(name) => format!("Cột {name} không phải là kết quả kiểm tra."),
            Self::Input { path, .. } => format!("Không đọc được {}.", path.display()),
            Self::Output { path, .. } => format!("Không ghi được {}.", path.display()),
            Self::Arrow(_) => "Lỗi nội bộ khi tạo bảng kết quả.".to_owned(),
        }
    }
}

impl From<arrow_schema::ArrowError> for BatchError {
    fn from(error: arrow_schema::ArrowError) -> Self {
        Self::Arrow(error.to_string())
    }
}
