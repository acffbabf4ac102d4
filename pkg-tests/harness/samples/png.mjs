/** A picture: a bay at dusk, drawn by arithmetic, as a PNG (W3C PNG, third edition). */
import { crc32, deflateSync } from "node:zlib";

/** @param {number} width @param {number} height @returns {Buffer} */
export function png(width, height) {
  const rows = [];
  for (let y = 0; y < height; y++) {
    const line = Buffer.alloc(1 + width * 3); // Filter 0: the bytes as they are.
    for (let x = 0; x < width; x++) line.set(colour(x / width, y / height), 1 + x * 3);
    rows.push(line);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8); // Eight bits each of red, green and blue.
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const data = deflateSync(Buffer.concat(rows));
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))]);
}

/** The colour at a place, both coordinates from 0 to 1. @param {number} x @param {number} y */
function colour(x, y) {
  const sun = Math.hypot((x - 0.68) * 1.5, y - 0.5) < 0.085;
  const hills = y > 0.56 - 0.09 * Math.abs(Math.sin(3.1 * x + 0.4)) - 0.03 * Math.sin(11 * x);
  const water = y > 0.62;
  if (water) {
    const glint = Math.abs(x - 0.68) < 0.1 * (1.3 - y) && Math.sin(y * 240) > 0;
    return glint ? [236, 178, 120] : mix([88, 96, 140], [28, 36, 66], (y - 0.62) / 0.38);
  }
  if (hills) return mix([66, 62, 98], [40, 44, 76], (y - 0.45) / 0.17);
  if (sun) return [252, 214, 150];
  return mix([54, 60, 110], [240, 150, 110], y / 0.56);
}

/** @param {number[]} from @param {number[]} to @param {number} share */
function mix(from, to, share) {
  return from.map((start, at) => Math.round(start + ((to[at] ?? 0) - start) * Math.min(1, Math.max(0, share))));
}

/** @param {string} name @param {Buffer} data */
function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}
