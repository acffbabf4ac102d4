/** The Worker's script. One kind serves a vault or the standalone keys; another runs Argon2id. */
import { serve } from "./engine/engine.js";
import { workerPort } from "./ports.js";

serve(workerPort(globalThis as unknown as Worker));
