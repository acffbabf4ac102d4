/** Decrypts a file so that the page can show it. */

import type { FileStore, StoredFile } from "strongroom/files";
import { askingFactor, type DeclinedRules } from "../../app/factor-request";
import { streamFile } from "./preview-stream";

/** Larger files are not fetched for a preview, in bytes. */
const LARGEST = 16 * 1024 * 1024;

/** Characters of a text that are shown. */
const EXCERPT = 4000;

export type PreviewContent =
  | { kind: "image"; url: string; close: () => void }
  | { kind: "player"; element: "video" | "audio"; url: string; close: () => void }
  | { kind: "document"; url: string; close: () => void }
  | { kind: "text"; text: string }
  | { kind: "none"; text: string };

export const noPreview = (text: string): PreviewContent => ({ kind: "none", text });

/** @param declined as for `askingFactor`: a preview is opened again whenever the list of files was read again */
export async function openPreview(
  store: FileStore,
  file: StoredFile,
  signal: AbortSignal,
  declined: DeclinedRules,
): Promise<PreviewContent> {
  const { type = "", size = Infinity } = file;
  const isText = /^text\/|^application\/(json|xml)|^image\/svg/.test(type);
  const [, media] = /^(image|video|audio)\//.exec(type) ?? [];
  const isDocument = type === "application/pdf" && navigator.pdfViewerEnabled;
  if (!(isText || media || isDocument)) {
    return noPreview("There is no preview for this type. Download the file to view it.");
  }
  if (media === "video" || media === "audio") {
    return { kind: "player", element: media, ...(await streamFile(store, file, signal, declined)) };
  }
  if (isDocument) return { kind: "document", ...(await streamFile(store, file, signal, declined)) };
  if (size > LARGEST) {
    return noPreview("This file is too large for a preview. Download it to view it.");
  }
  const plain = await askingFactor(() => store.get(file, { signal }), declined);
  if (isText) return { kind: "text", text: (await plain.text()).slice(0, EXCERPT) };
  // The package sets the type only of content that is safe in this origin.
  const blob = await plain.blob();
  if (!blob.type.startsWith("image/")) {
    return noPreview("The page does not show this kind of image. Download it to view it.");
  }
  const url = URL.createObjectURL(blob);
  return { kind: "image", url, close: () => URL.revokeObjectURL(url) };
}
