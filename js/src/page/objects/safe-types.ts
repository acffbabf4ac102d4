/** What may be shown in the page's own origin. */

const HARMLESS = new Set([
  "application/pdf",
  "text/plain",
  ...["png", "jpeg", "gif", "webp", "avif", "bmp"].map((name) => `image/${name}`),
  ...["mpeg", "mp4", "aac", "ogg", "opus", "wav", "webm", "flac"].map((name) => `audio/${name}`),
  ...["mp4", "webm", "ogg", "quicktime", "mpeg"].map((name) => `video/${name}`),
]);

/** Only the essence counts: parameters such as a charset are dropped, and case is ignored. @internal */
export function harmlessType(type = ""): string {
  const essence = type.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return HARMLESS.has(essence) ? essence : "application/octet-stream";
}
