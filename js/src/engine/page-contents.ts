/** The bodies and objects that are open for one port's page: each port has its own, and reaches no other's. */
import type { Begun, WireInput } from "../shared/protocol/body-calls.js";
import type { EngineCalls } from "../shared/protocol/engine-calls.js";
import type { PageCalls } from "../shared/protocol/page-calls.js";
import type { Peer } from "../shared/rpc/peer.js";
import { sha256 } from "./bodies/aes.js";
import {
  beginDecrypt,
  beginEncrypt,
  beginReencrypt,
  beginResumed,
  inspectHeader,
} from "./bodies/begin-body.js";
import type { BodyMakers } from "./bodies/body-makers.js";
import { BodyRegistry } from "./bodies/body-registry.js";
import { BodyTask, moved } from "./bodies/body-task.js";
import { RangeRegistry } from "./ranges/range-registry.js";
import { storedBytes } from "./ranges/stored-bytes.js";
import { DecryptedChunks } from "./readers/decrypted-chunks.js";
import { ExactReader } from "./readers/exact-reader.js";
import type { Reader } from "./readers/reader.js";
import { inputSize, openInput } from "./readers/open-input.js";
import { changesTo } from "./vault/changes.js";
import type { VaultDesk } from "./vault/vault-desk.js";

export class PageContents {
  readonly #bodies = new BodyRegistry();
  readonly #objects = new RangeRegistry();
  readonly #page: () => Peer<PageCalls>;
  readonly #core: () => Promise<Pick<BodyMakers, "bindings" | "keyring">>;
  readonly #desk: VaultDesk;

  /** @param core gives the keys outside any vault that this page has */
  constructor(page: () => Peer<PageCalls>, core: () => Promise<Pick<BodyMakers, "bindings" | "keyring">>, desk: VaultDesk) {
    this.#page = page;
    this.#core = core;
    this.#desk = desk;
  }

  clear(): void {
    this.#bodies.clear();
    this.#objects.clear();
  }

  calls(): Pick<EngineCalls, "encrypt" | "decrypt" | "reencrypt" | "inspect" | "pull" | "pin" | "resume" | "drop" | "openObject" | "readObject"> {
    return {
      encrypt: (number, input, request) => {
        const open = (): Reader => openInput(input, this.#page());
        const body = new BodyTask(open());
        const again = input.kind === "blob" || input.kind === "again" ? open : undefined;
        const begin = (makers: BodyMakers) => beginEncrypt(body, request, makers, again);
        return this.#begin(number, body, begin, input);
      },
      decrypt: (number, input, request) => {
        const body = new BodyTask(openInput(input, this.#page()));
        const begin = (makers: BodyMakers) => beginDecrypt(body, inputSize(input), request, makers);
        return this.#begin(number, body, begin, input);
      },
      reencrypt: (number, input, old, request) => {
        const inner = new BodyTask(openInput(input, this.#page()));
        const body = new BodyTask(new ExactReader(new DecryptedChunks(inner)));
        return this.#begin(number, body, async (makers) => {
          const opened = await beginDecrypt(inner, inputSize(input), old, makers);
          return beginReencrypt(body, opened, old, request, makers);
        });
      },
      inspect: async (header, request) => inspectHeader(header, request, await this.#makers()),
      pull: (number) => this.#bodies.pull(number),
      pin: async (number, about) => {
        const { bindings } = await this.#core();
        return this.#bodies.read(number, (body) =>
          body.pin(
            (piece) => sha256(piece, bindings),
            async (encryptor, digests) => {
              const changes = changesTo("uploads", about.id);
              await this.#desk.operate((vault) => vault.pin(encryptor, digests, about), { changes });
            },
          ),
        );
      },
      resume: (number, request) => {
        const body = new BodyTask(new ExactReader({ read: async () => undefined, cancel: () => {} }));
        return this.#begin(number, body, (makers) => beginResumed(body, request, makers));
      },
      drop: async (number) => {
        this.#bodies.drop(number);
        this.#objects.close(number);
      },
      openObject: async (number, parts, request) =>
        this.#objects.open(number, storedBytes(parts, this.#page()), request, await this.#makers()),
      readObject: (number, from, to, more) => this.#objects.read(number, from, to, more),
    };
  }

  /** What is small enough to have come along goes back along with the answer. */
  async #begin<T extends Begun>(
    number: number,
    body: BodyTask,
    begin: (makers: BodyMakers) => Promise<T>,
    input?: WireInput,
  ): Promise<T> {
    const begun = await this.#bodies.add(number, body, async () => begin(await this.#makers()));
    const first = input?.kind === "bytes" ? await body.first() : undefined;
    if (!first) return begun;
    if (first.done) this.#bodies.drop(number);
    const answer = { ...begun, first };
    moved(first, answer);
    return answer;
  }

  async #makers(): Promise<BodyMakers> {
    const { bindings, keyring } = await this.#core();
    return {
      bindings,
      keyring,
      operate: (...given) => this.#desk.operate(...given),
      opening: (operation) => this.#desk.opening(operation),
      sign: (body, hashes) =>
        this.#desk.operate((vault) => vault.signObject(body, hashes?.size ?? 0, hashes?.bytes())),
      signatureLength: (body, size) => this.#desk.operate((vault) => vault.signatureLength(body, size)),
      permit: (kid, use) => this.#desk.permit(kid, use),
    };
  }
}
