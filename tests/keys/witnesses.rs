//! Witnesses of the audit log: what they are asked, what they cosign, and what is found by what they cosigned.

use pollster::block_on;
use strongroom::{
    Error, Result,
    audit::{
        AddCheckpoint, Checkpoint, ConsistencyProof, CosignatureVerifier, Cosigner, NoteSigner,
        NoteVerifier, SignedNote, TreeHash,
    },
    base::{Secret, SystemEntropy, WitnessFault},
    factors::Present,
    jose::SigningKey,
    store::RecordType,
    vault::{Backup, LogFault, LogVerification, Others, WitnessAnswer, WitnessRequest},
};

use crate::{
    audit::{audited, entries},
    fixture::{DAY, NOW, OTHER_PHRASE, Open, PHRASE, Place, create, passphrase, seal},
    merge::{NOBODY, backup, elsewhere},
};

fn fault(fault: WitnessFault) -> Error {
    Error::Witness(fault)
}

/// Another vault, of somebody else.
fn contact() -> (Place, Open) {
    let place = Place::new();
    let vault = audited(&place);
    (place, vault)
}

fn asked(vault: &Open, since: u64) -> WitnessRequest {
    block_on(vault.witness_request(since, None)).unwrap()
}

fn key_of(asked: &WitnessRequest) -> NoteVerifier {
    NoteVerifier::parse(&asked.signed.verifier).unwrap()
}

fn cosign(witness: &Open, asked: &WitnessRequest) -> Result<WitnessAnswer> {
    block_on(witness.witness_log(asked.text.as_bytes(), &key_of(asked)))
}

fn witness_key(vault: &Open) -> CosignatureVerifier {
    let text = block_on(vault.witness_key()).unwrap();
    CosignatureVerifier::parse(&text).unwrap()
}

fn add(vault: &Open, note: &str, line: &str, by: &CosignatureVerifier) -> Result<u64> {
    block_on(vault.add_cosignature(note, line, by))
}

fn verify(
    vault: &Open,
    last: Option<&str>,
    witnesses: &[CosignatureVerifier],
) -> Result<LogVerification> {
    block_on(vault.verify_audit(last, None, witnesses))
}

/// Asks a witness from where it is, and keeps what it answers; the cosigned note.
fn witnessed(vault: &Open, witness: &Open, since: u64) -> String {
    let asked = asked(vault, since);
    let answer = cosign(witness, &asked).unwrap();
    assert_eq!(answer.before, (since > 0).then_some(since));
    add(
        vault,
        &asked.signed.note,
        &answer.cosignature,
        &witness_key(witness),
    )
    .unwrap();
    asked.signed.note + &answer.cosignature
}

fn size(vault: &Open) -> u64 {
    block_on(vault.audit_state()).unwrap().unwrap().size
}

fn more(vault: &Open) {
    vault.log_failed_unlocks(1).unwrap();
    block_on(vault.write_log()).unwrap();
}

/// A witness of the test's own, which cosigns whatever it likes.
fn liar() -> Cosigner {
    let seed = Secret::from_slice(&[7; 32]).unwrap();
    Cosigner::new("example.com/liar", &seed).unwrap()
}

/// A note whose text is another note, lines and all, as a witness of that text cosigns it; and the part of it that is behind that one.
fn crafted(note: &str, by: &Cosigner, seconds: u64) -> (String, String) {
    // The text of a checkpoint is `<origin>\n<size>\n<root>\n`: all before the size is the origin, to who signs.
    let checkpoint = Checkpoint {
        size: 1,
        root: TreeHash::of_empty_tree(),
    };
    let origin = [note, "other"].concat();
    let line = by.cosign(&checkpoint, &origin, seconds);
    let text = [&*checkpoint.body(&origin), "\n", &line].concat();
    let answer = text.strip_prefix(note).unwrap().to_owned();
    (text, answer)
}

