/** The Worker's script. One kind serves a vault or the standalone keys; another runs Argon2id. */
import { serve } from "./engine/serve.js";
import { workerPort } from "./shared/workers/worker-port.js";

serve(workerPort(globalThis as unknown as Worker), () => globalThis.close());
