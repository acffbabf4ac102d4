//! What a JWK has to be.

use zeroize::Zeroizing;

use crate::{
    base::{InputError, Json, Kid, Object, Secret, base64},
    hazmat::p256::{Point, Scalar},
    jose::{Error, Result},
};

use super::Material;

/// The material, which is no longer among the members then.
pub(super) fn take_material(members: &mut Object) -> Result<Material> {
    let material = match members
        .string("kty", InputError::Malformed("JWK kty"))?
        .as_str()
    {
        "oct" => Material::Oct(take_secret(members, "k", InputError::Malformed("JWK k"))?),
        "EC" => take_p256(members)?,
        _ => return Err(Error::Unsupported("a JWK that is neither oct nor EC")),
    };
    // What belongs to the material of another kind of key must not pass for a description.
    let foreign = [
        "k", "d", "x", "y", "crv", "n", "e", "p", "q", "dp", "dq", "qi", "oth",
    ];
    if foreign.iter().any(|name| members.get(name).is_some()) {
        return Err(Error::Malformed("JWK with members of another kind of key"));
    }
    Ok(material)
}

/// RFC 7517 §4.2 to 4.5: `use`, `alg` and `kid` are strings, `key_ops` are different strings.
pub(crate) fn check_description(members: &Object) -> Result<()> {
    for (name, malformed) in [
        ("use", InputError::Malformed("JWK use")),
        ("alg", InputError::Malformed("JWK alg")),
        ("kid", InputError::Malformed("JWK kid")),
    ] {
        match members.get(name) {
            Some(Json::String(kid)) if name == "kid" => Kid::new(kid.as_str()).map(drop)?,
            None | Some(Json::String(_)) => {}
            Some(_) => return Err(malformed.into()),
        }
    }
    // There are eight operations in all; a list without end is not worth comparing.
    let different = |ops: &[Json]| {
        let fresh = |(at, op): (usize, &Json)| op.as_str().is_some() && !ops[..at].contains(op);
        ops.len() <= 16 && ops.iter().enumerate().all(fresh)
    };
    match members.get("key_ops") {
        None => Ok(()),
        Some(Json::Array(ops)) if different(ops) => Ok(()),
        Some(_) => Err(Error::Malformed("JWK key_ops")),
    }
}

fn take_secret(members: &mut Object, name: &str, malformed: InputError) -> Result<Secret<32>> {
    let text = Zeroizing::new(members.string(name, malformed.clone())?);
    let bytes = Zeroizing::new(base64::decode_array::<32>(&text, malformed)?);
    Ok(Secret::from_slice(bytes.as_slice())?)
}

/// RFC 7518 §6.2: coordinates and scalar are 32 bytes each, leading zeros included.
fn take_p256(members: &mut Object) -> Result<Material> {
    if members.string("crv", InputError::Malformed("JWK crv"))? != "P-256" {
        return Err(Error::Unsupported("a curve other than P-256"));
    }
    const COORDINATE: InputError = InputError::Malformed("JWK coordinate");
    let mut coordinate =
        |name| base64::decode_array::<32>(&members.string(name, COORDINATE)?, COORDINATE);
    let point = Point::new(&coordinate("x")?, &coordinate("y")?)?;
    if members.get("d").is_none() {
        return Ok(Material::Public(point));
    }
    let scalar = Scalar::from_secret(&take_secret(members, "d", InputError::Malformed("JWK d"))?)?;
    if scalar.public() == point {
        Ok(Material::Private(scalar))
    } else {
        Err(Error::Malformed("JWK halves that do not agree"))
    }
}
