import { randomBytes } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../consumer.mjs";

const PIECE = 16 * 1024 * 1024;

/** The path of a new file of so many random bytes, which is gone when the process ends. @param {number} size */
export function randomFile(size) {
  const path = join(temporaryFolder(), "file.bin");
  const handle = openSync(path, "w");
  for (let at = 0; at < size; at += PIECE) writeSync(handle, randomBytes(Math.min(PIECE, size - at)));
  closeSync(handle);
  return path;
}
