//! The rules of a policy, as a refusal names them.

/// The rule of a policy that refused an operation, and what to do about it: what follows on "the key's policy", "the vault's policy" or "the
/// organisation's policy".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PolicyRule {
    /// The operation is not among those that the policy lists.
    #[error("does not list this operation; use another key, or change the policy")]
    Operations,
    /// The encryption context is not one that the policy admits.
    #[error(
        "admits another encryption context; give the names and values that it requires, and no others where it says so"
    )]
    Context,
    /// It is too early.
    #[error("does not admit uses yet; wait for its notBefore")]
    NotBefore,
    /// It is too late.
    #[error(
        "does not admit uses any more, after its notAfter; use another key, or change the policy"
    )]
    NotAfter,
    /// The operation needs a reason.
    #[error("requires a reason for this operation; pass reason")]
    RequireReason,
    /// The version is an earlier one than the policy admits.
    #[error(
        "does not admit versions this old; use what was rewrapped, or change its minimumVersion"
    )]
    MinimumVersion,
    /// The key was used as often as the policy admits.
    #[error("does not admit more uses of it; use another key, or change its maximumUses")]
    MaximumUses,
    /// No person has proved themselves lately enough.
    #[error(
        "requires a factor that was presented lately; call vault.authenticate with a passphrase, a passkey, a recovery kit or recovery shares, and try again"
    )]
    FreshFactor,
    /// Nobody has presented two kinds lately enough.
    #[error(
        "requires two kinds of factors that were presented lately; call vault.authenticate with each that is missing, or with both in one array where the vault takes two factors at once, and try again"
    )]
    SecondFactor,
    /// Those who are to approve it have not.
    #[error(
        "requires the approval of somebody else; call vault.approvals.request, have it signed by who may, and pass what they sign as approval"
    )]
    Approval,
    /// It would be given to anybody.
    #[error(
        "names who may receive the key, and an exported one goes to anybody; share it with one of them, or change the policy"
    )]
    Receivers,
    /// No vault is created with a policy that has expired.
    #[error("has expired; get a newer one from the organisation")]
    Expired,
    /// A factor of a kind would be missing.
    #[error(
        "requires a factor of a kind that the vault would not have; give or add one of that kind first"
    )]
    RequiredFactors,
    /// A key would protect for too long.
    #[error("does not admit a key that is rotated so seldom; choose a shorter rotateEvery")]
    MaximumCryptoperiod,
    /// A passphrase would be too cheap to try.
    #[error("requires passphrases that cost more to try; add this one again")]
    MinimumArgon2,
    /// The organisation's own key would not open the vault.
    #[error(
        "requires that the organisation's key opens the vault, too; give or add escrow() of it first, once its owner has agreed"
    )]
    Escrow,
    /// It is another organisation's.
    #[error(
        "is another organisation's than the vault's, or is signed by a key that the vault's organisation did not name as its next; get it from there"
    )]
    Organisation,
    /// Another document has its number.
    #[error(
        "has the sequence of another one that the vault has, and says something else; tell the organisation"
    )]
    Sequence,
}

impl PolicyRule {
    /// Its stable name: that of the policy's member.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Operations => "operations",
            Self::Context => "context",
            Self::NotBefore => "notBefore",
            Self::NotAfter => "notAfter",
            Self::RequireReason => "requireReason",
            Self::MinimumVersion => "minimumVersion",
            Self::MaximumUses => "maximumUses",
            Self::FreshFactor => "freshFactor",
            Self::SecondFactor => "secondFactor",
            Self::Approval => "approval",
            Self::Receivers => "receivers",
            Self::Expired => "expired",
            Self::RequiredFactors => "requiredFactors",
            Self::Escrow => "escrow",
            Self::MaximumCryptoperiod => "maximumCryptoperiod",
            Self::MinimumArgon2 => "minimumArgon2",
            Self::Organisation => "organisation",
            Self::Sequence => "sequence",
        }
    }
}
