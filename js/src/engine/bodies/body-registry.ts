import { bodyClosed } from "../../shared/errors/index.js";
import type { Batch } from "../../shared/protocol/body-calls.js";
import type { BodyTask } from "./body-task.js";

/** All bodies of one engine, by the numbers the page chose. */
export class BodyRegistry {
  readonly #bodies = new Map<number, BodyTask>();

  async add<T>(number: number, body: BodyTask, begin: () => Promise<T>): Promise<T> {
    this.#bodies.set(number, body);
    try {
      return await begin();
    } catch (error) {
      this.drop(number);
      throw error;
    }
  }

  pull(number: number): Promise<Batch> {
    return this.read(number, (body) => body.pull());
  }

  /** Reads on in some way; a body ends with its end, and when it fails. */
  async read(number: number, how: (body: BodyTask) => Promise<Batch>): Promise<Batch> {
    const body = this.#bodies.get(number);
    if (!body) throw bodyClosed();
    try {
      const batch = await how(body);
      if (batch.done) this.drop(number);
      return batch;
    } catch (error) {
      this.drop(number);
      throw error;
    }
  }

  drop(number: number): void {
    this.#bodies.get(number)?.drop();
    this.#bodies.delete(number);
  }

  clear(): void {
    for (const number of this.#bodies.keys()) this.drop(number);
  }
}
