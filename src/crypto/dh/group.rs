use core::fmt;
use std::sync::Arc;

use crypto_bigint::BoxedUint;
use zeroize::Zeroizing;

use crate::error::{Error, Result, Unsupported};
use crate::sensitive::Secret;

use super::parameters::{self, DhParameters};
use super::{DhPublicKey, Modp};

/// Domain parameters with the generator that is in force.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct DhGroup {
    pub(super) parameters: Arc<DhParameters>,
    /// Whoever knows a mapped generator can test guesses of the password: wiped and redacted.
    generator: Option<Zeroizing<BoxedUint>>,
}

const NEUTRAL: Error = Error::malformed(0, "a mapped generator other than 1");

impl DhGroup {
    pub(crate) fn standard(group: Modp) -> Self {
        Self::new(DhParameters::standard(group))
    }

    pub(super) const fn new(parameters: Arc<DhParameters>) -> Self {
        Self { parameters, generator: None }
    }

    /// Bits of p.
    pub(crate) fn modulus_bits(&self) -> usize {
        self.parameters.bits() as usize
    }

    pub(super) fn generator(&self) -> &BoxedUint {
        self.generator.as_deref().unwrap_or(&self.parameters.generator)
    }

    /// Generic mapping `[9303-11 §4.4.3.3.1]`: the generator becomes g^s · h.
    ///
    /// # Errors
    /// `Malformed` if h is of another group or the new generator would be 1.
    pub(crate) fn map_generic(&self, nonce: &Secret, shared: &DhPublicKey) -> Result<Self> {
        let parameters = &self.parameters;
        shared.require(parameters)?;
        let exponent = Zeroizing::new(parameters::number(nonce.expose()));
        let power = parameters.power(self.generator(), &exponent, exponent.bits_precision());
        let h = parameters.element(shared.value()).ok_or(NEUTRAL)?;
        self.with_generator(parameters.product(&power, &h))
    }

    /// Integrated mapping `[9303-11 §4.4.3.3.2]`: the generator becomes x^((p - 1) / q).
    ///
    /// # Errors
    /// `Malformed` if that is 0 or 1; `Unsupported` in a group of unknown order.
    pub(crate) fn map_integrated(&self, pseudo_random: &Secret) -> Result<Self> {
        const UNKNOWN: Error =
            Error::Unsupported(Unsupported::Algorithm("integrated mapping without an order"));
        let parameters = &self.parameters;
        let order = parameters.order.as_ref().ok_or(UNKNOWN)?;
        let (cofactor, _) = parameters.last().div_rem_vartime(order.as_nz_ref());
        let x = parameters.reduce(pseudo_random.expose());
        self.with_generator(parameters.power(&x, &cofactor, cofactor.bits_vartime()))
    }

    fn with_generator(&self, generator: Zeroizing<BoxedUint>) -> Result<Self> {
        if !self.parameters.is_proper(&generator) {
            return Err(NEUTRAL);
        }
        Ok(Self { parameters: Arc::clone(&self.parameters), generator: Some(generator) })
    }
}

impl fmt::Debug for DhGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DhGroup({} bits)", self.parameters.bits())
    }
}
