/** Text in documents that scripts write. */
import { utf8 } from "./text.js";

/** Text in HTML and in SVG, between tags and in quotes. @internal */
export function escapedHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** As a policy (CSP) names a style that it allows. @internal */
export async function styleSource(style: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(style)));
  return `'sha256-${btoa(String.fromCharCode(...digest))}'`;
}
