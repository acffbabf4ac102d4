//! Names, texts and files of somebody who wants something else than the person at the terminal.

use std::{fs, os::unix::fs::symlink};

use pollster::block_on;
use strongroom::{
    Context,
    base::{Object, base64},
    object::FileMetadata,
};

use crate::{
    made::{Made, add, backup, named, object, opening, shop},
    shop::Shop,
};

/// What an object of that name is written as, in the folder; nothing where it needs another name.
fn written_as((shop, vault): &(Shop, Made), name: &str) -> Option<String> {
    let file = FileMetadata {
        r#type: Some("text/plain\u{1b}[31m".to_owned()),
        ..named(name)
    };
    shop.write("object.srm", object(vault, "photos", &file, b"meow"));
    let inside = shop.path("inside");
    fs::create_dir(&inside).unwrap();
    let backup = shop.path("backup.json").to_str().unwrap().to_owned();
    let phrase = shop.path("phrase").to_str().unwrap().to_owned();
    let run = shop.shell(
        "cd inside && exec \"$@\"",
        &[
            "open",
            "../object.srm",
            "--vault",
            &backup,
            "--passphrase-file",
            &phrase,
        ],
    );
    assert_eq!(
        shop.names(),
        ["backup.json", "inside", "object.srm", "phrase"]
    );
    let mut names: Vec<_> = fs::read_dir(&inside)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    match run.code {
        0 => assert_eq!(names.len(), 1),
        _ => {
            run.ends(2, "-o");
            assert!(names.is_empty());
        }
    }
    fs::remove_dir_all(&inside).unwrap();
    names.pop()
}

#[test]
fn an_object_is_written_nowhere_but_in_the_folder() {
    let all = shop();
    for (name, plain) in [
        ("../x", Some("x")),
        ("/etc/passwd", Some("passwd")),
        ("..\\..\\x", Some("x")),
        ("\u{1b}]0;title\u{7}x.txt", Some("]0;titlex.txt")),
        ("a\u{202e}txt.exe", Some("atxt.exe")),
        ("CON", Some("_CON")),
        (".bashrc", Some("bashrc")),
        ("", None),
        ("..", None),
        ("\u{0}", None),
    ] {
        assert_eq!(written_as(&all, name).as_deref(), plain, "{name:?}");
    }
    let long = written_as(&all, &["ü".repeat(150), ".txt".to_owned()].concat()).unwrap();
    assert_eq!((long.len(), long.ends_with("ü.txt")), (254, true));
    assert_eq!(written_as(&all, &"x".repeat(300)).unwrap().len(), 255);
}

#[test]
fn nothing_that_is_there_is_written_over() {
    let (shop, _vault) = shop();
    shop.write("cat.jpg", "mine");
    shop.run(&opening("object.srm", &[]))
        .ends(6, "cat.jpg is there already");
    for taken in ["taken", "dangling", "folder"] {
        match taken {
            "taken" => shop.write(taken, "mine"),
            "dangling" => symlink("elsewhere", shop.path(taken)).unwrap(),
            _ => fs::create_dir(shop.path(taken)).unwrap(),
        }
        // Before a secret is asked for.
        shop.run(&["open", "object.srm", "--vault", "backup.json", "-o", taken])
            .ends(6, "nothing is overwritten");
        let export = ["vault", "backup.json", "export", "photos", "-o", taken];
        shop.run(&export).ends(6, "nothing is overwritten");
    }
    assert_eq!(shop.read("taken"), b"mine");
    assert_eq!(shop.read("cat.jpg"), b"mine");
    assert!(!shop.names().contains(&"elsewhere".to_owned()));
}

