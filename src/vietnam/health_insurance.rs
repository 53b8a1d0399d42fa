//! Health insurance (bảo hiểm y tế): whether a citizen is insured, asked from the social-insurance office.
//!
//! The office's interface takes a JSON object and answers with one: its names and codes stand in the annex to letter
//! 1923/BHXH-CNTT of 20 June 2024. Here are the fields of the question ([`Lookup`]), those of the answer
//! ([`Answer`]), and what each code of it means and wants corrected ([`AnswerCode`]). Nothing here opens a
//! connection, holds credentials or needs JSON: the caller has all three.
//!
//! The chip's name and date of birth are those of the citizen's register. Where the office refuses them, its own
//! record is what differs; the codes say in which field.

mod answer;
mod card_qr;
mod code;
mod lookup;

pub use answer::Answer;
pub use card_qr::InsuranceCardQr;
pub use code::{AnswerCode, Correction};
pub use lookup::{BirthLayout, Lookup, Staff};

#[cfg(test)]
mod tests;
