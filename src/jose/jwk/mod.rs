//! JSON Web Keys (RFC 7517): `oct` of 32 bytes, and `EC` on P-256.

mod read;

use core::fmt;
use std::rc::Rc;

use zeroize::Zeroizing;

use crate::{
    base::{Entropy, InputError, Json, Kid, Object, Secret, Thumbprint, base64},
    hazmat::{
        hash::sha256,
        p256::{Point, Scalar},
    },
    jose::{Error, Result},
};

pub(crate) use read::check_description;
use read::take_material;

/// A key as JOSE writes it: its material, and members that describe it.
///
/// Parsed once into valid material: a point is on the curve, both halves of a pair agree, a
/// symmetric key has its length. Private members are wiped when dropped and never printed.
#[derive(Clone)]
pub struct Jwk {
    /// Shared: it never changes.
    material: Rc<Material>,
    members: Object,
}

pub(crate) enum Material {
    Oct(Secret<32>),
    Private(Scalar),
    Public(Point),
}

/// What a key may be used for, as far as its own members say.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    Wrap,
    Agree,
    Sign,
    Mac,
}

impl Jwk {
    /// Parses a JWK, strictly.
    ///
    /// # Errors
    /// [`Error::Malformed`] for duplicate members, wrong lengths, a point off the curve, halves that
    /// do not agree, base64url that is not canonical; [`Error::Unsupported`] for another `kty` or
    /// `crv`.
    pub fn parse(json: &[u8]) -> Result<Self> {
        Self::from_members(Object::parse(json, InputError::Malformed("JWK"))?)
    }

    pub(crate) fn from_members(mut members: Object) -> Result<Self> {
        let material = take_material(&mut members);
        match material.and_then(|material| check_description(&members).map(|()| material)) {
            Ok(material) => Ok(Self {
                material: Rc::new(material),
                members,
            }),
            Err(error) => {
                members.wipe();
                Err(error)
            }
        }
    }

    /// A public key as a header carries it: its four members, no private half, no description.
    pub(crate) fn bare_public(members: Object, malformed: InputError) -> Result<Point> {
        let bare = members.len() == 4;
        match Self::from_members(members)?.material() {
            Material::Public(point) if bare => Ok(point.clone()),
            _ => Err(malformed.into()),
        }
    }

    /// A symmetric key.
    #[must_use]
    pub fn oct(secret: Secret<32>) -> Self {
        Self::new(Material::Oct(secret))
    }

