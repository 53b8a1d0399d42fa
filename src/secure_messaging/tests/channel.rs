//! What the channel remembers, and when it breaks.

use super::*;

/// Sends one command; the chip understands it and gives this status word, protected or not.
fn send(
    (channel, mailbox, chip): &mut (Channel, Mailbox, Chip),
    (status, protected): (u16, bool),
) -> Result<Response> {
    let command = command(0xB0, &[], Some(8));
    drive(mailbox, channel.transmit(&command), |bytes| {
        chip.understand(&parsed(bytes));
        if protected {
            return chip.answer(0x87, &[], status);
        }
        // Most chips do not count what they did not protect.
        chip.counter -= 1;
        status.to_be_bytes().to_vec()
    })
}

const GOOD: (u16, bool) = (0x9000, true);
const BARE: (u16, bool) = (0x6A82, false);

fn broken(fault: ChannelFault) -> Result<Response> {
    Err(Error::ChannelBroken(fault))
}

#[test]
fn an_unprotected_error_is_counted_and_the_channel_goes_on() {
    let mut ends = ends(Limits::SHORT);
    for round in 1..=3 {
        assert_eq!(send(&mut ends, BARE).unwrap().status(), StatusWord::NOT_FOUND);
        assert_eq!(ends.0.unprotected_errors(), round);
        assert!(!ends.0.lost_by_unprotected_error());
        assert_eq!(send(&mut ends, GOOD).unwrap().status(), StatusWord::SUCCESS);
    }
}

/// Whether the status word comes at once or after an error without protection.
#[test]
fn a_bare_status_word_ends_the_session_where_it_has_to() {
    let lost = Some(ChannelFault::SessionLost);
    for (status, at_once, in_doubt) in [
        (0x6987, lost, lost),
        (0x6988, lost, lost),
        (0x6982, None, lost),
        (0x6882, None, lost),
        (0x6985, None, lost),
        (0x6E00, None, lost),
        (0x6A82, None, None),
        (0x6F00, None, None),
        (0x9000, Some(ChannelFault::Unprotected), Some(ChannelFault::Unprotected)),
        (0x5FFF, Some(ChannelFault::Structure), Some(ChannelFault::Structure)),
        (0x7000, Some(ChannelFault::Structure), Some(ChannelFault::Structure)),
    ] {
        for (doubt, fault) in [(false, at_once), (true, in_doubt)] {
            let mut ends = ends(Limits::SHORT);
            if doubt {
                send(&mut ends, BARE).unwrap();
            }
            let found = send(&mut ends, (status, false)).map(|response| response.status().0);
            let errors = ends.0.unprotected_errors() - usize::from(doubt);
            match fault {
                None => assert_eq!((found.unwrap(), errors), (status, 1)),
                Some(fault) => {
                    assert_eq!(found.unwrap_err(), Error::ChannelBroken(fault), "{status:04X}");
                    assert_eq!(errors, 0);
                    assert_eq!(ends.0.lost_by_unprotected_error(), doubt);
                    // Nothing is sent any more.
                    let (channel, mailbox, _) = &mut ends;
                    let long = command(0x2A, &[1; 300], None);
                    let after = drive(mailbox, channel.transmit(&long), |_| panic!("sent"));
                    assert_eq!(after, broken(ChannelFault::SessionLost));
                    let after = drive(mailbox, channel.transmit_long(&long), |_| panic!("sent"));
                    assert_eq!(after, broken(ChannelFault::SessionLost));
                    assert_eq!(channel.answer_capacities(), (0, 0));
                }
            }
        }
    }
}

#[test]
fn a_good_answer_ends_the_doubt() {
    let mut ends = ends(Limits::SHORT);
    send(&mut ends, BARE).unwrap();
    send(&mut ends, GOOD).unwrap();
    // Taken as an error of its own, not as the end of the session.
    send(&mut ends, (0x6982, false)).unwrap();
    assert_eq!(ends.0.unprotected_errors(), 2);
    // And what breaks the channel later was not the error.
    send(&mut ends, GOOD).unwrap();
    assert_eq!(send(&mut ends, (0x6988, false)), broken(ChannelFault::SessionLost));
    assert!(!ends.0.lost_by_unprotected_error());
}

