//! Who merges with whom first, and how often, makes no difference; and nothing is lost.

use pollster::block_on;
use proptest::prelude::*;
use strongroom::{
    Error,
    base::VersionState,
    jose::Envelope,
    keys::{KeyAction, KeyQuery, KeyRecord},
    vault::{Backup, Header, KeyInfo, ObjectQuery},
};

use crate::{
    fixture::{Open, Place, create, encrypt, manage, open, seal},
    inventory::{keep, shred, track, untrack},
    merge::{backup, elsewhere, merge},
};

/// What is done on a device: which thing, and to which of its keys.
type Step = (u8, u8);

/// A device, the values that it has sealed, and the objects that it knows of, each with its header unless the vault keeps it.
struct Device {
    place: Place,
    vault: Open,
    values: Vec<String>,
    objects: Vec<(String, Option<Vec<u8>>)>,
}

impl Device {
    fn of(file: &[u8]) -> Self {
        let (place, vault) = elsewhere(file);
        Self {
            place,
            vault,
            values: Vec::new(),
            objects: Vec::new(),
        }
    }

    /// A copy of it as it is now.
    fn copy(&self) -> Open {
        Place::of(&self.place.rows()).unlock().unwrap()
    }

    /// A key, unless an earlier step took that alias.
    fn create(&self, alias: &str) {
        let made = block_on(self.vault.create_key(&alias.parse().unwrap()));
        assert!(matches!(made, Ok(_) | Err(Error::KeyExists)), "{made:?}");
    }

    fn do_all(&mut self, steps: &[Step]) {
        for (at, (what, which)) in steps.iter().enumerate() {
            self.place.clock.set(self.place.clock.get() + 1);
            let keys = block_on(self.vault.keys()).unwrap();
            if keys.is_empty() {
                self.create(&format!("key {which} {at}"));
                continue;
            }
            let key = &keys[usize::from(*which) % keys.len()].key;
            let named = Some(
                key.versions[usize::from(*which) % key.versions.len()]
                    .id
                    .to_string(),
            );
            let revoke = |compromised| KeyAction::Revoke {
                version: named.clone(),
                compromised,
            };
            let action = match what % 21 {
                0 => {
                    self.create(&format!("key {which} {at}"));
                    continue;
                }
                1 => KeyAction::Rotate { waits: false },
                2 => KeyAction::Rotate { waits: true },
                3 => KeyAction::Activate(None),
                4 => KeyAction::Suspend(named),
                5 => KeyAction::Resume(named),
                6 => revoke(false),
                7 => revoke(true),
                8 => KeyAction::Destroy {
                    version: named,
                    force: true,
                },
                9 => KeyAction::ScheduleDestroy {
                    version: named,
                    after: None,
                    force: false,
                },
                10 => KeyAction::Update {
                    alias: Some(format!("renamed {which} {at}").parse().unwrap()),
                    labels: None,
                    rotate_every: None,
                },
                11 | 18..=20 => {
                    if let Ok(value) = seal(&self.vault, key.id.as_str(), "1") {
                        self.values.push(value);
                        let object = encrypt(&self.vault, key.id.as_str(), "a file");
                        track(&self.vault, &object.header, &format!("{which} {at}"));
                        self.objects.push((object.id, Some(object.header)));
                        self.objects
                            .push((keep(&self.vault, key.id.as_str()).0, None));
                    }
                    continue;
                }
                what => {
                    self.do_to_objects(what, usize::from(*which), &format!("{which} {at}"));
                    continue;
                }
            };
            // What a state forbids is not done.
            let _ = manage(&self.vault, key.id.as_str(), &action);
        }
        block_on(self.vault.tick()).unwrap();
    }
}

impl Device {
    /// Takes an object out of the inventory, or enters it anew.
    fn do_to_objects(&self, what: u8, which: usize, at: &str) {
        let Some((id, header)) = self.objects.get(which % self.objects.len().max(1)) else {
            return;
        };
        // What is not there, or is in a backup, is left; and what no key opens any more is not entered.
        match (what, header) {
            (12 | 13, _) => drop(untrack(&self.vault, id, true)),
            (14, _) => drop(shred(&self.vault, id)),
            (_, Some(header)) => {
                let header = Header::Given(Envelope::parse(header).unwrap());
                drop(block_on(self.vault.track(&header, None, Some(at), None)));
            }
            (_, None) => {}
        }
    }
}

