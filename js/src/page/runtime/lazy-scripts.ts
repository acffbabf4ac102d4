/** Scripts that few pages need, and those load when they do. */
import { UnsupportedError } from "../../shared/errors/index.js";

/** @param does what the script does @throws UnsupportedError @internal */
export async function loadLazily<T>(load: () => Promise<T>, does: string): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const what = `import() of the script that ${does}; is it served?`;
    throw new UnsupportedError(`not supported: ${what}`, { what, cause });
  }
}
