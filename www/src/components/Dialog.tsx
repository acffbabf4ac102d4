import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface Props {
  id: string;
  title: string;
  wide?: boolean;
  close: () => void;
  children: ComponentChildren;
}

/**
 * A modal dialog: the browser keeps the focus inside, and closes on Escape. It gives the focus back only
 * from a dialog that is closed, not from one that is taken away, and Firefox without showing it.
 */
export function Dialog({ id, title, wide, close, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const { current } = dialog;
    const opener = document.activeElement as HTMLElement;
    const focusVisible = opener.matches(":focus-visible");
    current?.showModal();
    return () => {
      current?.close();
      opener.focus({ focusVisible } as FocusOptions);
    };
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
