//! What a transaction does with objects and their headers.

use crate::{
    base::{Context, Error, ObjectId, Result, Thumbprint, VersionState},
    factors::FactorPort,
    inventory::{Rewrapped, TrackedObject, object_id},
    jose::{self, Envelope, Identity, OpenedHeader, PublicRecipient, SharedKek},
    keys::Operation,
    object::{
        ObjectSignature, Opened, Origin, RECIPIENTS, SharedEntries, SignedHeader, list_recipients,
        listed_recipients, open_header,
    },
    vault::{
        DecryptOptions, ReplaceRecipient,
        usable_version::{Asked, UsableVersion},
    },
};

use super::Transaction;

impl Transaction<'_> {
    /// Opens a header of which it is proven who wrote it, unless that is allowed not to be.
    pub(in crate::vault) async fn decrypt(
        &self,
        header: &Envelope,
        signature: Option<&ObjectSignature>,
        context: &Context,
        options: &DecryptOptions,
    ) -> Result<(Opened, Option<VersionState>)> {
        let tracked = match &options.tracked {
            Some(named) => Some(self.tracked_id(named).await?),
            None => None,
        };
        let expect = tracked.as_ref().or(options.expect.as_ref());
        if options
            .expect
            .as_ref()
            .is_some_and(|other| expect != Some(other))
        {
            return Err(Error::Decrypt);
        }
        let opened = self.open_object((header, signature), context, expect, Operation::Decrypt);
        let (opened, by) = opened.await?;
        if opened.origin == Origin::Unsigned && !options.allow_unsigned {
            return Err(Error::Unsigned);
        }
        Ok((opened, Some(by.state)))
    }

    /// Opens a header for an operation; with the version that did.
    pub(in crate::vault) async fn open_object(
        &self,
        (header, signature): (&Envelope, Option<&ObjectSignature>),
        context: &Context,
        expect: Option<&ObjectId>,
        operation: Operation,
    ) -> Result<(Opened, UsableVersion)> {
        // Until it is opened, whoever stores the header says which object that is.
        if let Ok(claimed) = object_id(header) {
            self.note_object(claimed);
        }
        let asked = [context];
        let asked = Asked::to(operation).within(&asked);
        let (found, signed) = self.openers((header, signature), asked).await?;
        let (found, identities): (Vec<UsableVersion>, Vec<_>) = found.into_iter().unzip();
        let mut opened = open_header(header, &identities, context, expect)?;
        let by = found
            .into_iter()
            .find(|found| found.version_is(&opened.by))
            .ok_or(Error::Decrypt)?;
        if let Some((signed, proven)) = signed {
            opened.origin = if proven {
                Origin::Own
            } else {
                Origin::Unsigned
            };
            opened.signed = Some(signed);
        } else if !self.proves_writer(&by, &opened.id, expect).await? {
            opened.origin = Origin::Unsigned;
        }
        self.note_use(&by);
        self.note_object(&opened.id);
        Ok((opened, by))
    }

    /// What opens a header, and what its signature says, if it has one: it is opened by the own version that it names then, and
    /// by nothing else.
    async fn openers(
        &self,
        (header, signature): (&Envelope, Option<&ObjectSignature>),
        asked: Asked<'_>,
    ) -> Result<(Vec<(UsableVersion, Identity)>, Option<(SignedHeader, bool)>)> {
        let found = self.identities_of(header, asked).await?;
        let Some(signature) = signature else {
            return Ok((found, None));
        };
        // What is wrong is never taken as missing.
        let signed = self.verify_object(signature, header)?;
        let own = self.opening_loaded(signed.0.own()?, asked)?;
        Ok((vec![own.opens_shared()?], Some(signed)))
    }

    /// Whether an object's own recipient proves who wrote it. Of a version that others may have, it does not: then it is
    /// an object that this vault made only where the caller or the inventory names it.
    async fn proves_writer(
        &self,
        by: &UsableVersion,
        id: &ObjectId,
        expect: Option<&ObjectId>,
    ) -> Result<bool> {
        let named = !by.proves_nothing() || expect == Some(id);
        if named {
            return Ok(true);
        }
        let found = self.find_object(id.as_str()).await?;
        Ok(found.is_some_and(|object| self.check_object_seen(&object).is_ok()))
    }

    /// A header under another version, of the object that is expected.
    pub(in crate::vault) async fn rewrap(
        &self,
        (header, signature): (&Envelope, Option<&ObjectSignature>),
        (to, replace): (Option<&str>, Option<&ReplaceRecipient>),
        expect: Option<&ObjectId>,
        port: &dyn FactorPort,
    ) -> Result<Rewrapped> {
        let id = object_id(header)?;
        self.note_object(id);
        if expect.is_some_and(|expect| expect != id) {
            return Err(Error::Decrypt);
        }
        let asked = Asked::to(Operation::Rewrap);
        let (all, signed) = self.openers((header, signature), asked).await?;
        let (found, identity) = all.into_iter().next().ok_or(Error::Decrypt)?;
        found.kek().map_err(|_| Error::Unsigned)?;
        // Under another version it would pass for an object of this vault's.
        let proven = match &signed {
            Some((_, proven)) => *proven,
            None => self.proves_writer(&found, id, expect).await?,
        };
        if !proven {
            return Err(Error::Unsigned);
        }
        let to = to.unwrap_or(found.key.id.as_str());
        let target = self.primary(to, asked).await?;
        let names = |replace: &&ReplaceRecipient| {
            let signed = signed.as_ref();
            signed.is_some_and(|(signed, _)| signed.others().contains(&replace.from))
        };
        let replace = replace.filter(names);
        // What goes to another key is opened by that one's policy from then on, in a context that is not known here; and what goes
        // to a key of somebody else's, by no policy.
        if target.key.id != found.key.id || replace.is_some() {
            let (decrypt, encrypt) = (Operation::Decrypt, Operation::Encrypt);
            self.allow(&found.key, Asked::to(decrypt), &found.version)?;
            self.allow(&target.key, Asked::to(encrypt), &target.version)?;
            self.note_use(&found);
            self.note_use(&target);
        }
        let same = target.key.id == found.key.id && target.version == found.version;
        let (header, signature) = match signed {
            _ if same && replace.is_none() => (None, None),
            Some((signed, _)) => {
                let own = (&[identity][..], target.shared_kek()?);
                let (header, signature) = self
                    .rewrap_shared((header, &signed), own, replace, port)
                    .await?;
                (Some(header), Some(signature))
            }
            None => {
                let to = [target.kek()?.into()];
                let header = jose::rewrap(header, &[identity], &to, self.rng())?;
                (Some(header), None)
            }
        };
        Ok(Rewrapped {
            id: id.clone(),
            key: target.key.id.clone(),
            from: found.version,
            to: target.version,
            header,
            signature,
        })
    }

    /// A header for the same recipients besides the vault's own version, but for one that is replaced, and its signature, which covers
    /// what the one before does.
    async fn rewrap_shared(
        &self,
        (header, signed): (&Envelope, &SignedHeader),
        (identities, own): (&[Identity], SharedKek),
        replace: Option<&ReplaceRecipient>,
        port: &dyn FactorPort,
    ) -> Result<(Envelope, String)> {
        let (mut opened, _) = OpenedHeader::open(header, identities)?;
        let mut others = listed_recipients(&opened.jwk, signed).map_err(Error::LostRecipient)?;
        if let Some(ReplaceRecipient { from, to }) = replace {
            replace_recipient(&mut others, from, to);
            self.check_others(&others).await?;
            opened.replace_member(RECIPIENTS, list_recipients(&others));
        }
        // One may have become a factor since.
        if let Some((taken, _)) = self.of_other_use(&others).await? {
            return Err(Error::LostRecipient(taken.clone()));
        }
        let drafted = opened.draft(self.rng())?;
        let mut entries = SharedEntries::new(drafted, &own, &others);
        self.add_others(&mut entries, port).await?;
        let (header, to_sign) = entries.finish(Some(signed.sequence))?;
        opened.check(&header, &Identity::Shared(own))?;
        let keyring = self.keyring()?;
        let (vault, key) = (keyring.vault(), keyring.identity()?);
        let content = signed.content.as_ref();
        let signature = to_sign.sign(vault, self.now(), content, &key, self.rng())?;
        Ok((header, signature))
    }

    /// The header that the vault keeps of an object, under the primary version: written in one step with
    /// what the inventory says of it.
    pub(in crate::vault) async fn rewrap_kept(
        &mut self,
        id: &str,
        to: Option<&str>,
        dry: bool,
        port: &dyn FactorPort,
    ) -> Result<Rewrapped> {
        // None of them is for others, too.
        let to = (to, None);
        let mut object = self.object(id).await?;
        let expect = object.id.clone();
        let rewrapped = self
            .rewrap((&object.kept_header()?, None), to, Some(&expect), port)
            .await?;
        if let Some(header) = rewrapped.header.as_ref().filter(|_| !dry) {
            object.key.clone_from(&rewrapped.key);
            object.version.clone_from(&rewrapped.to);
            object.changed += 1;
            object.header = Some(header.as_str()?.to_owned());
            self.put_object(&object).await?;
        }
        Ok(rewrapped)
    }

    pub(in crate::vault) async fn rewrapped(
        &mut self,
        (header, signature): (&Envelope, Option<&ObjectSignature>),
    ) -> Result<bool> {
        self.check_view(Operation::Rewrap)?;
        let found = self.find_object(object_id(header)?.as_str()).await?;
        let Some(mut object) = found.filter(|object| object.header.is_none()) else {
            return Ok(false);
        };
        // Whether it is there is not for a handle to know that its key hides it from.
        if self.check_object_seen(&object).is_err() {
            return Ok(false);
        }
        let signed = signature.map(|signature| self.verify_object(signature, header));
        let found = self
            .dependency(header, signed.transpose()?.as_ref())
            .await?;
        let same = object.version == found.version && object.recipients == found.others;
        if found.by_others || same {
            return Ok(false);
        }
        (object.key, object.version) = (found.key, found.version);
        object.recipients = found.others;
        self.put_object(&object).await?;
        Ok(true)
    }

    /// Takes an object in that was made just now under a version of ours, with the only copy of its header.
    pub(in crate::vault) async fn keep_header(
        &mut self,
        header: &Envelope,
        under: &UsableVersion,
        context: &Context,
        size: Option<u64>,
    ) -> Result<()> {
        // A session's key is not kept.
        self.own_key(under.key.id.as_str()).await?;
        let object = TrackedObject {
            id: object_id(header)?.clone(),
            key: under.key.id.clone(),
            version: under.version.clone(),
            tracked: self.now(),
            since: self.keyring()?.next_head(),
            size,
            location: None,
            header: Some(header.as_str()?.to_owned()),
            recipients: Vec::new(),
            sidecar: context.sidecar().cloned(),
            incarnation: 0,
            changed: 0,
        };
        self.insert_object(&object).await
    }
}

/// Puts a key in the place of another one. Where it is among the recipients already, the other one goes.
fn replace_recipient(others: &mut Vec<PublicRecipient>, from: &Thumbprint, to: &PublicRecipient) {
    let next = to.thumbprint();
    let is_there = *from != next && others.iter().any(|other| other.thumbprint() == next);
    let at = others.iter().position(|other| other.thumbprint() == *from);
    match at {
        Some(at) if is_there => drop(others.remove(at)),
        Some(at) => others[at] = to.clone(),
        None => {}
    }
}