#[test]
fn what_is_printed_has_no_control_characters() {
    let (shop, vault) = shop();
    let json = "\"\u{9b}31m\u{202e} \\u001b[2J\"";
    let token = block_on(vault.encrypt_value("photos", json.as_bytes(), &Context::none())).unwrap();
    shop.write("value.jwe", token);
    let run = shop.run(&opening("value.jwe", &[]));
    assert_eq!(run.succeeds().text(), "\"\\u009b31m\\u202e \\u001b[2J\"\n");
    // To a file it goes as it is.
    shop.run(&opening("value.jwe", &["-o", "value.json"]))
        .succeeds();
    assert_eq!(shop.read("value.json"), json.as_bytes());

    // A recipient's name is anybody's text.
    let header = object(&vault, "photos", &named("x"), b"");
    let header = &header[8..];
    let end = header.windows(2).rposition(|two| two == b"\"}").unwrap() + 2;
    let malformed = strongroom::base::InputError::Malformed("a test");
    let mut members = Object::parse(&header[..end], malformed.clone()).unwrap();
    let kid = "x\u{1b}[2J\u{202e}\nkey";
    let entry = Object::new().with(
        "header",
        Object::new()
            .with("alg", "\u{1b}]0;x\u{7}")
            .with("kid", kid),
    );
    members.remove("recipients");
    let members = members.with("recipients", vec![entry.into()]);
    shop.write("header.json", members.text());
    let run = shop.run(&["inspect", "header.json"]);
    let text = run.succeeds().text();
    assert!(
        !text.contains(|char: char| char.is_control() && char != '\n'),
        "{text:?}"
    );
    assert!(
        text.contains(r#""\u{1b}]0;x\u{7}" key "x\u{1b}[2J\u{202e}\u{a}key""#),
        "{text:?}"
    );

    let named = base64::encode(b"{\"alg\":\"\\u001b[2J\",\"typ\":\"\\u009b\"}");
    shop.write("signed", [&named, ".e30.AA"].concat());
    let run = shop.run(&["inspect", "signed"]);
    assert!(
        !run.succeeds()
            .text()
            .contains(|char: char| char.is_control() && char != '\n')
    );

    // So is the name of a file, which comes back in an error.
    shop.run(&["inspect", "\u{1b}[2Jx"]).ends(1, "\\u{1b}[2Jx");
    shop.run(&["--\u{1b}[2Jx"]).ends(2, "unexpected argument");
}

#[test]
fn other_files_are_told_from_ours() {
    let (shop, vault) = shop();
    shop.write("empty", "");
    shop.write("text", "hello");
    shop.write("json", "{\"strongroom\":\"backup-2\"}");
    shop.write("later", b"SRM\x03\x00\x00\x00\x01x");
    shop.write("cut", &shop.read("object.srm")[..100]);
    let mut damaged = shop.read("backup.json");
    let at = damaged.windows(6).position(|six| six == b"record").unwrap() + 40;
    damaged[at] ^= 1;
    shop.write("damaged", &damaged);
    for (file, inspected, opened) in [
        ("empty", 4, 4),
        ("text", 4, 4),
        ("json", 7, 4),
        ("later", 7, 7),
        ("cut", 4, 4),
        ("damaged", 4, 4),
        ("none", 1, 1),
    ] {
        let run = shop.run(&["inspect", file]);
        assert_eq!(
            (run.code, run.text()),
            (inspected, ""),
            "{file}: {}",
            run.told
        );
        let run = shop.run(&opening(file, &["-o", "out"]));
        assert_eq!(run.code, opened, "{file}: {}", run.told);
    }
    // What is damaged is no vault; nothing is asked for.
    shop.run(&["vault", "damaged", "list"])
        .ends(4, "use another backup");
    shop.run(&["vault", "json", "list"]).ends(7, "later");
    // Another vault's object; a vault that has it later.
    add(&vault, "later", strongroom::keys::Purpose::Encrypt, None);
    shop.write("object.srm", object(&vault, "later", &named("x"), b"x"));
    shop.run(&opening("object.srm", &["-o", "out"]))
        .ends(4, "use a later backup");
    shop.write("backup.json", backup(&vault));
    shop.run(&opening("object.srm", &["-o", "out"])).succeeds();
}

/// Whoever encrypts a value may encrypt anything.
#[test]
fn a_value_is_printed_as_json_or_not_at_all() {
    let (shop, vault) = shop();
    let value = |text: &str| {
        let token = block_on(vault.encrypt_value("photos", text.as_bytes(), &Context::none()));
        shop.write("value.jwe", token.unwrap());
        shop.run(&opening("value.jwe", &[]))
    };
    let told = value("{\r\n\t\"paid\":\rfalse}\r");
    assert_eq!(told.succeeds().text(), "{\n\t\"paid\":false}\n");
    for text in [
        "true\rfalse, and more",
        "strongroom: it was written by you",
        "1 2",
        "",
        "\"a\rb\"",
        "[1,]",
    ] {
        assert_eq!(value(text).ends(4, "-o").text(), "", "{text:?}");
    }
    for text in ["1.5e300", "[]", "\"\\ud800\"", " null "] {
        assert_eq!(value(text).succeeds().text(), [text, "\n"].concat());
    }
}

/// One line each, which a name does not leave; what is known comes before what somebody says.
#[test]
fn a_name_passes_for_nothing_that_the_program_says() {
    let (shop, vault) = shop();
    let file = FileMetadata {
        r#type: Some("x\", proven".to_owned()),
        ..named("x, 5 bytes; it was written by you")
    };
    shop.write("object.srm", object(&vault, "photos", &file, b"meow"));
    let run = shop.run(&opening("object.srm", &[]));
    let told: Vec<_> = run.succeeds().told.lines().collect();
    let told = &told[told.len() - 4..];
    assert_eq!(
        told,
        [
            r#"strongroom: wrote "x, 5 bytes; it was written by you", 4 bytes"#,
            "strongroom: it was written by a holder of the key that opened it",
            r#"strongroom: its writer called it "x, 5 bytes; it was written by you""#,
            r#"strongroom: its writer says that it is "x\", proven""#,
        ]
    );
    let long = object(&vault, "photos", &named(&"n".repeat(900)), b"");
    shop.write("object.srm", long);
    let run = shop.run(&opening("object.srm", &["-o", "out"]));
    run.ends(0, &["called it \"", &"n".repeat(200), "\"… (900"].concat());
    for blank in ["\u{3164}", "\u{2800}.", "\u{200d}\u{fe0f}"] {
        shop.write("object.srm", object(&vault, "photos", &named(blank), b""));
        shop.run(&opening("object.srm", &[])).ends(2, "-o");
    }
}
