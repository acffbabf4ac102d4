/**
 * Keeps the place of keyboard users: the focused element may be gone after the next rendering (a deleted row, a
 * finished form), and the browser would start at the top of the page.
 */

/** Remembers what surrounds `element`; the returned function moves a lost focus to what is left of it. */
export function keepFocus(element: Element): () => void {
  const around: HTMLElement[] = [];
  for (let at = element.closest<HTMLElement>("[tabindex]"); at; ) {
    around.push(at);
    at = at.parentElement?.closest<HTMLElement>("[tabindex]") ?? null;
  }
  const restore = () => {
    if (document.activeElement !== document.body) return;
    // The user may have scrolled on, or be about to press something.
    around.find((place) => place.isConnected)?.focus({ preventScroll: true });
  };
  return () => requestAnimationFrame(restore);
}

/** A focus that is nowhere comes to the view: what had it before a dialog was opened by itself may be gone. */
export function focusMain(): void {
  if (document.activeElement !== document.body) return;
  document.querySelector<HTMLElement>("main [tabindex]")?.focus({ preventScroll: true });
}

/** For `ref`: the focus comes to the first control of what has taken the place of something else. */
export function focusFirst(element: HTMLElement | null): void {
  element?.querySelector<HTMLElement>("input, textarea, select, button")?.focus();
}