#[test]
fn a_wrong_answer_takes_the_keys_away() {
    let mut ends = ends(Limits::SHORT);
    ends.2.counter = 7;
    let (channel, mailbox, chip) = &mut ends;
    let get = command(0xB0, &[], Some(8));
    let answer = drive(mailbox, channel.transmit(&get), |_| chip.answer(0x87, &[], 0x9000));
    assert_eq!(answer, broken(ChannelFault::Mac));
    assert!(channel.session_keys().is_none());
    assert_eq!((channel.confirmed(), channel.lost_by_unprotected_error()), (false, false));
}

/// The chip that counts its bare errors is found out, and understood after it was opened again.
#[test]
fn what_was_learned_goes_over_to_the_next_channel() {
    let mut first = ends(Limits::SHORT);
    send(&mut first, BARE).unwrap();
    // This chip counted: both sides are two apart.
    first.2.counter += 2;
    let (ours, mailbox, chip) = &mut first;
    let get = command(0xB0, &[], Some(8));
    let answer = drive(mailbox, ours.transmit(&get), |_| chip.answer(0x87, &[], 0x9000));
    assert_eq!(answer, broken(ChannelFault::Mac));
    assert!(first.0.lost_by_unprotected_error());

    let mut second = ends(Limits::SHORT);
    second.0.learn_from(&first.0);
    assert_eq!(second.0.unprotected_errors(), 1);
    for _ in 0..2 {
        send(&mut second, BARE).unwrap();
        second.2.counter += 2;
        send(&mut second, GOOD).unwrap();
    }
    assert_eq!(second.0.unprotected_errors(), 3);
    // It stays learned though the second was not lost by an error.
    assert!(!second.0.lost_by_unprotected_error());
    let mut third = ends(Limits::SHORT);
    third.0.learn_from(&second.0);
    send(&mut third, BARE).unwrap();
    third.2.counter += 2;
    send(&mut third, GOOD).unwrap();
    assert_eq!(third.0.unprotected_errors(), 4);

    // A chip that never did so is not taken for one.
    let mut plain = ends(Limits::SHORT);
    plain.0.learn_from(&ends(Limits::SHORT).0);
    send(&mut plain, BARE).unwrap();
    send(&mut plain, GOOD).unwrap();
}

#[test]
fn extended_length_needs_the_device_and_a_chip_that_did_not_refuse_it() {
    for (device, refused, expected) in [
        (Limits::EXTENDED, false, true),
        (Limits::EXTENDED, true, false),
        (Limits::SHORT, false, false),
        (Limits::SHORT, true, false),
    ] {
        let mut lost = ends(Limits::EXTENDED).0;
        if refused {
            lost.avoid_extended_length();
        }
        let mut next = ends(device).0;
        next.learn_from(&lost);
        assert_eq!(next.carries(300), expected);
        let (short, long) = next.answer_capacities();
        assert_eq!((short, long > short), (223, expected));
    }
}

#[test]
fn capacities_are_those_of_the_device_to_the_byte() {
    let of = |max_response| {
        let limits = Limits { max_response, ..Limits::EXTENDED };
        ends(limits).0.answer_capacities()
    };
    // 979 bytes hold 60 blocks: 14 + 4 + 1 + 960; two bytes are the status word's.
    assert_eq!(of(981), (223, 959));
    assert_eq!(of(980), (223, 943));
    assert_eq!(of(258), (223, 223));
    assert_eq!(of(100), (223, 223), "a device that knows short length only");
}

/// Every cipher's longest command is within what the constants promise.
#[test]
fn what_is_carried_fits_the_device() {
    let short = ends(Limits::SHORT).0;
    assert_eq!((short.carries(220), short.carries(221)), (true, false));
    for max_command in [262, 300, 500, 65_544] {
        let (mut ours, ..) = ends(Limits { max_command, ..Limits::EXTENDED });
        let longest = (0..65_600).rev().find(|length| ours.carries(*length)).unwrap();
        assert_eq!(longest, (max_command - 44).max(220));
        for (cipher, _) in CIPHERS {
            let mut session = session(cipher);
            let command = command(0x2A, &vec![1; longest], Some(65_536));
            let protected = protect(&mut session, &command, true).unwrap();
            let bytes = protected.encode(protected.form()).unwrap();
            assert!(bytes.len() <= max_command || longest == 220, "{}", cipher.name());
        }
        ours.avoid_extended_length();
        assert!(!ours.carries(221));
    }
}

