//! Gates, enrolled anew with each vault key.
//!
//! Whoever kept what a key management service answered once has what opens the gate's record of that time: the pair that the vault key
//! is wrapped to. So each new vault key is wrapped to a new pair, whose record opens by another answer of the same key. Its public
//! key is in the record: nobody is asked. The factor's id is another one then, since that is the pair's thumbprint.

use crate::{
    base::{Kid, Result},
    factors::{Escrow, Factor, FactorNote, FactorPort, Present},
};

use super::{transaction::Transaction, vault_key_rotation::NextFactors};

/// A gate in the place of one to the same public key.
pub(super) struct GateAnew {
    /// The id of that one.
    pub(super) was: Kid,
    pub(super) factor: Box<Factor>,
    /// What was noted of that one.
    pub(super) note: FactorNote,
}

impl Transaction<'_> {
    /// Those of the vault that stay, anew. Of a vault of before their public keys were kept, they stay as they are.
    ///
    /// # Errors
    /// What the port and the entropy source report.
    pub(super) async fn gates_anew(
        &self,
        port: &dyn FactorPort,
        factors: NextFactors<'_>,
    ) -> Result<Vec<GateAnew>> {
        let (enrolled, pin) = {
            let keyring = self.keyring()?;
            (keyring.enrolled()?, keyring.pin())
        };
        let mut gates = Vec::new();
        for (was, enrolment) in enrolled {
            if factors.leaves(&was) {
                continue;
            }
            let Some(gate) = Escrow::gate_of(&enrolment)? else {
                continue;
            };
            let (enrolment, kek) = gate.enrol(port, &[], None, self.rng()).await?;
            let factor = Factor::generate(pin.clone(), enrolment, kek, self.rng())?;
            let note = FactorNote {
                superseded: false,
                // Nothing has opened the new record yet.
                rehearsed: None,
                ..FactorNote::of(&self.keyring()?.factor_jwk(&was)?)?
            };
            gates.push(GateAnew { was, factor, note });
        }
        Ok(gates)
    }
}
