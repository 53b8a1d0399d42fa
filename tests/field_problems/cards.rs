//! One test for each card of the field, by its name.

use super::judge;

macro_rules! cards {
    ($($test:ident = $name:literal,)*) => {
        $(
            #[test]
            fn $test() {
                judge($name);
            }
        )*

        /// The names of all cards that are tested here.
        pub(super) const TESTED: &[&str] = &[$($name),*];
    };
}

cards! {
    field_01_lost_in_portrait = "field-01-lost-in-portrait",
    field_01_lost_before_portrait = "field-01-lost-before-portrait",
    field_02_late_in_pace = "field-02-late-in-pace",
    field_02_late_in_reading = "field-02-late-in-reading",
    field_04_short_reader = "field-04-short-reader",
    field_05_no_extended_length = "field-05-no-extended-length",
    field_07_end_of_file_6282 = "field-07-end-of-file-6282",
    field_07_padded_files = "field-07-padded-files",
    field_07_end_of_file_6282_bac = "field-07-end-of-file-6282-bac",
    field_08_exact_length_6ce7 = "field-08-exact-length-6ce7",
    field_08_exact_length_6c80 = "field-08-exact-length-6c80",
    field_08_exact_length_of_rest = "field-08-exact-length-of-rest",
    field_09_wrong_length_above_223 = "field-09-wrong-length-above-223",
    field_09_wrong_length_above_192 = "field-09-wrong-length-above-192",
    field_09_wrong_length_above_160 = "field-09-wrong-length-above-160",
    field_09_wrong_length_above_128 = "field-09-wrong-length-above-128",
    field_09_wrong_length_above_112 = "field-09-wrong-length-above-112",
    field_09_wrong_length_above_96 = "field-09-wrong-length-above-96",
    field_09_wrong_length_above_64 = "field-09-wrong-length-above-64",
    field_09_wrong_length_above_231_bac = "field-09-wrong-length-above-231-bac",
    field_09_wrong_length_above_223_bac = "field-09-wrong-length-above-223-bac",
    field_10_no_le_beyond_end = "field-10-no-le-beyond-end",
    field_10_6b00_then_6988 = "field-10-6b00-then-6988",
    field_11_plain_error_not_counted = "field-11-plain-error-not-counted",
    field_11_plain_error_counted = "field-11-plain-error-counted",
    field_11_plain_error_ends_session = "field-11-plain-error-ends-session",
    field_12_last_frame_of_119 = "field-12-last-frame-of-119",
    field_13_6988_after_bac = "field-13-6988-after-bac",
    field_13_6988_after_pace = "field-13-6988-after-pace",
    field_14_no_data_above_223 = "field-14-no-data-above-223",
    field_14_no_data_above_231_bac = "field-14-no-data-above-231-bac",
    field_14_no_data_above_112 = "field-14-no-data-above-112",
    field_15_error_as_data = "field-15-error-as-data",
    field_16_file_above_32k = "field-16-file-above-32k",
    field_16_file_above_64k = "field-16-file-above-64k",
    field_16_no_odd_instruction = "field-16-no-odd-instruction",
    field_17_select_mf_6d00 = "field-17-select-mf-6d00",
    field_17_select_mf_6982 = "field-17-select-mf-6982",
    field_17_select_mf_6a87 = "field-17-select-mf-6a87",
    field_17_select_mf_6a81 = "field-17-select-mf-6a81",
    field_17_select_mf_6a86 = "field-17-select-mf-6a86",
    field_17_card_access_by_select = "field-17-card-access-by-select",
    field_17_no_card_access = "field-17-no-card-access",
    field_17_no_short_identifiers = "field-17-no-short-identifiers",
    field_18_directory_protected = "field-18-directory-protected",
    field_19_no_ef_com = "field-19-no-ef-com",
    field_21_tag_84_needed = "field-21-tag-84-needed",
    field_21_several_infos_one_oid = "field-21-several-infos-one-oid",
    field_22_no_superfluous_le = "field-22-no-superfluous-le",
    field_23_pace_im_only = "field-23-pace-im-only",
    field_24_pace_dh = "field-24-pace-dh",
    field_26_aes_256 = "field-26-aes-256",
    field_26_aes_192 = "field-26-aes-192",
    field_27_explicit_parameters = "field-27-explicit-parameters",
    field_27_no_parameter_id = "field-27-no-parameter-id",
    field_28_cam_several_keys = "field-28-cam-several-keys",
    field_29_pace_only = "field-29-pace-only",
    field_30_signature_by_get_response = "field-30-signature-by-get-response",
    field_30_signature_cut = "field-30-signature-cut",
    field_30_signature_6700 = "field-30-signature-6700",
    field_30_signature_no_data = "field-30-signature-no-data",
    field_31_ca_3des = "field-31-ca-3des",
    field_31_ca_dh_3des = "field-31-ca-dh-3des",
    field_32_ca_not_announced = "field-32-ca-not-announced",
    field_33_copy = "field-33-copy",
    field_33_copy_without_ca = "field-33-copy-without-ca",
    field_34_ecdsa_in_der = "field-34-ecdsa-in-der",
    field_34_rsa_smaller_signature = "field-34-rsa-smaller-signature",
    field_35_trailing_bytes_in_dg14 = "field-35-trailing-bytes-in-dg14",
    field_36_dg14_out_of_order = "field-36-dg14-out-of-order",
    field_38_explicit_curves = "field-38-explicit-curves",
    field_39_indefinite_length = "field-39-indefinite-length",
    field_43_jpeg_2000_codestream = "field-43-jpeg-2000-codestream",
    field_43_jpeg_2000_file = "field-43-jpeg-2000-file",
    field_44_face_record_length = "field-44-face-record-length",
    field_45_dg7_exif = "field-45-dg7-exif",
    field_46_odd_dg11_dg12 = "field-46-odd-dg11-dg12",
    field_51_plain_data_in_channel = "field-51-plain-data-in-channel",
}
