//! Objects of any size in little memory, and outputs that are whole or not there.

use std::{
    fs::{self, File},
    io::{Read as _, Write as _},
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use strongroom::{base::SystemEntropy, factors::RecoveryKit, object::FileMetadata};

use crate::{
    made::{backup, named, object, opening, shop, vault_of},
    shop::Shop,
};

const MIB: usize = 1024 * 1024;

fn sized(name: &str, size: usize) -> FileMetadata {
    FileMetadata {
        size: Some(size as u64),
        ..named(name)
    }
}

/// Bytes whose segments are all different: what changed places would be seen.
fn plain(size: usize) -> Vec<u8> {
    let mut bytes = vec![7; size];
    for (at, part) in bytes.chunks_mut(4096).enumerate() {
        let number = at.to_be_bytes();
        let length = number.len().min(part.len());
        part[..length].copy_from_slice(&number[..length]);
    }
    bytes
}

/// The program and its libraries have room; the object has not, nor any part of it that grows with it. Not by a passphrase:
/// Argon2id would need as much. `STRONGROOM_OBJECT_MB=200` is the long form.
#[cfg(target_os = "linux")]
#[test]
fn a_large_object_takes_little_memory() {
    let megabytes = std::env::var("STRONGROOM_OBJECT_MB").map_or(48, |text| text.parse().unwrap());
    let plain = plain(megabytes * 1_000_000);
    let kit = RecoveryKit::generate(&SystemEntropy).unwrap();
    let (shop, vault) = (Shop::new(), vault_of(&[&kit]));
    shop.write("backup.json", backup(&vault));
    shop.write("kit", kit.words().as_bytes());
    let film = object(&vault, "photos", &sized("film", plain.len()), &plain);
    shop.write("object.srm", film);
    let open = [
        "open",
        "object.srm",
        "--vault",
        "backup.json",
        "--kit",
        "kit",
    ];
    let run = shop.shell("ulimit -v 40000 && exec \"$@\"", &open);
    run.ends(0, &format!("wrote film, {} bytes", plain.len()));
    assert!(shop.read("film") == plain);
}

#[test]
fn a_damaged_object_leaves_no_file() {
    let (shop, vault) = shop();
    let plain = plain(3 * MIB);
    let whole = object(&vault, "photos", &sized("film", plain.len()), &plain);
    let unsized_one = object(&vault, "photos", &named("film"), &plain);
    let before = shop.names();
    let flipped = |at: usize| {
        let mut object = whole.clone();
        object[at] ^= 1;
        object
    };
    let segment = 262_144;
    let cut_at_a_segment = {
        let (length, bytes) = (
            u32::from_be_bytes(unsized_one[4..8].try_into().unwrap()) as usize,
            &unsized_one,
        );
        bytes[..8 + length + 4 * segment].to_vec()
    };
    for (what, damaged) in [
        ("cut", whole[..whole.len() - 1].to_vec()),
        ("cut in the middle", whole[..whole.len() / 2].to_vec()),
        ("cut between segments", cut_at_a_segment),
        ("longer", [&whole[..], b"x"].concat()),
        ("flipped at the end", flipped(whole.len() - 1)),
        ("flipped in the middle", flipped(whole.len() / 2)),
        ("without a body", whole[..700].to_vec()),
    ] {
        shop.write("object.srm", damaged);
        let run = shop.run(&opening("object.srm", &[]));
        assert_eq!(run.code, 4, "{what}: {}", run.told);
        assert_eq!(shop.names(), before, "{what}");
        // Standard output cannot take back what it showed: the exit code says it.
        let run = shop.run(&opening("object.srm", &["-o", "-"]));
        assert_eq!(run.code, 4, "{what}: {}", run.told);
        assert!(
            run.out.len() < plain.len() && plain.starts_with(&run.out),
            "{what}"
        );
    }
    shop.write("object.srm", &whole);
    let run = shop.run(&opening("object.srm", &["-o", "-"]));
    assert!(run.succeeds().out == plain);
}

/// Opens an object that comes slowly, until something of it was written, and returns the process.
fn underway(shop: &Shop, object: &[u8]) -> (std::process::Child, File) {
    let made = std::process::Command::new("mkfifo")
        .arg(shop.path("slow.srm"))
        .status();
    assert!(made.unwrap().success());
    let mut command = shop.command();
    let child = command
        .args(opening("slow.srm", &["-o", "out"]))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut slow = File::options()
        .write(true)
        .open(shop.path("slow.srm"))
        .unwrap();
    slow.write_all(&object[..object.len() / 2]).unwrap();
    // A pipe holds 64 KiB: the rest was read. What was opened of it is being written.
    let status = format!("/proc/{}/io", child.id());
    let start = Instant::now();
    let written = || {
        let mut text = String::new();
        File::open(&status)
            .and_then(|mut file| file.read_to_string(&mut text))
            .unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("wchar: "));
        line.unwrap().parse::<usize>().unwrap()
    };
    while written() < MIB {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "nothing is written"
        );
        thread::sleep(Duration::from_millis(10));
    }
    (child, slow)
}

