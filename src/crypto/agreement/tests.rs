use serde_json::Value;

use super::*;
use crate::crypto::testing::{Numbers, hex};
use crate::tlv;

const APPENDICES: &str = include_str!("../../../test-vectors/icao9303/appendix-g-h-i-pace.json");

/// A worked example of PACE `[9303-11 App. G to I]`.
struct Example(Value);

impl Example {
    fn of(clause: &str) -> Self {
        let mut appendices: Value = serde_json::from_str(APPENDICES).unwrap();
        Self(appendices["examples"][clause].take())
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        hex(self.0[name].as_str().unwrap_or_else(|| panic!("no {name}")))
    }

    fn group(&self) -> Group {
        let id = u8::try_from(self.0["parameter_id"].as_u64().unwrap()).unwrap();
        DomainParameters::from_parameter_id(id).unwrap().group()
    }

    /// The public keys of terminal and chip that the nth exchange carries.
    fn public_keys(&self, exchange: usize) -> (Vec<u8>, Vec<u8>) {
        let exchange = &self.0["exchanges"][exchange];
        let command = hex(exchange["command"].as_str().unwrap());
        let response = hex(exchange["response"].as_str().unwrap());
        (
            inner_object(&command[5..command.len() - 1]),
            inner_object(&response[..response.len() - 2]),
        )
    }
}

/// The value inside `7C { tag value }`.
fn inner_object(bytes: &[u8]) -> Vec<u8> {
    let mut objects = Reader::new(bytes).expect(0x7C, "7C").unwrap().children().unwrap();
    objects.next_object().unwrap().unwrap().value.to_vec()
}

/// Hands out one number whole.
fn source(number: &[u8]) -> impl FnMut(&mut [u8]) -> Result<()> + Send {
    move |bytes: &mut [u8]| {
        bytes.copy_from_slice(number);
        Ok(())
    }
}

/// The key agreement of an example over the mapped group, from both sides.
fn agree(example: &Example, mapped: &Group, exchange: usize, ifd: &str, ic: &str) {
    let (ifd_public, ic_public) = example.public_keys(exchange);
    let terminal = mapped.generate(&mut source(&example.bytes(ifd))).unwrap();
    let chip = mapped.key_pair(&example.bytes(ic)).unwrap();
    assert_eq!(terminal.public().encode(), ifd_public);
    assert_eq!(chip.public().encode(), ic_public);
    let from_chip = mapped.public_key(&ic_public).unwrap();
    assert_eq!(from_chip, chip.public());
    let shared = terminal.agree(&from_chip).unwrap();
    assert_eq!(shared.expose(), example.bytes("shared_secret"));
    assert_eq!(chip.agree(&terminal.public()).unwrap(), shared);

    // The key derivation of [9303-11 §9.7.1] gives the session keys that the example states.
    for (counter, key) in [(1, "ks_enc"), (2, "ks_mac")] {
        let digest = DigestAlgorithm::Sha1.digest(&[shared.expose(), &[0, 0, 0, counter]].concat());
        assert_eq!(digest[..16], example.bytes(key));
    }
}

/// The generator in force, seen through the private key 1.
fn generator(group: &Group) -> Vec<u8> {
    group.key_pair(&[1]).unwrap().public().encode()
}

#[test]
fn generic_mapping_of_the_worked_examples() {
    for (clause, suffix) in [("G.1", ""), ("G.2", ""), ("I.1", "_mod_n")] {
        let example = Example::of(clause);
        let group = example.group();
        let (ifd_public, ic_public) = example.public_keys(2);
        let mapping =
            group.generate(&mut source(&example.bytes("mapping_private_key_ifd"))).unwrap();
        assert_eq!(mapping.public().encode(), ifd_public);
        let h = mapping.agree_element(&group.public_key(&ic_public).unwrap()).unwrap();
        assert_eq!(h.encode(), example.bytes("mapping_shared_secret"));
        let mapped = group.map_generic(&Secret::new(example.bytes("nonce")), &h).unwrap();
        assert_eq!(generator(&mapped), example.bytes("mapped_generator"), "{clause}");
        let ic = format!("agreement_private_key_ic{suffix}");
        agree(&example, &mapped, 3, "agreement_private_key_ifd", &ic);
    }
}

#[test]
fn integrated_mapping_of_the_worked_examples() {
    for (clause, suffix) in [("H.1", ""), ("H.2", "_mod_q")] {
        let example = Example::of(clause);
        let group = example.group();
        let mapped = group.map_integrated(&Secret::new(example.bytes("pseudo_random"))).unwrap();
        assert_eq!(generator(&mapped), example.bytes("mapped_generator"), "{clause}");
        // Already reduced modulo p, and with zeros in front, it is the same number.
        let reduced = example.bytes("pseudo_random_mod_p");
        for zeros in [0, 7] {
            let number = Secret::new([&vec![0; zeros], &reduced[..]].concat());
            assert_eq!(group.map_integrated(&number).unwrap(), mapped);
        }
        let [ifd, ic] = ["ifd", "ic"].map(|who| format!("agreement_private_key_{who}{suffix}"));
        agree(&example, &mapped, 3, &ifd, &ic);
    }
}
