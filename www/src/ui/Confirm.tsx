import { Button } from "./Button";
import { Dialog } from "./Dialog";
import styles from "./Dialog.module.css";

interface Props {
  title: string;
  text: string;
  confirm: string;
  act: () => Promise<void>;
  close: () => void;
}

/** Asks before something that cannot be undone. */
export function Confirm({ title, text, confirm, act, close }: Props) {
  const go = async () => {
    close();
    await act();
  };
  return (
    <Dialog id="confirm" title={title} close={close}>
      <p class={styles.text}>{text}</p>
      <Button id="confirm-yes" kind="danger" act={go}>
        {confirm}
      </Button>
    </Dialog>
  );
}
