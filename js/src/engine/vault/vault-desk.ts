/** What the calls on one handle of the open vault go through: on the vault itself, or on a view of it. */
import type { WireInput } from "../../shared/protocol/body-calls.js";
import type { EngineCalls } from "../../shared/protocol/engine-calls.js";
import { FORWARDED, type ForwardedCalls, type RewrapResult, type WireFactor } from "../../shared/protocol/vault-calls.js";
import { embeddedHeader } from "../bodies/attached.js";
import type { Reader } from "../readers/reader.js";
import type { Bindings, WasmVault } from "../wasm/bindings.js";
import { changesItsOwn, changesOf, movedObject, rewrappedId, type Changes } from "./changes.js";
import { contentSignatures } from "./content-signatures.js";
import { openedByOwnKey } from "./foreign-key.js";
import { jwkText } from "./key-material.js";
import { permitFor, type BodyUse, type Permit } from "./permit.js";
import { settleValues } from "./settle-values.js";
import type { Watches } from "./watches.js";

/** After these the other tabs obey a policy, or write a log or none any more, from their next look on. */
const TOLD_TO_TABS: ReadonlySet<string> = new Set(["startAudit", "stopAudit", "cutAudit", "setVaultPolicy", "setOrganisation", "joinOrganisation"]);

/** How an operation runs. */
export interface HowToOperate<T> {
  /** Wiped at its end. */
  factors?: WireFactor[];
  changes?: Changes<T> | undefined;
}

/** What it needs of the open vault. */
interface DeskPorts {
  /** Gives the handle. Throws while the vault is locked. */
  handle(): WasmVault;
  /** Runs an operation on the handle. */
  operate<T>(operation: (vault: WasmVault) => Promise<T>, how?: HowToOperate<NoInfer<T>>): Promise<T>;
  bindings(): Promise<Bindings>;
  /** Has the other tabs look at the vault. */
  look(): void;
  readonly watches: Watches;
  readonly isOfView: boolean;
}

/** The core's part of the calls that are forwarded. */
type Forwarded = { [Name in keyof ForwardedCalls]: (...args: Parameters<ForwardedCalls[Name]>) => Promise<unknown> };

export class VaultDesk {
  readonly #ports: DeskPorts;

  constructor(ports: DeskPorts) {
    this.#ports = ports;
  }

  operate<T>(operation: (vault: WasmVault) => Promise<T>, how?: HowToOperate<NoInfer<T>>): Promise<T> {
    return this.#ports.operate(operation, how);
  }

  /** As `operate`, of what opens something: where no key does, it says why that may be. */
  opening<T>(operation: (vault: WasmVault) => Promise<T>): Promise<T> {
    return openedByOwnKey(this.operate(operation), this.#ports.isOfView);
  }

  /** For a body under one of the vault's versions. */
  permit(kid: string, use: BodyUse): Permit {
    return permitFor(() => this.#ports.handle(), (operation) => this.operate(operation), kid, use);
  }

  /** Signatures of contents. @param open gives an input's reader */
  contents(open: (input: WireInput) => Reader): Pick<EngineCalls, "signContent" | "verifyContent"> {
    return contentSignatures({
      open,
      content: async () => new (await this.#ports.bindings()).WasmContent(),
      operate: (operation) => this.operate(operation),
      watch: (watch, call) => this.#ports.watches.run(watch, call),
    });
  }

  /** What is only passed on. */
  flows(): ForwardedCalls {
    const call =
      (name: keyof ForwardedCalls) =>
      async (...args: unknown[]): Promise<unknown> => {
        const operation = (vault: Forwarded): Promise<unknown> =>
          (vault[name] as (...given: unknown[]) => Promise<unknown>)(...args);
        const done = await this.operate<unknown>(operation, { changes: changesOf(name, args) });
        if (TOLD_TO_TABS.has(name)) this.#ports.look();
        return done;
      };
    return Object.fromEntries(FORWARDED.map((name) => [name, call(name)])) as unknown as ForwardedCalls;
  }

  /** What is prepared first, or ends with more than a text. */
  prepared(): Pick<
    EngineCalls,
    | "importVaultKey"
    | "exportVaultKey"
    | "encryptValues"
    | "decryptValues"
    | "decryptValueDetails"
    | "settleValues"
    | "rewrap"
    | "noteStored"
    | "track"
  > {
    return {
      encryptValues: (...given) => this.operate((vault) => vault.encryptValues(...given)),
      decryptValues: (...given) => this.opening((vault) => vault.decryptValues(...given)),
      decryptValueDetails: (...given) => this.opening((vault) => vault.decryptValueDetails(...given)),
      settleValues: (tokens, contexts, all, allowUnsigned, reason) =>
        settleValues(
          (...some) => this.opening((vault) => vault.decryptValues(...some, allowUnsigned, reason)),
          tokens,
          contexts,
          all,
        ),
      importVaultKey: async (options, material, reason) => {
        const jwk = await jwkText(material);
        return this.operate((vault) => vault.importKey(options, jwk, reason), { changes: changesItsOwn("keys") });
      },
      // EXPOSE: only `VaultKey.dangerouslyExport` calls this.
      exportVaultKey: (factor, key, version, reason, approvals) =>
        this.operate((vault) => vault.exportKey(factor, key, version, reason, approvals), { factors: [factor] }),
      rewrap: async (header, request, signature) => {
        const alone = embeddedHeader(header, signature, await this.#ports.bindings());
        // A header that is elsewhere changes the inventory once it is stored there.
        const ids = (rewrapped: RewrapResult): string[] | undefined => {
          const id = typeof header === "string" ? rewrappedId(rewrapped, request) : undefined;
          return id === undefined ? undefined : [id];
        };
        return this.operate((vault) => vault.rewrap(alone.header, alone.signature, request), { changes: { noun: "objects", ids } });
      },
      noteStored: async (header, reason, signature) => {
        const alone = embeddedHeader(header, signature, await this.#ports.bindings());
        return this.operate((vault) => vault.noteStored(alone.header as Uint8Array, alone.signature, reason), { changes: movedObject });
      },
      track: async (object, header, reason, signature) => {
        const alone = embeddedHeader(header, signature, await this.#ports.bindings());
        return this.operate((vault) => vault.track(object, alone.header, alone.signature, reason), { changes: changesItsOwn("objects") });
      },
    };
  }
}