#[test]
fn a_witness_cosigns_what_goes_on_and_the_log_tells_who_did() {
    let (place, vault) = contact();
    let (there, witness) = contact();
    let key = witness_key(&witness);
    assert_eq!(verify(&vault, None, &[]).unwrap().witnessed, []);
    let none = verify(&vault, None, std::slice::from_ref(&key)).unwrap();
    assert_eq!((none.fault, none.witnessed[0].cosigned), (None, None));

    place.clock.set(NOW + 1000);
    there.clock.set(NOW + 5999);
    let note = witnessed(&vault, &witness, 0);
    let first = Checkpoint::open(note.as_bytes(), &key_of(&asked(&vault, 0))).unwrap();
    more(&vault);
    let all = block_on(vault.cosigned_checkpoints(None)).unwrap();
    assert_eq!(all.len(), 1);
    let seconds = (NOW + 5999).millis() / 1000;
    assert_eq!(all[0].by, [(key.to_text(), seconds)]);
    assert_eq!(all[0].checkpoint, first);
    // What is exported verifies by itself.
    let parsed = SignedNote::parse(all[0].note.as_bytes()).unwrap();
    let seen = parsed.cosigned_by(&key).unwrap().unwrap();
    assert_eq!(seen.seconds, seconds);
    let opened = Checkpoint::open(all[0].note.as_bytes(), &key_of(&asked(&vault, 0)));
    assert_eq!(opened, Ok(first));

    // The next one begins where it was, and takes the place of the first.
    witnessed(&vault, &witness, first.size);
    let verified = verify(&vault, None, std::slice::from_ref(&key)).unwrap();
    assert_eq!(verified.fault, None);
    let (last, _) = verified.witnessed[0].cosigned.unwrap();
    assert!(last.size > first.size && verified.witnessed[0].fault.is_none());
    // Another unlock knows both what was cosigned, and what was seen.
    let again = place.unlock().unwrap();
    let verified = verify(&again, None, std::slice::from_ref(&key)).unwrap();
    assert_eq!(verified.witnessed[0].cosigned.map(|at| at.0), Some(last));
    let again = there.unlock().unwrap();
    assert_eq!(witness_key(&again), key);
    assert_eq!(
        cosign(&again, &asked(&vault, 0)).err(),
        Some(fault(WitnessFault::Size(last.size)))
    );
}

#[test]
fn what_a_witness_does_is_written_before_it_answers_and_refusals_are_entries() {
    let (_, vault) = contact();
    let (there, witness) = contact();
    let request = asked(&vault, 0);
    there.host.store.fails.set(true);
    assert_eq!(
        cosign(&witness, &request).unwrap_err().code(),
        "ERR_STORAGE"
    );
    there.host.store.fails.set(false);
    // It has seen nothing yet.
    assert_eq!(cosign(&witness, &request).unwrap().before, None);
    let last = entries(&witness).pop().unwrap().entry;
    assert_eq!((&*last.operation, last.error), ("witnessLog", None));
    assert_eq!(there.rows_of(RecordType::Witness).len(), 1);
    let size = request.signed.checkpoint.size;
    assert_eq!(
        cosign(&witness, &request).err(),
        Some(fault(WitnessFault::Size(size)))
    );
    block_on(witness.write_log()).unwrap();
    let last = entries(&witness).pop().unwrap().entry;
    assert_eq!(last.error.as_deref(), Some("ERR_WITNESS"));
}

