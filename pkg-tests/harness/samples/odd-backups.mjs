/** Backups that their owner signed and no program of ours would write, and what docs/format.md decides of each: the code
 * of our refusal, or null where they open. Python agrees on which are refused. @type {Record<string, string | null>} */
export const VERDICTS = {
  nothing: null,
  "an alias of 256 bytes": null,
  "an alias of 257 bytes": "ERR_MALFORMED",
  "an alias of 129 characters that take 258 bytes": "ERR_MALFORMED",
  "an empty alias": "ERR_MALFORMED",
  "an alias with a line feed": "ERR_MALFORMED",
  "an alias with U+0085": "ERR_MALFORMED",
  "an alias with characters that are not seen": null,
  "an alias of the form of an id": "ERR_MALFORMED",
  "a name of 257 bytes": "ERR_ARGUMENT",
  "a name with a control character": "ERR_ARGUMENT",
  "a name with characters that are not seen": null,
  "a record of revision 0": "ERR_MALFORMED",
  "a head of revision 0": "ERR_MALFORMED",
  "a statement of revision 0": "ERR_MALFORMED",
  "a record of a type that there is not": "ERR_UNSUPPORTED",
  "a version of a record that has none": "ERR_INTEGRITY",
  "an identity under another id": "ERR_INTEGRITY",
  "two identities": "ERR_INTEGRITY",
  "an index key under another id": "ERR_INTEGRITY",
  "a key under an id that is none": null,
  "a recipient of no factor": null,
  "a record in the flattened form": null,
  "a private key in a recipient": "ERR_INTEGRITY",
  "a second recipient of a factor": "ERR_INTEGRITY",
  "a second recipient of the vault key": "ERR_INTEGRITY",
  "a second recipient of a named key": "ERR_INTEGRITY",
  "a second recipient of a version": "ERR_INTEGRITY",
  "a factor that signs": "ERR_UNSUPPORTED",
  "a factor's pin with another member": "ERR_MALFORMED",
  "a vault key of another kid": "ERR_MALFORMED",
  "a vault key that signs": "ERR_UNSUPPORTED",
  "an identity that encrypts": "ERR_UNSUPPORTED",
  "a MAC key without alg": "ERR_MALFORMED",
  "a MAC key that encrypts": "ERR_MALFORMED",
  "an index key without alg": "ERR_MALFORMED",
  "an index key that encrypts": "ERR_MALFORMED",
  "a statement with another member": "ERR_MALFORMED",
  "a statement of generation 0": "ERR_INTEGRITY",
  // No factor that is known remembers the identity: it has to be given.
  "a factor of another kind": "ERR_ARGUMENT",
  "a factor that is listed twice": "ERR_INTEGRITY",
  "a seal with another member": "ERR_MALFORMED",
  "a seal of the future": null,
  "a seal of another head": "ERR_INTEGRITY",
  "a seal without a head": null,
  "a key without versions": "ERR_MALFORMED",
  "a key whose primary is none of its versions": "ERR_MALFORMED",
  "a key with two versions of one id": "ERR_MALFORMED",
  "a key of 1,000 versions": null,
  "a key of 1,001 versions": "ERR_MALFORMED",
  "a key with another member": "ERR_MALFORMED",
  "a state of a later release": "ERR_UNSUPPORTED",
  "a state that is not the history's last": null,
  "a date of no destruction": "ERR_MALFORMED",
  "a destruction without a date": "ERR_MALFORMED",
  "a force of no destruction": "ERR_MALFORMED",
  "a number of 0": null,
  "a key of the future": null,
  "a public half of no pair": null,
  "a pair without its public half": null,
  "the public half of another pair": null,
  "16 labels": null,
  "17 labels": "ERR_MALFORMED",
  "a label of 129 bytes": "ERR_MALFORMED",
  "a label without a name": "ERR_MALFORMED",
  "a rotation every two years and a month": null,
  "a rotation every moment": "ERR_MALFORMED",
  "a rotation every thousand years": "ERR_MALFORMED",
  "a policy": null,
  "two policies": null,
  "no policy any more": null,
  "a policy without an id": "ERR_MALFORMED",
  "a policy with another member": "ERR_MALFORMED",
  "policies with another member": "ERR_MALFORMED",
  "a policy without rules": "ERR_MALFORMED",
  "1,001 policies": "ERR_MALFORMED",
  "a version without its material": "ERR_NO_VERSION",
  "the material of no version": null,
  "a version's material under another kid": "ERR_INTEGRITY",
  "a version's material for another alg": "ERR_UNSUPPORTED",
  "a key that the catalog does not list": null,
  "a key that the catalog lists twice": "ERR_MALFORMED",
  "a key that is listed and is not there": "ERR_NO_KEY",
  "a key that is listed under another alias": "ERR_NO_KEY",
  "a key that is listed in another state": null,
  "a key that is listed with other labels": null,
  "uses of a version that is not there": null,
  "uses by a device of a version that is not there": null,
  "uses of a key that is not there": null,
  "an object of a key that is not there": null,
  "an object of the future": null,
  "an object in another one's place": "ERR_INTEGRITY",
  "a sidecar that is no object": null,
  "a backup of the future": null,
  "a head of another count": "ERR_INTEGRITY",
  "a head of format 1": null,
  "a head of format 3": "ERR_UNSUPPORTED",
  "a head without its core": "ERR_MALFORMED",
  "a head of another core": "ERR_INTEGRITY",
  "a head with another member": "ERR_MALFORMED",
  "a head of a device": null,
  "a head of a device with another member": "ERR_MALFORMED",
  "a head of a device with a short id": "ERR_MALFORMED",
};

/**
 * Opens a backup and everything in it: the code of what refused it.
 * @param {any} strongroom @param {string} backup @param {string} name @returns {Promise<string | null>}
 */
export async function verdict({ passphrase, Strongroom }, backup, name) {
  try {
    const bytes = new TextEncoder().encode(backup);
    const vault = await Strongroom.restore(bytes, name.startsWith("a name") ? {} : { name });
    await vault.unlock(passphrase("odd"));
    for (const { alias, purpose } of await vault.keys.list()) {
      await vault.keys.get(alias);
      if (purpose === "encrypt") await vault.encryptValue(name, { key: alias });
    }
    await vault.objects.list();
    await vault.lock();
    return null;
  } catch (/** @type {any} */ error) {
    return error.code ?? String(error);
  }
}
