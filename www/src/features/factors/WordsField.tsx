import { useEffect, useRef, useState } from "preact/hooks";
import form from "../../ui/Form.module.css";
import text from "../../ui/text.module.css";
import { typedWords } from "./typed-words";
import styles from "./WordsField.module.css";

interface Props {
  id: string;
  name: string;
  label: string;
  /** How many words there are. */
  words?: number;
  optional?: boolean;
}

/** For the words of a recovery kit, or of a share. They can be seen: nobody types so many blindly. */
export function WordsField({ id, name, label, words = 24, optional }: Props) {
  const [count, setCount] = useState(0);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const around = field.current?.form;
    const empty = () => setCount(0);
    around?.addEventListener("reset", empty);
    return () => around?.removeEventListener("reset", empty);
  }, []);
  return (
    <p class={form.field}>
      <label class={form.name} for={id}>
        {label}
      </label>
      <textarea
        ref={field}
        id={id}
        data-testid={id}
        class={`${form.input} ${styles.words}`}
        name={name}
        rows={5}
        required={!optional}
        autocomplete="off"
        autocapitalize="none"
        // A browser may send what it checks the spelling of.
        spellcheck={false}
        translate={false}
        aria-describedby={`${id}-hint`}
        onInput={({ currentTarget }) => setCount(typedWords(currentTarget.value).length)}
      />
      <small id={`${id}-hint`} class={text.hint}>
        {count} of {words} words. Capital letters, numbers and line breaks make no difference.
      </small>
    </p>
  );
}