#[test]
fn a_witness_refuses_what_was_set_back_or_changed_and_whom_it_does_not_know() {
    let (place, vault) = contact();
    let (_, witness) = contact();
    let (before, old) = (place.everything(), asked(&vault, 0));
    more(&vault);
    more(&vault);
    let first = asked(&vault, 0);
    let size = first.signed.checkpoint.size;
    cosign(&witness, &first).unwrap();
    // An older checkpoint again, and one that says to go on from what is known.
    assert_eq!(
        cosign(&witness, &old).err(),
        Some(fault(WitnessFault::Size(size)))
    );
    let smaller = AddCheckpoint {
        old: size,
        ..AddCheckpoint::parse(old.text.as_bytes()).unwrap()
    };
    let refused = block_on(witness.witness_log(smaller.to_text().as_bytes(), &key_of(&old)));
    assert_eq!(refused.err(), Some(fault(WitnessFault::Smaller(size))));

    // The vault is set back as a whole, and writes other entries: as many, and more.
    drop(vault);
    place.go_back(&before);
    let forked = place.unlock().unwrap();
    while self::size(&forked) < size {
        more(&forked);
    }
    assert_eq!(self::size(&forked), size, "one commit for each");
    let same = asked(&forked, size);
    assert_eq!(
        cosign(&witness, &same).err(),
        Some(fault(WitnessFault::Forked(size)))
    );
    more(&forked);
    let longer = asked(&forked, size);
    assert_eq!(
        cosign(&witness, &longer).err(),
        Some(fault(WitnessFault::Proof(size)))
    );

    // The key of another log, and another key for the same log.
    let (_, other) = contact();
    let theirs = asked(&other, 0);
    let wrong = block_on(witness.witness_log(longer.text.as_bytes(), &key_of(&theirs)));
    assert_eq!(wrong.err(), Some(fault(WitnessFault::UnknownLog)));
    let key = SigningKey::generate(&SystemEntropy).unwrap();
    let stranger = NoteSigner::new(key_of(&longer).name(), key).unwrap();
    let checkpoint = longer.signed.checkpoint;
    let forged = AddCheckpoint {
        note: checkpoint.sign(&stranger, &SystemEntropy).unwrap(),
        ..AddCheckpoint::parse(longer.text.as_bytes()).unwrap()
    };
    let refused = block_on(witness.witness_log(forged.to_text().as_bytes(), stranger.verifier()));
    assert_eq!(refused.err(), Some(fault(WitnessFault::UnknownLog)));

    // Its own log, and what is no request.
    let own = asked(&witness, 0);
    assert_eq!(cosign(&witness, &own).unwrap_err().code(), "ERR_ARGUMENT");
    for (bad, code) in [
        (String::new(), "ERR_MALFORMED"),
        (longer.signed.note.clone(), "ERR_MALFORMED"),
        ("x".repeat(300 * 1024), "ERR_TOO_LARGE"),
    ] {
        let refused = block_on(witness.witness_log(bad.as_bytes(), &key_of(&longer)));
        assert_eq!(refused.unwrap_err().code(), code);
    }
    // Nothing of that has changed what it knows.
    let (_, third) = contact();
    cosign(&witness, &asked(&third, 0)).unwrap();
    assert_eq!(
        cosign(&witness, &first).err(),
        Some(fault(WitnessFault::Size(size)))
    );
}

#[test]
fn a_log_that_was_set_back_or_changed_is_found_by_what_a_witness_cosigned() {
    let (place, vault) = contact();
    let (_, witness) = contact();
    let key = [witness_key(&witness)];
    let before = place.everything();
    more(&vault);
    more(&vault);
    more(&vault);
    let kept = witnessed(&vault, &witness, 0);
    let seen = self::size(&vault) - 1;
    drop(vault);

    place.go_back(&before);
    let back = place.unlock().unwrap();
    block_on(back.write_log()).unwrap();
    // What was kept here was set back as well; the witness, and a note that was kept elsewhere, tell.
    let verified = verify(&back, None, &key).unwrap();
    assert_eq!(verified.witnessed[0].cosigned, None);
    let refused = block_on(back.witness_request(seen, None)).err();
    assert_eq!(refused, Some(fault(WitnessFault::Smaller(seen))));
    let verified = verify(&back, Some(&kept), &key).unwrap();
    let told = &verified.witnessed[0];
    assert_eq!(verified.fault, Some(LogFault::RolledBack));
    assert_eq!(told.fault, Some(LogFault::RolledBack));
    assert_eq!(told.cosigned.map(|(at, _)| at.size), Some(seen));
    let line = kept.split_inclusive('\n').next_back().unwrap();
    let note = kept.strip_suffix(line).unwrap();
    assert_eq!(
        add(&back, note, line, &key[0]).err(),
        Some(fault(WitnessFault::Smaller(seen)))
    );

    while self::size(&back) < seen {
        more(&back);
    }
    more(&back);
    let verified = verify(&back, Some(&kept), &key).unwrap();
    assert_eq!(verified.fault, Some(LogFault::Forked));
    assert_eq!(verified.witnessed[0].fault, Some(LogFault::Forked));
    assert_eq!(
        add(&back, note, line, &key[0]).err(),
        Some(fault(WitnessFault::Forked(seen)))
    );
}