#[test]
fn new_keys_begin_unconfirmed_and_without_doubt() {
    let mut ends = ends(Limits::SHORT);
    assert_eq!((ends.0.confirmed(), ends.0.first_status()), (false, None));
    send(&mut ends, (0x6A88, true)).unwrap();
    send(&mut ends, GOOD).unwrap();
    assert_eq!((ends.0.confirmed(), ends.0.first_status()), (true, Some(StatusWord(0x6A88))));
    send(&mut ends, BARE).unwrap();

    let secret = vec![0xC3; 32];
    ends.0.rekey(BlockCipher::Aes256, &Secret::new(secret.clone()));
    ends.2 = Chip { name: CipherName::Aes256, secret, counter: 0 };
    assert_eq!((ends.0.confirmed(), ends.0.first_status()), (false, None));
    // No doubt is left from before: this is an error like others, and proves nothing.
    send(&mut ends, (0x6982, false)).unwrap();
    assert!(!ends.0.confirmed());
    send(&mut ends, GOOD).unwrap();
    assert_eq!(ends.0.first_status(), Some(StatusWord::SUCCESS));
}

/// Sends 500 bytes; the answers come in this order. Returns class bytes and lengths as well.
fn send_long(limits: Limits, answers: &[(u16, bool)]) -> (Result<u16>, Vec<(u8, usize)>) {
    let (mut channel, mailbox, mut chip) = ends(limits);
    let long = command(0x2A, &[0xAB; 500], None);
    let (mut answers, mut sent) = (answers.iter(), Vec::new());
    let response = drive(&mailbox, channel.transmit_long(&long), |bytes| {
        let understood = chip.understand(&parsed(bytes));
        assert!(understood.data.iter().all(|byte| *byte == 0xAB));
        sent.push((understood.header[0], understood.data.len()));
        let (status, protected) = *answers.next().unwrap();
        if protected {
            return chip.answer(0x87, &[], status);
        }
        chip.counter -= 1;
        status.to_be_bytes().to_vec()
    });
    (response.map(|response| response.status().0), sent)
}

#[test]
fn long_data_go_in_one_piece_or_in_links() {
    let links = [(0x1C, 239), (0x1C, 239), (0x0C, 22)];
    let (whole, good) = ((0x0C, 500), GOOD);
    assert_eq!(send_long(Limits::EXTENDED, &[good]), (Ok(0x9000), vec![whole]));
    assert_eq!(send_long(Limits::SHORT, &[good; 3]), (Ok(0x9000), links.to_vec()));
    let refused = (0x6700, true);
    let after = [&[whole], &links[..]].concat();
    assert_eq!(send_long(Limits::EXTENDED, &[refused, good, good, good]), (Ok(0x9000), after));
    // Another refusal is final.
    let denied = (0x6A80, true);
    assert_eq!(send_long(Limits::EXTENDED, &[denied]), (Ok(0x6A80), vec![whole]));
    // So is one of a link, if the chip had its chance; else the device is to blame.
    let first = vec![whole, links[0]];
    assert_eq!(send_long(Limits::EXTENDED, &[refused, denied]), (Ok(0x6A80), first));
    let too_long = Err(Error::Reader(ReaderFault::TooLong));
    assert_eq!(send_long(Limits::SHORT, &[denied]), (too_long, links[..1].to_vec()));
    // The last link is the command itself.
    let (answer, sent) = send_long(Limits::SHORT, &[good, good, denied]);
    assert_eq!((answer, sent.len()), (Ok(0x6A80), 3));
}

#[test]
fn what_fits_a_short_command_is_sent_as_one() {
    for (data, le, expected) in
        [(239, None, 1), (240, None, 2), (223, Some(8), 1), (224, Some(8), 2)]
    {
        let (mut channel, mailbox, mut chip) = ends(Limits::SHORT);
        let mut sent = 0;
        let long = command(0x2A, &vec![1; data], le);
        drive(&mailbox, channel.transmit_long(&long), |bytes| {
            chip.understand(&parsed(bytes));
            sent += 1;
            chip.answer(0x87, &[], 0x9000)
        })
        .unwrap();
        assert_eq!(sent, expected, "{data}");
    }
}
