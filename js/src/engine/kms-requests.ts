/** Requests to key management services that the page has the vault's Worker send. What is unwrapped stays here until the core takes it. */
import { aborted } from "../shared/async.js";
import type { Bytes } from "../shared/bytes.js";
import { ArgumentError, ClosedError, KmsError } from "../shared/errors/index.js";
import { fetchKms, isSecureAddress } from "../shared/kms-fetch.js";
import { membersIn, splitSecret } from "../shared/kms-secret-member.js";
import type { SentAnswer, SentRequest } from "../shared/protocol/kms-sending.js";
import type { EngineCalls } from "../shared/protocol/engine-calls.js";
import type { EscrowAnswer, PrfResult } from "../shared/protocol/page-calls.js";

/** The most time that one request takes, in ms, whatever the page says. */
const LONGEST_REQUEST = 600_000;
/** Why such a request is ended. */
const LATE = Symbol("late");

/** The questions that the page is asked now. */
export class KmsRequests {
  readonly #questions = new Map<number, Question>();
  #next = 0;

  /** Asks the page, which may send requests until it has answered. */
  async whileAsking(ask: (question: number) => Promise<EscrowAnswer | undefined>): Promise<PrfResult | undefined> {
    const number = this.#next++;
    const question = new Question();
    this.#questions.set(number, question);
    try {
      const answer = await ask(number);
      return answer && { which: answer.which, output: answer.output ?? question.take(answer.ticket) };
    } finally {
      this.#questions.delete(number);
      question.end();
    }
  }

  calls(): Pick<EngineCalls, "sendToKms" | "stopSending"> {
    return {
      sendToKms: async (question, sending, request) => {
        const asked = this.#questions.get(question);
        if (!asked) throw new ClosedError("the call that asked has ended");
        return asked.send(sending, request);
      },
      stopSending: async (question, sending) => this.#questions.get(question)?.stop(sending),
    };
  }

  /** Ends all requests, and wipes what they gave. */
  end(): void {
    for (const question of this.#questions.values()) question.end();
    this.#questions.clear();
  }
}

/** One question to the page: the requests that it sends for it, and the secrets of their answers. */
class Question {
  readonly #sending = new Map<number, AbortController>();
  readonly #secrets = new Map<number, Bytes>();
  /** The numbers of its requests. */
  readonly #known = new Set<number>();

  async send(sending: number, request: SentRequest): Promise<SentAnswer> {
    this.#check(sending, request);
    const stopping = new AbortController();
    this.#sending.set(sending, stopping);
    const timer = setTimeout(() => stopping.abort(LATE), LONGEST_REQUEST);
    const { signal } = stopping;
    try {
      const { status, headers, body } = await fetchKms({ ...request, signal });
      const answer = { status, headers: Object.fromEntries(headers), body: new TextDecoder().decode(body) };
      body.fill(0);
      if (signal.aborted) throw aborted(signal);
      return status >= 200 && status < 300 ? { ...answer, ...this.#keep(sending, answer.body, request) } : answer;
    } catch (error) {
      if (signal.reason === LATE) throw new KmsError("no answer for ten minutes; try again later, or unlock in another way", { reason: "timeout", cause: error });
      throw signal.aborted ? aborted(signal) : error;
    } finally {
      clearTimeout(timer);
      this.#sending.delete(sending);
    }
  }

  /** Whatever the page's own check said: a number stands for one request, and no address is another than the docs say. */
  #check(sending: number, { url, method }: SentRequest): void {
    const isNew = !this.#known.has(sending);
    if (!isNew || !URL.canParse(url) || !isSecureAddress(new URL(url)) || !["GET", "POST"].includes(method)) {
      throw new ArgumentError("a request to a key management service is a GET or POST to an https address, sent once");
    }
    this.#known.add(sending);
  }

  stop(sending: number): void {
    this.#sending.get(sending)?.abort();
  }

  /** Gives a secret once. */
  take(ticket: number): Bytes {
    const secret = this.#secrets.get(ticket);
    if (!secret) throw new KmsError("what holds the private key must give 32 bytes, or the ticket of a request", { reason: "malformed" });
    this.#secrets.delete(ticket);
    return secret;
  }

  end(): void {
    for (const stopping of this.#sending.values()) stopping.abort();
    for (const secret of this.#secrets.values()) secret.fill(0);
    this.#secrets.clear();
  }

  #keep(ticket: number, body: string, request: SentRequest): Pick<SentAnswer, "body" | "ticket"> {
    const members = membersIn(body);
    if (!members) throw new KmsError("the answer is no JSON; check the address and what lies between this page and the service", { reason: "malformed" });
    const { json, secret } = splitSecret(members, request);
    this.#secrets.set(ticket, secret);
    return { body: JSON.stringify(json), ticket };
  }
}
