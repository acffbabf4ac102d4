/** What a store's answers say, in XML of a length that such answers have. */
import { answerBody, SilentAnswer } from "../../shared/answer-body.js";
import { TransferError } from "../../shared/errors/index.js";
import { SILENT } from "./silence.js";
import { readXml, type XmlElement } from "./xml.js";

/** @internal */
export const BROKEN = "the connection broke off";

/** Bytes that an answer in XML may have, 1 MiB: a list of a thousand parts has about 400 KiB. @internal */
export const LONGEST_ANSWER = 1024 * 1024;

/** What an answer says. `undefined`: nothing that is whole XML. @throws TransferError where it broke off @internal */
export async function answerXml(response: Response): Promise<XmlElement | undefined> {
  const bytes = await answerBody(response, LONGEST_ANSWER).catch(throwBroken);
  return bytes && readXml(new TextDecoder().decode(bytes));
}

/** What a body that could not be read to its end is. @internal */
export function brokenOff(cause: unknown): TransferError {
  return cause instanceof SilentAnswer ? new TransferError(SILENT) : new TransferError(BROKEN, { cause });
}

/** @throws TransferError @internal */
export function throwBroken(cause: unknown): never {
  throw brokenOff(cause);
}