#[test]
fn only_the_named_witness_counts_and_only_for_what_it_signed() {
    let (place, vault) = contact();
    let (_, witness) = contact();
    let (key, liar) = (witness_key(&witness), liar());
    let asked = self::asked(&vault, 0);
    let (note, checkpoint) = (&*asked.signed.note, asked.signed.checkpoint);
    let origin = key_of(&asked).name().to_owned();
    let line = cosign(&witness, &asked).unwrap().cosignature;
    let seconds = NOW.millis() / 1000;
    let lie = liar.cosign(&checkpoint, &origin, seconds);

    // A line of somebody who is not named, and no line.
    assert_eq!(add(&vault, note, &lie, &key), Err(Error::Decrypt));
    assert_eq!(add(&vault, note, "", &key), Err(Error::Decrypt));
    // Of another checkpoint.
    more(&vault);
    let later = self::asked(&vault, 0);
    assert_eq!(
        add(&vault, &later.signed.note, &line, &key),
        Err(Error::Decrypt)
    );
    // A note of another vault, and one that its log did not sign.
    let (_, other) = contact();
    let theirs = self::asked(&other, 0).signed.note;
    assert_eq!(
        add(&vault, &theirs, &line, &key).unwrap_err().code(),
        "ERR_ARGUMENT"
    );
    let forged = note.replace(&format!("\n{}\n", checkpoint.size), "\n1\n");
    assert_eq!(add(&vault, &forged, &line, &key), Err(Error::Decrypt));
    // Of a time to come: five minutes are fine.
    for (ahead, fine) in [(300, true), (301, false), (u64::from(u32::MAX), false)] {
        let line = liar.cosign(&checkpoint, &origin, seconds + ahead);
        let taken = add(&vault, note, &line, liar.verifier());
        let refused = (!fine).then_some(fault(WitnessFault::Future));
        assert_eq!(taken.err(), refused, "{ahead}");
    }
    assert!(add(&vault, note, &"x".repeat(300 * 1024), &key).is_err());

    // What stands before the lines, or between them, would make another text of it: that of the note with all that.
    for answer in [
        ["\n", &*lie].concat(),
        ["more\n\n", &*lie].concat(),
        [&*lie, "\n", &*lie].concat(),
        [&*lie, "more\n"].concat(),
        [&*lie, "\n"].concat(),
    ] {
        let refused = add(&vault, note, &answer, liar.verifier());
        assert_eq!(refused.unwrap_err().code(), "ERR_MALFORMED", "{answer:?}");
    }
    // A cosignature of another text, which the witness has signed with the log's own line in it.
    let (text, answer) = crafted(note, &liar, seconds);
    let both = SignedNote::parse(text.as_bytes()).unwrap();
    assert!(both.cosigned_by(liar.verifier()).unwrap().is_some());
    let refused = add(&vault, note, &answer, liar.verifier());
    assert_eq!(refused.unwrap_err().code(), "ERR_MALFORMED");

    // Beside others it is found.
    let both = [&*lie, &*line].concat();
    assert_eq!(add(&vault, note, &both, &key), Ok(seconds));
    // A later one, then the first one again, which changes nothing.
    witnessed(&vault, &witness, checkpoint.size);
    let rows = place.rows_of(RecordType::Witness);
    assert_eq!(add(&vault, note, &line, &key), Ok(seconds));
    assert_eq!(place.rows_of(RecordType::Witness), rows);
    let verified = verify(&vault, None, std::slice::from_ref(&key)).unwrap();
    let (last, _) = verified.witnessed[0].cosigned.unwrap();
    assert!(last.size > checkpoint.size);
    // Who is not named is not told.
    assert_eq!(verified.witnessed.len(), 1);
    // A note that was kept counts for those who cosigned it alone.
    let kept = [note, &*lie].concat();
    let verified = verify(&vault, Some(&kept), &[key, liar.verifier().clone()]).unwrap();
    let sizes = verified.witnessed.iter().map(|one| one.cosigned.unwrap().0);
    let sizes: Vec<_> = sizes.map(|at| at.size).collect();
    assert_eq!(sizes, [last.size, checkpoint.size]);
}

#[test]
fn of_a_witness_the_checkpoint_here_and_the_one_that_was_kept_both_count() {
    let (place, vault) = contact();
    let (_, witness) = contact();
    let key = [witness_key(&witness)];
    let before = place.everything();
    more(&vault);
    let kept = witnessed(&vault, &witness, 0);
    let seen = self::size(&vault) - 1;
    drop(vault);
    // Set back; what is written instead is cosigned by the same key, which has seen both.
    place.go_back(&before);
    let forked = place.unlock().unwrap();
    while self::size(&forked) < seen + 2 {
        more(&forked);
    }
    let asked = asked(&forked, 0);
    let seconds = NOW.millis() / 1000;
    let liar = liar();
    let origin = key_of(&asked).name().to_owned();
    let line = liar.cosign(&asked.signed.checkpoint, &origin, seconds);
    add(&forked, &asked.signed.note, &line, liar.verifier()).unwrap();
    let of_kept = Checkpoint::open(kept.as_bytes(), &key_of(&asked)).unwrap();
    let lie = |seconds| [&*kept, &liar.cosign(&of_kept, &origin, seconds)].concat();
    let named = [key[0].clone(), liar.verifier().clone()];
    let verified = verify(&forked, Some(&lie(seconds)), &named).unwrap();
    assert_eq!(verified.fault, Some(LogFault::Forked));
    let told = &verified.witnessed[1];
    // The larger one is whole, and shown; the other one is not.
    assert_eq!(told.cosigned.map(|at| at.0), Some(asked.signed.checkpoint));
    assert_eq!(told.fault, Some(LogFault::Forked));
    assert_eq!(verified.witnessed[0].fault, Some(LogFault::Forked));
    // Without that one nothing is wrong.
    let verified = verify(&forked, None, &named).unwrap();
    assert_eq!((verified.fault, verified.witnessed[1].fault), (None, None));
    // Of a time to come: five minutes are fine.
    for (ahead, fine) in [(300, true), (301, false), (1 << 60, false)] {
        let told = verify(&forked, Some(&lie(seconds + ahead)), &named);
        let refused = (!fine).then_some(fault(WitnessFault::Future));
        assert_eq!(told.err(), refused, "{ahead}");
    }
}