#[cfg(target_os = "linux")]
#[test]
fn a_program_that_is_killed_in_the_middle_leaves_nothing() {
    let (shop, vault) = shop();
    let plain = plain(8 * MIB);
    let object = object(&vault, "photos", &named("film"), &plain);
    let (mut child, slow) = underway(&shop, &object);
    child.kill().unwrap();
    child.wait().unwrap();
    drop(slow);
    fs::remove_file(shop.path("slow.srm")).unwrap();
    assert_eq!(shop.names(), ["backup.json", "object.srm", "phrase"]);
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_comes_meanwhile_is_not_replaced() {
    let (shop, vault) = shop();
    let plain = plain(8 * MIB);
    let object = object(&vault, "photos", &named("film"), &plain);
    let (mut child, mut slow) = underway(&shop, &object);
    assert!(!shop.names().contains(&"out".to_owned()));
    shop.write("out", "theirs");
    slow.write_all(&object[object.len() / 2..]).unwrap();
    drop(slow);
    assert_eq!(child.wait().unwrap().code(), Some(6));
    assert_eq!(shop.read("out"), b"theirs");
}

/// No secret is at hand: each is refused before one is asked for.
#[test]
fn a_name_that_no_file_can_have_is_refused_first() {
    let (shop, _vault) = shop();
    shop.write("file", "");
    let long = "x".repeat(300);
    for (name, code) in [
        ("", 2),
        ("new/", 2),
        ("phrase/", 2),
        (".", 2),
        ("..", 2),
        ("new/.", 2),
        ("no/where", 1),
        ("file/inside", 1),
        (long.as_str(), 1),
    ] {
        let open = ["open", "object.srm", "--vault", "backup.json", "-o", name];
        let run = shop.shell("exec setsid -w \"$@\"", &open);
        run.ends(code, "");
        assert!(!run.told.contains("terminal"), "{name}: {}", run.told);
        let export = ["vault", "backup.json", "export", "photos", "-o", name];
        let run = shop.shell("exec setsid -w \"$@\"", &export);
        run.ends(code, "");
        assert!(!run.told.contains("terminal"), "{name}: {}", run.told);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_standard_output_that_cannot_be_written_to_is_an_error_and_one_that_discards_is_none() {
    let (shop, _vault) = shop();
    let told = "standard output cannot be written";
    let open = opening("object.srm", &["-o", "-"]);
    let list = [
        "vault",
        "backup.json",
        "list",
        "--passphrase-file",
        "phrase",
    ];
    for closed in ["1<phrase", "1</dev/null"] {
        let line = ["exec \"$@\" ", closed].concat();
        for command in [&open[..], &list, &["inspect", "object.srm"], &["--help"]] {
            shop.shell(&line, command).ends(1, told);
        }
    }
    // As programs discard what others write: for writing alone, or for reading and writing.
    for discards in [">/dev/null", "1<>/dev/null"] {
        shop.shell(&["exec \"$@\" ", discards].concat(), &open)
            .succeeds();
    }
    // What goes to a file needs none.
    shop.shell("exec \"$@\" >&-", &opening("object.srm", &["-o", "out"]))
        .succeeds();
}

#[test]
fn an_output_that_cannot_be_written_is_an_error() {
    let (shop, _vault) = shop();
    shop.run(&opening("object.srm", &["-o", "no/where"]))
        .ends(1, "cannot be written");
    if fs::metadata("/dev/full").is_ok() {
        let run = shop.shell("exec \"$@\" -o - >/dev/full", &opening("object.srm", &[]));
        run.ends(1, "standard output cannot be written");
        let run = shop.shell("exec \"$@\" >/dev/full", &["inspect", "object.srm"]);
        run.ends(1, "standard output cannot be written");
    }
}
