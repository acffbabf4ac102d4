/** A store as an application brings one, with what a test wants it to do instead: members, given as source. */
export const callerStore = (instead) => ({ ...memory(), ...new Function(`return (${instead})`)() });

function memory() {
  const vaults = new Map();
  const found = (vault) => vaults.get(vault) ?? { sequence: 0, rows: [] };
  return {
    vaults: async () => [...vaults.keys()],
    read: async (vault, ranges) => {
      const { sequence, rows } = found(vault);
      return { sequence, rows: ranges.flatMap((range) => rowsIn(rows, range)) };
    },
    commit: async (vault, expect, next, puts, deletes) => {
      const { sequence, rows } = found(vault);
      if (sequence !== expect) return false;
      const written = new Map(rows.map((row) => [address(row).join("/"), row]));
      for (const slot of deletes) written.delete(address(slot).join("/"));
      for (const row of puts) written.set(address(row).join("/"), row);
      vaults.set(vault, { sequence: next, rows: [...written.values()].sort((a, b) => compare(address(a), address(b))) });
      return true;
    },
    remove: async (vault) => {
      vaults.delete(vault);
    },
  };
}

const address = ({ type, id, version }) => [type, id, version];

function compare(one, other) {
  const at = one.findIndex((part, index) => part !== other[index]);
  return at < 0 ? 0 : one[at] < other[at] ? -1 : 1;
}

function rowsIn(rows, { prefix, after, limit, bare }) {
  const begins = (row) => prefix.every((part, at) => address(row)[at] === part);
  const behind = (row) => !after || compare(address(row), after) > 0;
  const found = rows.filter((row) => begins(row) && behind(row)).slice(0, limit);
  return bare ? found.map((row) => ({ ...row, revision: 0, bytes: new Uint8Array(0) })) : found;
}