#[test]
fn a_size_that_no_log_has_is_refused_and_the_witness_goes_on() {
    let (_, vault) = contact();
    let (_, witness) = contact();
    for size in [1 << 53, (1 << 53) + 1, u64::MAX] {
        let key = SigningKey::generate(&SystemEntropy).unwrap();
        let log = NoteSigner::new("log", key).unwrap();
        let root = TreeHash::of_empty_tree();
        let hostile = AddCheckpoint {
            old: 0,
            proof: ConsistencyProof::new(Vec::new()).unwrap(),
            note: Checkpoint { size, root }
                .sign(&log, &SystemEntropy)
                .unwrap(),
        };
        let text = hostile.to_text();
        let refused = block_on(witness.witness_log(text.as_bytes(), log.verifier()));
        assert_eq!(refused.unwrap_err().code(), "ERR_MALFORMED", "{size}");
    }
    assert!(block_on(witness.cosigned_checkpoints(None)).is_ok());
    cosign(&witness, &asked(&vault, 0)).unwrap();
}

#[test]
fn a_vault_cosigns_no_log_that_it_wrote_before() {
    let (_place, vault) = contact();
    let first = asked(&vault, 0);
    let (other, own) = (passphrase(OTHER_PHRASE), passphrase(PHRASE));
    let shown: &dyn Present = &own;
    block_on(vault.add_factor(&other, shown, None, &NOBODY)).unwrap();
    let id = block_on(vault.factors()).unwrap()[0].id.as_str().to_owned();
    let shown: &dyn Present = &other;
    block_on(vault.revoke_compromised_factor(&id, shown, Others::default(), &NOBODY)).unwrap();
    let now = asked(&vault, 0);
    assert_ne!(key_of(&now).name(), key_of(&first).name(), "another log");
    for own in [&first, &now] {
        assert_eq!(cosign(&vault, own).unwrap_err().code(), "ERR_ARGUMENT");
    }
    // A copy on another device is no writer of them.
    let elsewhere = Place::of(Backup::read(&backup(&vault)).unwrap().rows());
    let copy = elsewhere.unlock_with(OTHER_PHRASE).unwrap();
    cosign(&copy, &first).unwrap();
}

#[test]
fn the_33rd_witness_takes_the_place_of_the_first() {
    let (_, vault) = contact();
    let asked = asked(&vault, 0);
    let origin = key_of(&asked).name().to_owned();
    let seconds = NOW.millis() / 1000;
    for number in 0..33 {
        let seed = Secret::from_slice(&[number; 32]).unwrap();
        let witness = Cosigner::new(&format!("w/{number}"), &seed).unwrap();
        let line = witness.cosign(&asked.signed.checkpoint, &origin, seconds);
        add(&vault, &asked.signed.note, &line, witness.verifier()).unwrap();
    }
    let kept = block_on(vault.cosigned_checkpoints(None)).unwrap();
    let by = &kept[0].by;
    assert_eq!(by.len(), 32);
    assert!(by.iter().any(|(key, _)| key.starts_with("w/32+")));
    assert!(!by.iter().any(|(key, _)| key.starts_with("w/0+")));
}

