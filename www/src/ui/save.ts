/** Hands bytes to the browser's downloads. */
export function saveAs(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download has its own reference after the click was handled; a minute is ample.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
