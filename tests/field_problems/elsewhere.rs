//! The problems that no card can show: what they are about, and the test that covers them, if there is one.

use std::{fs, path::Path};

/// A problem's number, why it is no card, and the tests that cover it: file and name.
type Row = (u8, &'static str, &'static [(&'static str, &'static str)]);

pub(super) const PROBLEMS: &[Row] = &[
    (
        3,
        "Reads take minutes: a matter of how many exchanges a good read needs, which is counted.",
        &[
            ("tests/fault_sweep.rs", "golden_counts"),
            ("tests/inspection.rs", "large_files_go_beyond_the_offsets_of_the_even_instruction"),
        ],
    ),
    (
        6,
        "An iOS application declares PACE polling and the AID; nothing that a library in Rust or a card does.",
        &[],
    ),
    (
        20,
        "EF.CardSecurity read where EF.CardAccess is meant: both have identifiers of their own, and no caller \
         chooses between them. Before PACE the simulated chip answers 6982.",
        &[("src/lds/file.rs", "numbers_tags_and_identifiers_belong_together")],
    ),
    (
        25,
        "6300 once in some hundred runs with a right password: leading zeros that one side drops. It needs \
         random runs or chosen numbers, not a card.",
        &[
            ("tests/random_runs.rs", "random_runs_of_pace_and_chip_authentication_in_every_group"),
            ("src/crypto/agreement/tests.rs", "shared_secrets_have_constant_length"),
            ("src/crypto/ec/tests.rs", "openssl_agrees_on_shared_secrets_with_leading_zeros"),
        ],
    ),
    (
        37,
        "Signature schemes of signers, RSA-PSS parameters among them: a matrix that OpenSSL issues.",
        &[
            ("tests/pki_matrix.rs", "every_combination_verifies_and_no_broken_twin_does"),
            ("src/crypto/signature/tests.rs", "pss_parameters_have_defaults"),
        ],
    ),
    (
        40,
        "Finding the issuer: trust on the reader's side.",
        &[
            ("tests/trust.rs", "of_two_authorities_with_one_name_the_key_decides"),
            ("tests/trust.rs", "an_authority_speaks_for_its_own_state"),
            ("src/pki/tests.rs", "an_anchor_is_found_by_key_identifier_when_the_name_differs"),
            ("src/pki/path/tests.rs", "a_link_certificate_leads_from_the_new_key_to_the_old_one"),
        ],
    ),
    (
        41,
        "Broken certificates inside master lists: trust on the reader's side.",
        &[
            ("src/pki/trust/tests.rs", "one_bad_block_does_not_hide_the_good_ones"),
            ("src/pki/tests.rs", "damaged_certificates_and_lists_never_panic"),
        ],
    ),
    (
        42,
        "Which list has the country, and where an anchor came from: trust on the reader's side.",
        &[("src/pki/trust/tests.rs", "two_stores_are_compared_by_what_they_hold")],
    ),
    (
        47,
        "MRZ lines from a camera or keyboard, before the chip is touched: long numbers, fillers, and wrong \
         characters, which a check digit finds. Candidates for O and 0, B and 8 are not generated.",
        &[
            ("src/mrz/tests.rs", "a_long_document_number_is_joined"),
            ("src/mrz/tests.rs", "each_wrong_check_digit_is_named"),
            ("src/mrz/tests.rs", "every_change_of_one_covered_character_is_noticed"),
        ],
    ),
    (
        48,
        "Personal data and keys in logs: every text that the library can print is searched.",
        &[
            ("tests/leaks.rs", "a_happy_read_prints_nothing_of_the_holder_and_no_key"),
            ("tests/leaks.rs", "hostile_reads_print_nothing_of_the_holder_and_no_key"),
        ],
    ),
    (
        49,
        "Parsers that count or recurse without bound: hostile input, not a card of the field.",
        &[
            ("tests/hostile_chip/cards.rs", "absurd_lengths_of_files"),
            ("tests/hostile_chip/cards.rs", "endless_answers_end"),
            ("tests/hostile_chip/cards.rs", "a_chip_that_drips"),
            ("tests/trust/bombs.rs", "thousands_of_namesakes_cost_no_more_than_the_budget"),
        ],
    ),
    (
        50,
        "A gap in somebody else's simulator; ours has an EF.COM, which other readers want.",
        &[("simulator/src/personalisation/data_groups.rs", "com_lists_tags_and_skips_other_files")],
    ),
];

#[test]
fn the_tests_that_the_table_names_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (number, reason, tests) in PROBLEMS {
        assert!(reason.len() > 40, "problem {number} has no reason");
        for (file, test) in *tests {
            let text = fs::read_to_string(root.join(file)).expect(file);
            let declared = format!("#[test]\nfn {test}()");
            let unindented = text.replace("\n    ", "\n");
            assert!(unindented.contains(&declared), "problem {number}: no {test} in {file}");
        }
    }
}