/// All keys, destroyed ones among them.
fn all_keys(vault: &Open) -> Vec<KeyInfo> {
    let query = KeyQuery {
        destroyed: true,
        ..KeyQuery::default()
    };
    block_on(vault.list_keys(&query)).unwrap().keys
}

/// Everything that devices are to agree on.
fn told(vault: &Open) -> (Vec<String>, Vec<String>) {
    let common = |key: &KeyRecord| {
        let mut versions = Vec::new();
        for version in &key.versions {
            // Which of a device's merges made a version give way is its own.
            let mut history = version.history.clone();
            history.retain(|step| step.by != "merge");
            let (id, number, counter) = (&version.id, version.number, version.counter());
            let (state, until) = (version.state, version.destroy_at);
            versions.push(format!(
                "{id} {number} {counter} {state:?} {until:?} {history:?}"
            ));
        }
        let (id, alias, primary) = (&key.id, &key.alias, &key.primary);
        format!("{id} {alias} {primary} {versions:?}")
    };
    let mut keys: Vec<_> = all_keys(vault)
        .iter()
        .map(|info| format!("{} {:?}", common(&info.key), info.usage))
        .collect();
    keys.sort();
    let objects = block_on(vault.list_objects(&ObjectQuery::first(1000))).unwrap();
    let objects = objects.objects.into_iter();
    let mut objects: Vec<_> = objects
        .map(|mut object| {
            object.since = 0;
            format!("{object:?}")
        })
        .collect();
    objects.sort();
    (keys, objects)
}

fn merged(vault: &Open, with: &Open) {
    let report = merge(vault, &backup(with)).unwrap();
    assert!(report.proven && report.skipped.is_empty(), "{report:?}");
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    proptest::collection::vec((any::<u8>(), 0..6_u8), 0..14)
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 200, ..ProptestConfig::with_cases(6) })]

    #[test]
    fn a_merge_commutes_associates_repeats_and_loses_nothing(
        first in steps(),
        on_each in proptest::array::uniform3(steps()),
    ) {
        let origin = Place::new();
        let vault = origin.create();
        create(&vault, "first");
        create(&vault, "second");
        let mut start = Device::of(&backup(&vault));
        start.do_all(&first);
        let file = backup(&start.vault);
        let mut devices = on_each.map(|steps| {
            let mut device = Device::of(&file);
            device.objects.clone_from(&start.objects);
            device.do_all(&steps);
            device
        });
        devices[0].values.append(&mut start.values);
        let [a, b, c] = &devices;

        let (ab, ba) = (a.copy(), b.copy());
        merged(&ab, &b.vault);
        merged(&ba, &a.vault);
        prop_assert_eq!(told(&ab), told(&ba));

        let before = told(&ab);
        merged(&ab, &b.vault);
        merged(&ab, &a.vault);
        merged(&ab, &ba);
        prop_assert_eq!(told(&ab), before);

        let (a_bc, bc) = (a.copy(), b.copy());
        merged(&ab, &c.vault);
        merged(&bc, &c.vault);
        merged(&a_bc, &bc);
        prop_assert_eq!(told(&ab), told(&a_bc));

        // What was written is what an unlock finds.
        let rows = Backup::read(&backup(&ab)).unwrap().into_rows();
        let again = Place::of(&rows).unlock().unwrap();
        block_on(again.survey()).unwrap();
        prop_assert_eq!(told(&again), told(&ab));
        for device in [a, b, c] {
            for info in all_keys(&device.vault) {
                let key = block_on(ab.key(info.key.id.as_str())).unwrap();
                for version in &info.key.versions {
                    let kept = key.version(&version.id).unwrap();
                    let gone = kept.state == VersionState::Destroyed;
                    prop_assert!(gone || version.state != VersionState::Destroyed);
                    prop_assert!(version.compromised_at().is_none() || kept.compromised_at().is_some());
                    prop_assert!(kept.counter() >= version.counter());
                }
            }
            for value in &device.values {
                let opened = open(&ab, value);
                let allowed = matches!(opened, Ok(_) | Err(Error::State(_) | Error::Unsigned | Error::NoVersion));
                prop_assert!(allowed, "{opened:?}");
            }
        }
    }
}
