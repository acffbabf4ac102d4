//! The program at a terminal: what is asked, what is typed, and what is shown.

use std::{
    fs::File,
    io::{Read, Write},
    os::{fd::OwnedFd, unix::process::ExitStatusExt as _},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

use pollster::block_on;
use rustix::{
    fs::{Mode, OFlags, open},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{LocalModes, tcgetattr},
};

use strongroom::keys::Purpose;

use crate::{
    made::{PHRASE, add, backup, shop},
    shop::{Shop, program},
};

/// A terminal at which the program runs, with what it shows.
struct Terminal {
    keys: File,
    shown: Receiver<u8>,
    screen: String,
    child: Child,
}

impl Terminal {
    fn run(shop: &Shop, arguments: &[&str]) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let side =
            || -> OwnedFd { open(&name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap() };
        let mut setsid = Command::new("setsid");
        setsid
            .args(["--ctty", "--wait", program()])
            .args(arguments)
            .current_dir(shop.path("."));
        let child = setsid
            .stdin(Stdio::from(side()))
            .stdout(side())
            .stderr(side())
            .spawn()
            .unwrap();
        drop(setsid);
        let keys = File::from(master);
        let (told, shown) = mpsc::channel();
        let mut screen = keys.try_clone().unwrap();
        thread::spawn(move || {
            let mut byte = [0];
            // A terminal that nobody has open ends in an error.
            while screen.read_exact(&mut byte).is_ok() && told.send(byte[0]).is_ok() {}
        });
        Self {
            keys,
            shown,
            screen: String::new(),
            child,
        }
    }

    /// Waits until that is shown.
    #[track_caller]
    fn shows(&mut self, text: &str) {
        let mut bytes = self.screen.clone().into_bytes();
        while !String::from_utf8_lossy(&bytes).contains(text) {
            let byte = self.shown.recv_timeout(Duration::from_secs(60));
            bytes.push(byte.unwrap_or_else(|_| {
                unreachable!("{text} is not in {:?}", String::from_utf8_lossy(&bytes))
            }));
        }
        self.screen = String::from_utf8_lossy(&bytes).into_owned();
    }

    /// Waits until the terminal shows no more what is typed.
    fn hides(&self) {
        let shows = || {
            tcgetattr(&self.keys)
                .unwrap()
                .local_modes
                .contains(LocalModes::ECHO)
        };
        while shows() {
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Whether the terminal shows what is typed.
    fn echoes(&self) -> bool {
        let modes = tcgetattr(&self.keys).unwrap().local_modes;
        modes.contains(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG)
    }

    fn presses(&mut self, key: u8) {
        self.keys.write_all(&[key]).unwrap();
    }

    fn types(&mut self, line: &str) {
        self.keys
            .write_all([line, "\n"].concat().as_bytes())
            .unwrap();
    }

    /// The same, and whether the terminal is then as it was.
    fn leaves(mut self) -> (i32, bool, String) {
        // Held open, so that it is still the same terminal.
        let status = self.child.wait().unwrap();
        let code = status.code().or(status.signal().map(|signal| 128 + signal));
        let code = code.unwrap();
        let echoes = self.echoes();
        let rest: Vec<u8> = self.shown.try_iter().collect();
        (code, echoes, self.screen + &String::from_utf8_lossy(&rest))
    }

    /// How it ends, and all that was shown.
    fn ends(mut self) -> (i32, String) {
        let code = self.child.wait().unwrap().code().unwrap();
        let rest: Vec<u8> = self.shown.iter().collect();
        (code, self.screen + &String::from_utf8_lossy(&rest))
    }
}

const EXPORT: [&str; 6] = ["vault", "backup.json", "export", "photos", "-o", "key.jwk"];

#[test]
fn a_passphrase_is_asked_for_and_not_shown() {
    let (shop, _vault) = shop();
    for (typed, code) in [(PHRASE, 0), ("wrong horse battery", 3)] {
        let out = format!("out {code}");
        let mut terminal = Terminal::run(
            &shop,
            &["open", "object.srm", "--vault", "backup.json", "-o", &out],
        );
        terminal.shows("Passphrase: ");
        terminal.hides();
        terminal.types(typed);
        let (ended, screen) = terminal.ends();
        assert_eq!(ended, code, "{screen}");
        assert!(!screen.contains(typed), "{screen}");
    }
    assert_eq!(shop.read("out 0"), b"meow");
    assert!(!shop.names().contains(&"out 3".to_owned()));
}

#[test]
fn the_alias_is_typed_before_a_secret_leaves_the_vault() {
    let (shop, _vault) = shop();
    for (typed, code) in [("yes", 5), ("", 5), ("photos", 0)] {
        let mut terminal = Terminal::run(&shop, &EXPORT);
        terminal.shows("Passphrase: ");
        terminal.hides();
        terminal.types(PHRASE);
        terminal.shows("Type the key's alias to go on: ");
        assert!(!shop.names().contains(&"key.jwk".to_owned()));
        terminal.types(typed);
        let (ended, screen) = terminal.ends();
        assert_eq!(ended, code, "{typed}: {screen}");
        assert_eq!(shop.names().contains(&"key.jwk".to_owned()), code == 0);
    }
}

#[test]
fn content_is_not_sent_to_a_terminal() {
    let (shop, _vault) = shop();
    let open = [
        "open",
        "object.srm",
        "--vault",
        "backup.json",
        "--passphrase-file",
        "phrase",
        "-o",
        "-",
    ];
    let (ended, screen) = Terminal::run(&shop, &open).ends();
    assert_eq!(ended, 2, "{screen}");
    assert!(
        screen.contains("would go to the terminal") && !screen.contains("meow"),
        "{screen}"
    );
    // Nor is a secret asked for that would open it.
    let open = ["open", "object.srm", "--vault", "backup.json", "-o", "-"];
    let (ended, screen) = Terminal::run(&shop, &open).ends();
    assert_eq!(ended, 2, "{screen}");
    assert!(!screen.contains("Passphrase"), "{screen}");
}

#[test]
fn an_interrupted_prompt_gives_the_terminal_back() {
    const LIST: [&str; 3] = ["vault", "backup.json", "list"];
    let (shop, _vault) = shop();
    for (key, code, told) in [(3, 130, "interrupted"), (4, 2, "no passphrase was typed")] {
        let mut terminal = Terminal::run(&shop, &LIST);
        terminal.shows("Passphrase: ");
        terminal.hides();
        terminal.presses(key);
        terminal.shows(told);
        let (ended, echoes, screen) = terminal.leaves();
        assert_eq!((ended, echoes), (code, true), "{screen}");
    }
}

/// After the prompt Ctrl-C ends the program as it ends others.
#[test]
fn a_later_question_is_interrupted_too() {
    let (shop, _vault) = shop();
    let mut terminal = Terminal::run(&shop, &EXPORT);
    terminal.shows("Passphrase: ");
    terminal.hides();
    terminal.types(PHRASE);
    terminal.shows("to go on: ");
    terminal.presses(3);
    let (ended, echoes, screen) = terminal.leaves();
    assert_eq!((ended, echoes), (130, true), "{screen}");
    assert!(!shop.names().contains(&"key.jwk".to_owned()));
}

/// By its id, and by its alias as another keyboard writes it.
#[test]
fn a_key_is_named_in_whichever_way_it_is_known() {
    let (shop, vault) = shop();
    add(&vault, "Zo\u{eb}", Purpose::Encrypt, None);
    shop.write("backup.json", backup(&vault));
    let id = block_on(vault.key("Zo\u{eb}")).unwrap().id.clone();
    for (at, typed) in ["Zoe\u{308}", id.as_str()].into_iter().enumerate() {
        let out = format!("{at}.jwk");
        let export = ["vault", "backup.json", "export", id.as_str(), "-o", &out];
        let mut terminal = Terminal::run(&shop, &export);
        terminal.shows("Passphrase: ");
        terminal.hides();
        terminal.types(PHRASE);
        terminal.shows("to go on: ");
        terminal.types(typed);
        let (ended, screen) = terminal.ends();
        assert_eq!(ended, 0, "{screen}");
    }
}
