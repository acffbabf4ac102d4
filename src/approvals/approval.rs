//! Approvals: what somebody signed of a request.

use serde::{Deserialize, Serialize};

use crate::{
    base::{
        ApprovalFault, ApprovalId, DeviceId, Entropy, Error, InputError, Object, Result,
        Thumbprint, Timestamp, VaultId,
    },
    jose::{self, Signed, SigningKey},
    keys::Operation,
};

use super::{ApprovalRequest, ApprovalSubject};

/// The `typ` of every approval.
const TYP: &str = "sr-approval+jws";

/// What is signed: exactly these.
#[derive(Serialize, Deserialize)]
struct Payload {
    vault: VaultId,
    device: DeviceId,
    request: ApprovalId,
    operation: Operation,
    /// SHA-256 of the request's text, in base64url: its arguments are in that.
    digest: String,
    expires: Timestamp,
    /// When it was signed, by the approver's clock, in milliseconds since 1970.
    approved: Timestamp,
}

/// An approval whose signature is its signer's. Whether the signer may approve is for the policy to say.
pub struct Approval {
    approver: Thumbprint,
    payload: Payload,
}

impl Approval {
    /// Signs a request, which is compact JWS.
    ///
    /// # Errors
    /// [`Error::Approval`] for a request that is not open at that time; what the entropy source reports.
    pub fn sign(
        request: &ApprovalRequest,
        at: Timestamp,
        key: &SigningKey,
        entropy: &dyn Entropy,
    ) -> Result<String> {
        if !request.is_open(at) {
            return Err(Error::Approval(ApprovalFault::NotOpen));
        }
        let payload = Object::encode(&Payload {
            vault: request.vault.clone(),
            device: request.device.clone(),
            request: request.id.clone(),
            operation: request.operation(),
            digest: request.digest(),
            expires: request.expires,
            approved: at,
        });
        Ok(jose::sign(TYP, payload.text().as_bytes(), key, entropy)?)
    }

    /// Reads an approval, and verifies that the key that it names has signed it.
    ///
    /// # Errors
    /// [`Error::Malformed`]; [`Error::Unsupported`] for another `alg` or `typ`; [`Error::Approval`] where the signature is another
    /// key's.
    pub fn read(token: &str) -> Result<Self> {
        const PAYLOAD: InputError = InputError::Malformed("an approval");
        let signed = Signed::parse(token, TYP)?;
        let approver = signed.signer();
        let payload = signed.verify(&approver);
        let payload = payload.map_err(|_| Error::Approval(ApprovalFault::Forged))?;
        let payload = Object::parse(payload, PAYLOAD)?.decode(PAYLOAD)?;
        Ok(Self { approver, payload })
    }

    /// Which request it is of.
    #[must_use]
    pub fn request(&self) -> &ApprovalId {
        &self.payload.request
    }

    /// Who signed it.
    #[must_use]
    pub fn approver(&self) -> &Thumbprint {
        &self.approver
    }

    /// Holds it against the request that it names, and that against what is about to be done.
    ///
    /// # Errors
    /// [`Error::Approval`].
    pub fn check(&self, request: &ApprovalRequest, subject: &ApprovalSubject) -> Result<()> {
        let payload = &self.payload;
        if !request.is_open(payload.approved) {
            return Err(Error::Approval(ApprovalFault::NotOpen));
        }
        let signed = payload.vault == request.vault
            && payload.device == request.device
            && payload.request == request.id
            && payload.operation == request.operation()
            && payload.expires == request.expires
            && payload.digest == request.digest();
        if !signed {
            return Err(Error::Approval(ApprovalFault::Forged));
        }
        if request.subject == *subject {
            Ok(())
        } else {
            Err(Error::Approval(ApprovalFault::Other))
        }
    }
}
