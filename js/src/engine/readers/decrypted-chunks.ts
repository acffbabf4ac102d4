import type { Bytes } from "../../shared/bytes.js";
import type { BodyTask } from "../bodies/body-task.js";
import type { Chunks } from "./reader.js";

/** The plaintext of a body that is decrypted, for another to read. */
export class DecryptedChunks implements Chunks {
  readonly #body: Pick<BodyTask, "pull" | "drop">;
  #chunks: Bytes[] = [];
  #done = false;

  constructor(body: Pick<BodyTask, "pull" | "drop">) {
    this.#body = body;
  }

  async read(): Promise<Bytes | undefined> {
    while (this.#chunks.length === 0 && !this.#done) {
      const { chunks, done } = await this.#body.pull();
      this.#chunks = chunks;
      this.#done = done;
    }
    return this.#chunks.shift();
  }

  cancel(): void {
    this.#body.drop();
  }
}
