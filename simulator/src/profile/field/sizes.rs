//! Problems 1 to 16: the link, the reader, lengths and the status words about them.

use super::{Card, card};
use crate::chip::{EndOfFile, ErrorProtection, TooLong};
use crate::link::Fault;
use crate::personalisation::{ActiveKind, file};
use crate::portrait::PortraitOptions;

pub(super) fn cards() -> Vec<Card> {
    let mut cards = links().to_vec();
    cards.extend(end_of_file());
    cards.extend(exact_length());
    cards.extend(wrong_length());
    cards.extend(errors_in_the_channel());
    cards.extend(long_files());
    cards
}

fn links() -> [Card; 6] {
    [
        // The lost command, the look at EF.SOD, SELECT of the file that was begun.
        card(1, "lost-in-portrait", "the tag is lost in the middle of the portrait and put back")
            .faults(&[Fault::LostAfter(17)])
            .costs(3, 0, 1),
        card(
            1,
            "lost-before-portrait",
            "the tag is lost before the chip gets a command of the portrait",
        )
        .faults(&[Fault::LostBefore(17)])
        .costs(3, 0, 1),
        card(2, "late-in-pace", "an answer of PACE comes after the reader has given up")
            .faults(&[Fault::Delayed(2)])
            // EF.CardAccess and two steps come again; nothing was open yet.
            .extra(3),
        card(
            2,
            "late-in-reading",
            "an answer comes after the reader has given up; the chip has power",
        )
        .faults(&[Fault::Delayed(16)])
        .costs(3, 0, 1),
        card(4, "short-reader", "a reader that carries short APDUs only, and says so")
            .reader(261, 258),
        card(5, "no-extended-length", "extended length is refused with 6700, in plain")
            .chip(|chip| chip.extended_length = false)
            .extra(1),
    ]
}

fn end_of_file() -> [Card; 3] {
    [
        card(7, "end-of-file-6282", "the end of a file comes with 6282")
            .chip(|chip| chip.end_of_file = EndOfFile::Warning),
        card(7, "padded-files", "zeros and 80 follow every file").altered(|card| {
            for contents in card.files.values_mut() {
                contents.extend([0, 0, 0x80]);
            }
        }),
        card(7, "end-of-file-6282-bac", "the end of a file comes with 6282, after BAC")
            .bac()
            .chip(|chip| chip.end_of_file = EndOfFile::Warning),
    ]
}

fn exact_length() -> [Card; 3] {
    [
        card(8, "exact-length-6ce7", "6CE7 to every Le above 231, after BAC")
            .bac()
            .chip(|chip| {
                chip.max_response_data = 231;
                chip.too_long = TooLong::ExactLe;
            })
            .extra(1),
        card(8, "exact-length-6c80", "6C80 to every Le above 128")
            .chip(|chip| {
                chip.max_response_data = 128;
                chip.too_long = TooLong::ExactLe;
            })
            .extra(2),
        card(8, "exact-length-of-rest", "6Cxx to a Le beyond the end of a file of up to 255 bytes")
            .chip(|chip| chip.end_of_file = EndOfFile::ExactLe)
            // EF.CardAccess; DG1, DG14 and DG15.
            .costs(1, 3, 0),
    ]
}

/// Cards that refuse a Le above their own limit, rung by rung, in both ways that were seen.
fn wrong_length() -> Vec<Card> {
    fn limited(number: u8, words: &str, line: &'static str, limit: usize, how: TooLong) -> Card {
        card(number, words, line).chip(|chip| {
            chip.max_response_data = limit;
            chip.too_long = how;
        })
    }
    let refusing = |words, line, limit| limited(9, words, line, limit, TooLong::WrongLength);
    let silent = |words, line, limit| limited(14, words, line, limit, TooLong::Nothing);
    vec![
        refusing("wrong-length-above-223", "6700 to every Le above 223", 223).extra(1),
        refusing("wrong-length-above-192", "6700 to every Le above 192", 192).extra(2),
        refusing("wrong-length-above-160", "6700 to every Le above 160", 160).extra(3),
        refusing("wrong-length-above-128", "6700 to every Le above 128", 128).extra(3),
        refusing("wrong-length-above-112", "6700 to every Le above 112", 112).extra(2),
        refusing("wrong-length-above-96", "6700 to every Le above 96", 96).extra(3),
        refusing("wrong-length-above-64", "6700 to every Le above 64", 64).extra(3),
        refusing("wrong-length-above-231-bac", "6700 to every Le above 231, after BAC", 231)
            .bac()
            .extra(3),
        refusing("wrong-length-above-223-bac", "6700 to every Le above 223, after BAC", 223)
            .bac()
            .extra(2),
        silent("no-data-above-223", "9000 without data to every Le above 223", 223).extra(1),
        silent("no-data-above-231-bac", "9000 without data to every Le above 231, after BAC", 231)
            .bac()
            .extra(3),
        silent("no-data-above-112", "9000 without data to every Le above 112", 112).extra(2),
    ]
}