    /// A fresh P-256 pair that is not described yet.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub fn generate_p256(entropy: &dyn Entropy) -> Result<Self> {
        let scalar = Scalar::generate(entropy)?;
        Ok(Self::new(Material::Private(scalar)))
    }

    /// The same key, of which nothing else is said.
    #[must_use]
    pub fn bare(&self) -> Self {
        Self {
            material: self.material.clone(),
            members: Object::new(),
        }
    }

    /// The public half with its description, as an object; `None` for a symmetric key.
    #[must_use]
    pub fn public_object(&self) -> Option<Object> {
        let json = self.public()?.to_json();
        Object::parse(json.as_bytes(), InputError::Malformed("JWK")).ok()
    }

    pub(crate) fn new(material: Material) -> Self {
        Self {
            material: Rc::new(material),
            members: Object::new(),
        }
    }

    pub(crate) fn material(&self) -> &Material {
        &self.material
    }

    /// The same key with a descriptive member: `kid`, `alg`, `use`, or one of the caller's. It never
    /// replaces the key's material.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.members = core::mem::take(&mut self.members).with(name, value);
        self
    }

    /// A descriptive member.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Json> {
        self.members.get(name)
    }

    /// The member `kid`, otherwise the thumbprint.
    #[must_use]
    pub fn kid(&self) -> Kid {
        self.named().unwrap_or_else(|| self.thumbprint().into())
    }

    /// The member `kid`.
    pub(crate) fn named(&self) -> Option<Kid> {
        let kid = self.member("kid")?.as_str()?;
        Kid::new(kid).ok()
    }

    /// The symmetric key's bytes, if it is one.
    #[must_use]
    pub fn secret(&self) -> Option<&Secret<32>> {
        match &*self.material {
            Material::Oct(secret) => Some(secret),
            Material::Private(_) | Material::Public(_) => None,
        }
    }

    /// Whether it holds anything that must not be seen.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        !matches!(*self.material, Material::Public(_))
    }

    /// The public half with its `kid`, `use` and `alg`; `None` for a symmetric key. Whatever else is
    /// said about a private key is as private as the key.
    #[must_use]
    pub fn public(&self) -> Option<Self> {
        let public = Self::new(Material::Public(self.point()?));
        let public = ["kid", "use", "alg"]
            .into_iter()
            .fold(public, |public, name| match self.member(name) {
                Some(value) => public.with(name, value.clone()),
                None => public,
            });
        Some(public)
    }

    /// RFC 7638 §3: the SHA-256 of the required members alone, sorted, without white space.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        let json = match &*self.material {
            // EXPOSE: a thumbprint of a symmetric key hashes it; 256 random bits cannot be guessed.
            Material::Oct(secret) => {
                let k = base64::encode_secret(secret.expose());
                Zeroizing::new(
                    Object::new()
                        .with("k", k.as_str())
                        .with("kty", "oct")
                        .text(),
                )
            }
            Material::Private(scalar) => Zeroizing::new(ec_members(&scalar.public()).text()),
            Material::Public(point) => Zeroizing::new(ec_members(point).text()),
        };
        Thumbprint::from_hash(sha256(&[json.as_bytes()]))
    }

    /// The JWK's text, secret members included: only ever the plaintext of an envelope, or what a
    /// caller dangerously exports.
    #[must_use]
    pub fn to_json(&self) -> Zeroizing<String> {
        let mut members = match &*self.material {
            // EXPOSE: the key is written into text that is wiped below.
            Material::Oct(secret) => Object::new()
                .with("kty", "oct")
                .with("k", base64::encode(secret.expose())),
            Material::Private(scalar) => {
                // EXPOSE: the scalar is written into text that is wiped below.
                let d = base64::encode(scalar.to_secret().expose());
                ec_members(&scalar.public()).with("d", d)
            }
            Material::Public(point) => ec_members(point),
        };
        for (name, value) in self.members.members() {
            if members.get(name).is_none() {
                members = members.with(name, value.clone());
            }
        }
        let json = Zeroizing::new(members.text());
        members.wipe();
        json
    }

    /// The secret of a symmetric key that says it is for HMAC-SHA-256, and nothing else.
    pub(crate) fn mac_secret(&self) -> Option<Secret<32>> {
        let says = self.check_mac().is_ok();
        self.secret().filter(|_| says).cloned()
    }

    /// Refuses a key that does not say that it is for HMAC-SHA-256: another kind of secret is never used for it.
    pub(crate) fn check_mac(&self) -> Result<()> {
        self.check_use(Use::Mac)?;
        match self.member("alg") {
            Some(_) => Ok(()),
            None => Err(Error::Unsupported(
                "a secret that does not say that it is for HS256",
            )),
        }
    }

    /// Whether it is the private key of a pair.
    pub(crate) fn is_private(&self) -> bool {
        matches!(*self.material, Material::Private(_))
    }

    /// The required members of a public key, as `epk` and `jwk` headers carry them.
    pub(crate) fn public_members(&self) -> Object {
        self.point()
            .map(|point| ec_members(&point))
            .unwrap_or_default()
    }

    /// Refuses a use that the key's own `use`, `alg` or `key_ops` contradict (RFC 7517 §4.2 to 4.4).
    pub(crate) fn check_use(&self, wanted: Use) -> Result<()> {
        let (uses, algs, ops): (_, &[&str], &[&str]) = match wanted {
            Use::Wrap => ("enc", &["A256KW"], &["wrapKey", "unwrapKey"]),
            Use::Agree => ("enc", &["ECDH-ES+A256KW"], &["deriveKey", "deriveBits"]),
            Use::Sign => ("sig", &["ES256"], &["sign", "verify"]),
            Use::Mac => ("sig", &["HS256"], &["sign", "verify"]),
        };
        let allowed = |value: &Json, among: &[&str]| {
            let text = value.as_str();
            text.is_some_and(|text| among.contains(&text))
        };
        let one =
            |name, among: &[&str]| self.member(name).is_none_or(|value| allowed(value, among));
        let every = |name, among: &[&str]| match self.member(name) {
            None => true,
            Some(Json::Array(items)) => items.iter().all(|item| allowed(item, among)),
            Some(_) => false,
        };
        if one("use", &[uses]) && one("alg", algs) && every("key_ops", ops) {
            Ok(())
        } else {
            Err(Error::Unsupported("a key that is meant for another use"))
        }
    }

    /// The public half's point; `None` of a symmetric key.
    pub(crate) fn point(&self) -> Option<Point> {
        match &*self.material {
            Material::Oct(_) => None,
            Material::Private(scalar) => Some(scalar.public()),
            Material::Public(point) => Some(point.clone()),
        }
    }
}

impl Drop for Jwk {
    fn drop(&mut self) {
        self.members.wipe();
    }
}

impl fmt::Debug for Jwk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match *self.material {
            Material::Oct(_) => "oct",
            Material::Private(_) => "EC private",
            Material::Public(_) => "EC public",
        };
        write!(f, "Jwk({kind}, redacted)")
    }
}

/// The required members of a public key, in the order that a thumbprint has them.
fn ec_members(point: &Point) -> Object {
    let (x, y) = point.coordinates();
    let (x, y) = (base64::encode(&x), base64::encode(&y));
    Object::new()
        .with("crv", "P-256")
        .with("kty", "EC")
        .with("x", x)
        .with("y", y)
}
