/** What a form that opens a vault asks for: one that is locked tells that it takes two factors once one is given. */

import { useState } from "preact/hooks";
import { SecondFactorError } from "strongroom";
import { explainSecond } from "../../app/explain";
import { Problem } from "../../ui/problem";
import { presenting } from "./present";

interface Asked {
  /** Whether the vault takes a passphrase and a passkey together, as far as it has told. */
  both: boolean;
  tell: (both: boolean) => void;
  /** As `presenting`; where one of both was given, the form asks for both from then on. */
  present: typeof presenting;
}

/**
 * @param vault which one it is, where the form is about several
 * @param first what is taken to be so until the vault tells
 */
export function useAsked(vault = "", first = false): Asked {
  const [told, setTold] = useState<Readonly<Record<string, boolean>>>({});
  const tell = (both: boolean) => setTold((all) => ({ ...all, [vault]: both }));
  return {
    both: told[vault] ?? first,
    tell,
    present: async (...given) => {
      try {
        return await presenting(...given);
      } catch (error) {
        if (!(error instanceof SecondFactorError)) throw error;
        tell(true);
        // Once the fields are there: the problem is of one of them.
        await new Promise((drawn) => setTimeout(drawn));
        throw new Problem(explainSecond(error), error.kinds[0]);
      }
    },
  };
}
