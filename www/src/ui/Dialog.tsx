import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "./Button";
import styles from "./Dialog.module.css";
import { focusMain } from "./focus";

interface Props {
  id: string;
  title: string;
  wide?: boolean;
  close: () => void;
  children: ComponentChildren;
}

/**
 * A modal dialog. The browser keeps the focus inside, closes on Escape and gives the focus back: it does so only
 * when the dialog is closed, not when it is removed.
 */
export function Dialog({ id, title, wide, close, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  // A layout effect: other effects are cleaned up after the dialog was removed.
  useLayoutEffect(() => {
    const { current } = dialog;
    current?.showModal();
    return () => {
      current?.close();
      requestAnimationFrame(focusMain);
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      id={id}
      data-testid={id}
      class={`${styles.dialog} ${wide ? styles.wide : ""}`}
      aria-labelledby={`${id}-title`}
      onClose={close}
    >
      <header class={styles.head}>
        <h2 id={`${id}-title`}>{title}</h2>
        <Button testid={`${id}-close`} act={() => dialog.current?.close()}>
          Close
        </Button>
      </header>
      {children}
    </dialog>
  );
}