fn errors_in_the_channel() -> Vec<Card> {
    let plain = |words, line, how| {
        card(11, words, line).chip(|chip| {
            chip.extended_length = false;
            chip.error_protection = how;
        })
    };
    vec![
        card(10, "no-le-beyond-end", "6B00 to a Le beyond the end of the file")
            .chip(|chip| {
                chip.max_response_data = 65_536;
                chip.end_of_file = EndOfFile::Refuse;
            })
            // EF.CardAccess is refused and begun by its header; from there on every file is.
            .costs(2, 6, 0),
        card(
            10,
            "6b00-then-6988",
            "6B00 in plain to a Le beyond the end, and 6988 to what follows",
        )
        .bac()
        .chip(|chip| {
            chip.max_response_data = 65_536;
            chip.end_of_file = EndOfFile::Refuse;
            chip.error_protection = ErrorProtection::PlainEndsSession;
        })
        // The refusal and the command that finds the session gone; then the headers of the files.
        .costs(2, 6, 1),
        plain(
            "plain-error-not-counted",
            "errors come in plain and are not counted; no extended length",
            ErrorProtection::PlainUncounted,
        )
        .extra(1),
        plain(
            "plain-error-counted",
            "errors come in plain and are counted; no extended length",
            ErrorProtection::PlainCounted,
        )
        .costs(2, 0, 1),
        plain(
            "plain-error-ends-session",
            "an error in plain ends the session; no extended length",
            ErrorProtection::PlainEndsSession,
        )
        .costs(2, 0, 1),
        card(12, "last-frame-of-119", "the last block of EF.SOD holds 119 bytes, after BAC")
            .bac()
            .altered(|card| {
                let length = card.files.get(&file::SOD).map_or(0, Vec::len);
                card.behaviour.max_response_data = length.saturating_sub(119);
            }),
        card(13, "6988-after-bac", "6988 to the first protected command after BAC")
            .bac()
            .chip(|chip| chip.first_session_fails = true)
            .costs(1, 0, 1),
        card(13, "6988-after-pace", "6988 to the first protected command after PACE")
            .chip(|chip| chip.first_session_fails = true)
            // SELECT of the application, which counts as a part of PACE, is the one that was refused.
            .costs(0, 0, 1),
        card(
            15,
            "error-as-data",
            "the first time, DG13 ends in 99 02 67 00 instead of its own bytes",
        )
        .chip(|chip| chip.error_in_file = Some(file::DG13))
        // The file comes once more, in one block.
        .extra(1),
    ]
}

fn long_files() -> [Card; 3] {
    let long = |words, line, bytes| {
        card(16, words, line).options(|options| {
            options.portrait = PortraitOptions::of_size(bytes);
            options.active_authentication = ActiveKind::None;
        })
    };
    [
        long(
            "file-above-32k",
            "a portrait that ends beyond the offsets of the even READ BINARY",
            40_000,
        ),
        long("file-above-64k", "a portrait that ends beyond the offsets of two bytes", 70_000),
        long(
            "no-odd-instruction",
            "such a portrait, and a chip without the odd READ BINARY",
            40_000,
        )
        .chip(|chip| chip.odd_read_binary = false)
        .refused("card_refused.status"),
    ]
}
