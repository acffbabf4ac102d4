/** What an application that forgot a test's vault in its own code is told. */
import { testingStore } from "strongroom/testing";

try {
  globalThis.told = Object.keys(testingStore()).join();
} catch (error) {
  globalThis.told = error.code;
}
