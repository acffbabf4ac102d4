import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

interface Props {
  id: string;
  title: string;
  wide?: boolean;
  close: () => void;
  children: ComponentChildren;
}

/**
 * A modal dialog: the browser keeps the focus inside, closes on Escape and gives it back, which it does
 * only for one that is closed, not for one that is taken away.
 */
export function Dialog({ id, title, wide, close, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  // The layout effect: the other one is cleaned up when the dialog is gone already.
  useLayoutEffect(() => {
    const { current } = dialog;
    current?.showModal();
    return () => current?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      id={id}
      data-testid={id}
      class={wide ? "wide" : ""}
      aria-labelledby={`${id}-title`}
      onClose={close}
    >
      <header>
        <h2 id={`${id}-title`}>{title}</h2>
        <button
          type="button"
          class="button quiet"
          data-testid={`${id}-close`}
          onClick={() => dialog.current?.close()}
        >
          Close
        </button>
      </header>
      {children}
    </dialog>
  );
}
