//! `inspect`, of large files and of pipes.

use std::fs::File;

use crate::{
    made::{PHRASE, backup, phrase, shop, vault_of},
    shop::Shop,
};

const MIB: u64 = 1024 * 1024;

/// A file of that size whose middle is not on the disk.
fn sparse(shop: &Shop, name: &str, front: &str, size: u64) {
    shop.write(name, front);
    let file = File::options().write(true).open(shop.path(name)).unwrap();
    file.set_len(size).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_large_file_is_not_read_to_say_that_it_is_no_backup() {
    let shop = Shop::new();
    let inspect = |name| shop.shell("ulimit -v 40000 && exec \"$@\"", &["inspect", name]);
    sparse(&shop, "large.json", "{\"a\":", 200 * MIB);
    inspect("large.json").ends(4, "nothing that strongroom writes");
    sparse(
        &shop,
        "huge.json",
        "{\"strongroom\":\"backup-1\",",
        300 * MIB,
    );
    inspect("huge.json").ends(4, "too large: backup (256 MiB)");
    shop.run(&["vault", "huge.json", "list"])
        .ends(4, "too large");
}

#[test]
fn a_damaged_backup_is_told_as_that() {
    let (shop, _vault) = shop();
    let whole = String::from_utf8(shop.read("backup.json")).unwrap();
    shop.write("later.json", whole.replace("\"backup-1\"", "\"backup-2\""));
    shop.run(&["inspect", "later.json"]).ends(7, "later");
    shop.write(
        "changed.json",
        whole.replacen("\"revision\":1", "\"revision\":9", 1),
    );
    shop.run(&["inspect", "changed.json"])
        .ends(4, "use another backup");
    shop.write(
        "spaced.json",
        whole.replacen("\"strongroom\":", "\"strongroom\" : ", 1),
    );
    shop.run(&["inspect", "spaced.json"]).ends(0, "");
}

#[test]
fn a_pipe_is_looked_at_as_a_file_is() {
    let (shop, _vault) = shop();
    for name in ["object.srm", "backup.json"] {
        let told = shop.run(&["inspect", name]);
        let line = format!("cat {name} | \"$1\" inspect /dev/stdin");
        let run = shop.shell(&line, &[]);
        let kind = told.succeeds().text().lines().next().unwrap();
        assert!(run.succeeds().text().starts_with(kind), "{}", run.text());
    }
    // One that does not fit is asked for as a file.
    let large = vault_of(&[&phrase(PHRASE)]);
    let text = [&backup(&large)[..], &vec![b' '; 2 * MIB as usize]].concat();
    shop.write("large.json", text);
    shop.shell("cat large.json | \"$1\" inspect /dev/stdin", &[])
        .ends(2, "in a file");
}

#[test]
fn an_identity_is_shown_as_what_a_backup_claims() {
    let (shop, vault) = shop();
    let run = shop.run(&["inspect", "backup.json"]);
    let identity = vault.identity().unwrap();
    let text = run.succeeds().text();
    assert!(
        text.contains(&format!("{}, as it claims", identity.as_str())),
        "{text}"
    );
    assert!(text.contains("anybody can make one"), "{text}");
}
