//! Which device writes: one for as long as a database lives, another in each copy.

use super::*;
use crate::{base::DeviceId, store::VaultName, vault::Backup};

/// The device that the head names, once something was written.
fn device(vault: &Open) -> DeviceId {
    let open = vault.state.open().expect("an unlocked vault");
    let device = open.keyring.head.1.device.clone();
    device.expect("something was written").id
}

#[test]
fn a_database_is_one_device_whatever_is_written_and_a_restored_copy_another() {
    let (rows, factor) = vault();
    let keyring = open(rows.clone(), &factor).expect("a genuine vault");
    let vault = unlocked(rows, keyring);
    assert_eq!(vault.state.open().expect("it").keyring.head.1.device, None);
    let mut devices = Vec::new();
    let file = block_on(async {
        vault.create_key(&"photos".parse()?).await?;
        devices.push(device(&vault));
        vault.encrypt_kept("photos", &Context::none(), None).await?;
        vault.tick().await?;
        devices.push(device(&vault));
        vault.rotate_vault_key().await?;
        devices.push(device(&vault));
        let file = vault.backup().await?;
        vault.merge(&file, None, &|_, _| Ok(())).await?;
        vault.rotate_vault_key().await?;
        vault.create_key(&"notes".parse()?).await?;
        devices.push(device(&vault));
        Ok::<_, Error>(file)
    });
    let file = file.expect("an unlocked vault");
    devices.dedup();
    assert_eq!(devices.len(), 1);

    let mut copies = Vec::new();
    for name in ["second", "third"] {
        let backup = Backup::read(&file).expect("a backup");
        let name: VaultName = name.parse().expect("a name");
        let platform = vault.platform.clone();
        let rows = backup.rows().to_vec();
        let restored = Vault::restore(platform, &file, Some(name));
        let restored = block_on(restored).expect("a free name");
        let (at, _) = block_on(restored.platform.read(&restored.name, &[])).expect("a vault");
        let keyring = LockedRecords::new(at, rows)
            .and_then(|locked| locked.open(&[&factor], None))
            .expect("its own backup");
        let copy = restored.with(Box::new(OpenVault::new(keyring)));
        // It has the head of the one that it is a copy of until it writes.
        assert_eq!(device(&copy), devices[0]);
        block_on(copy.create_key(&"here".parse().expect("an alias"))).expect("an unlocked vault");
        copies.push(device(&copy));
        block_on(copy.tick()).expect("an unlocked vault");
        copies.push(device(&copy));
    }
    copies.dedup();
    assert_eq!(copies.len(), 2);
    assert!(!copies.contains(&devices[0]));
}
