/** What a page's, or a Worker's, Content-Security-Policy does not let it fetch: `fetch` itself fails without a reason. */

/** The origins that were refused. */
const refusedOrigins = new Set<string>();
let watching = false;

/** How long the browser may take to tell of a refusal after the request has failed, in ms. */
const NOTICE = 50;

/** Notes from now on what the policy refuses. Call it before a request. @internal */
export function watchPolicy(): void {
  if (watching || !globalThis.addEventListener) return;
  watching = true;
  globalThis.addEventListener("securitypolicyviolation", (event) => {
    const { effectiveDirective, blockedURI } = event as SecurityPolicyViolationEvent;
    if (effectiveDirective === "connect-src" && URL.canParse(blockedURI)) refusedOrigins.add(new URL(blockedURI).origin);
  });
}

/** Why a request that has failed was refused by the policy, if it was. @internal */
export async function policyRefusal(address: string | URL): Promise<string | undefined> {
  if (!watching) return undefined;
  await new Promise((resolve) => setTimeout(resolve, NOTICE));
  const base = globalThis.location?.href;
  if (!URL.canParse(address, base)) return undefined;
  const { origin } = new URL(address, base);
  if (!refusedOrigins.has(origin)) return undefined;
  const whose = "WorkerGlobalScope" in globalThis ? "the Worker's" : "this page's";
  return `${whose} Content-Security-Policy does not allow requests to ${origin}: add it to connect-src`;
}
