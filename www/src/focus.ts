/**
 * Keeps the place of whoever uses the keyboard: what has the focus may be gone once the page is drawn again
 * (a row deleted, a form done with), and the browser would begin at the top.
 */

/** Remembers what `element` stands in; the function returned puts a lost focus on what is left of it. */
export function keepPlace(element: Element): () => void {
  const around: HTMLElement[] = [];
  for (let at = element.closest<HTMLElement>("[tabindex]"); at; ) {
    around.push(at);
    at = at.parentElement?.closest<HTMLElement>("[tabindex]") ?? null;
  }
  const put = () => {
    if (document.activeElement === document.body) around.find((place) => place.isConnected)?.focus();
  };
  return () => requestAnimationFrame(put);
}