#[test]
fn a_copy_is_another_witness_that_has_seen_nothing() {
    let (_, vault) = contact();
    let (there, witness) = contact();
    let key = witness_key(&witness);
    witnessed(&vault, &witness, 0);
    let (first, file) = (self::size(&vault), backup(&witness));
    more(&vault);
    let request = asked(&vault, first - 1);
    let (_copied, copy) = elsewhere(&file);
    // With what the backup holds it would cosign what the first one must refuse from now on.
    assert_ne!(witness_key(&copy), key);
    let known = block_on(copy.witness_log(request.text.as_bytes(), &key_of(&request)));
    assert_eq!(known.err(), Some(fault(WitnessFault::Size(0))));
    assert_eq!(cosign(&copy, &asked(&vault, 0)).unwrap().before, None);

    // A copy has cosigned nothing of its own log either, and the two are witnesses of each other.
    let (_of_vault, device) = elsewhere(&backup(&vault));
    let own = block_on(device.cosigned_checkpoints(None)).unwrap();
    assert!(own.is_empty());
    witnessed(&device, &vault, 0);
    witnessed(&vault, &device, 0);
    assert_eq!(there.rows_of(RecordType::Witness).len(), 1);
}

#[test]
fn after_a_compromise_the_witness_has_another_key_and_forgets_nothing() {
    let (_, vault) = contact();
    let (_place, witness) = contact();
    let request = asked(&vault, 0);
    let size = request.signed.checkpoint.size;
    let key = witness_key(&witness);
    cosign(&witness, &request).unwrap();
    let other = passphrase(OTHER_PHRASE);
    let own = passphrase(PHRASE);
    let own: &dyn Present = &own;
    block_on(witness.add_factor(&other, own, None, &NOBODY)).unwrap();
    block_on(witness.rotate_vault_key()).unwrap();
    assert_eq!(witness_key(&witness), key, "a rotation changes nothing");
    let factors = block_on(witness.factors()).unwrap();
    let id = factors[0].id.as_str().to_owned();
    let present: &dyn Present = &other;
    block_on(witness.revoke_compromised_factor(&id, present, Others::default(), &NOBODY)).unwrap();
    assert_ne!(witness_key(&witness), key);
    assert_eq!(
        cosign(&witness, &request).err(),
        Some(fault(WitnessFault::Size(size)))
    );
}

#[test]
fn a_vault_is_a_witness_of_64_logs() {
    let (_place, witness) = contact();
    let entropy = SystemEntropy;
    let root = TreeHash::of_empty_tree();
    let mut last = None;
    for number in 0..65 {
        let key = SigningKey::generate(&entropy).unwrap();
        let log = NoteSigner::new(&format!("log/{number}"), key).unwrap();
        let checkpoint = Checkpoint { size: 1, root };
        let request = AddCheckpoint {
            old: 0,
            proof: ConsistencyProof::new(Vec::new()).unwrap(),
            note: checkpoint.sign(&log, &entropy).unwrap(),
        };
        let request = request.to_text();
        last = Some(block_on(
            witness.witness_log(request.as_bytes(), log.verifier()),
        ));
        if number < 64 {
            assert!(last.as_ref().unwrap().is_ok(), "{number}");
        }
    }
    assert_eq!(last.unwrap().unwrap_err().code(), "ERR_TOO_LARGE");
}

#[test]
fn what_was_cut_is_told_and_the_rest_is_witnessed_as_before() {
    let (place, vault) = contact();
    let (there, witness) = contact();
    create(&vault, "photos");
    let key = [witness_key(&witness)];
    witnessed(&vault, &witness, 0);
    let (first, _) = verify(&vault, None, &key).unwrap().witnessed[0]
        .cosigned
        .unwrap();
    for day in 1..5 {
        place.clock.set(NOW + day * DAY);
        seal(&vault, "photos", "1").unwrap();
        more(&vault);
    }
    there.clock.set(NOW + 5 * DAY);
    let cut = block_on(vault.cut_audit(NOW + 3 * DAY, &[])).unwrap();
    assert!(cut.first > first.size);
    let verified = verify(&vault, None, &key).unwrap();
    assert_eq!(verified.fault, None);
    assert!(verified.witnessed[0].cut && verified.witnessed[0].cosigned.is_some());
    let refused = block_on(vault.witness_request(first.size, None)).err();
    assert_eq!(refused.unwrap().code(), "ERR_ARGUMENT");
    // From where the cut is on, and for who knows nothing.
    for since in [0, cut.first, cut.first + 1] {
        let asked = asked(&vault, since);
        assert!(asked.text.starts_with(&format!("old {since}\n")));
    }
    let (_, fresh) = contact();
    cosign(&fresh, &asked(&vault, 0)).unwrap();
}
