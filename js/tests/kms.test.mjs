import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { escrow, escrowKey, KmsError, Strongroom } from "strongroom";
import { awsKms, azureKeyVault, googleKms } from "strongroom/kms";
import { testingStore } from "strongroom/testing";
import { code, secret, unlockNoted } from "./support.mjs";

const ARN = "arn:aws:kms:eu-central-1:111122223333:key/mrk-1";
const REPLICA = ARN.replace("eu-central-1", "eu-west-1");
const AZURE = "https://acme.vault.azure.net/keys/escrow/0123456789abcdef0123456789abcdef";
const GOOGLE = "projects/acme/locations/europe-west3/keyRings/r/cryptoKeys/escrow/cryptoKeyVersions/1";
const CREDENTIALS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", sessionToken: "token" };
const KEY = new Uint8Array(32).map((_, at) => at);
const base64 = (/** @type {Uint8Array} */ bytes) => Buffer.from(bytes).toString("base64");
const signal = () => new AbortController().signal;

/** @typedef {{ status?: number, headers?: Record<string, string>, body?: unknown }} Given */

/**
 * A transport that gives these answers in turn, the last one for ever, and keeps what was asked.
 *
 * @param {(Given | Error | (() => unknown))[]} answers
 */
function answering(...answers) {
  /** @type {any[]} */
  const asked = [];
  const transport = async (/** @type {any} */ request) => {
    asked.push(request);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) throw answer;
    const given = typeof answer === "function" ? answer() : answer;
    const { status = 200, headers = {}, body = {} } = /** @type {Given} */ (await given);
    return { status, headers, body: typeof body === "string" ? body : JSON.stringify(body) };
  };
  return { asked, transport };
}

/** Google's checksum, by another table than ours: bit by bit. @param {Uint8Array} bytes */
function crc32c(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

const PROVIDERS = {
  aws: {
    kid: ARN,
    make: (/** @type {any} */ options) => awsKms({ key: ARN, credentials: () => CREDENTIALS, ...options }),
    good: { KeyId: ARN, Plaintext: base64(KEY), EncryptionAlgorithm: "RSAES_OAEP_SHA_256" },
    throttled: { status: 400, body: { __type: "ThrottlingException", message: "Rate exceeded" } },
    expired: { status: 400, body: { __type: "ExpiredTokenException", message: "The security token included in the request is expired" } },
    renewing: (/** @type {any} */ ask) => ({ credentials: ask(CREDENTIALS) }),
  },
  azure: {
    kid: AZURE,
    make: (/** @type {any} */ options) => azureKeyVault({ key: AZURE, accessToken: () => "token", ...options }),
    good: { kid: AZURE, value: Buffer.from(KEY).toString("base64url") },
    throttled: { status: 429, body: { error: { code: "Throttled", message: "Request was not processed because too many requests were received." } } },
    expired: { status: 401, body: { error: { code: "Unauthorized", message: "[TokenExpired] Error validating token" } } },
    renewing: (/** @type {any} */ ask) => ({ accessToken: ask("token") }),
  },
  google: {
    kid: GOOGLE,
    make: (/** @type {any} */ options) => googleKms({ key: GOOGLE, accessToken: () => "token", ...options }),
    good: { plaintext: base64(KEY), plaintextCrc32c: String(crc32c(KEY)), verifiedCiphertextCrc32c: true },
    throttled: { status: 429, body: { error: { code: 429, status: "RESOURCE_EXHAUSTED", message: "Quota exceeded" } } },
    expired: { status: 401, body: { error: { code: 401, status: "UNAUTHENTICATED", message: "Request had invalid authentication credentials." } } },
    renewing: (/** @type {any} */ ask) => ({ accessToken: ask("token") }),
  },
};
const ENCRYPTED = new Uint8Array(256).fill(7);
const question = (/** @type {string} */ keyId) => /** @type {any} */ ({ algorithm: "RSA-OAEP-256", keyId, encryptedKey: ENCRYPTED, signal: signal() });

/** @param {string} reason */
const because = (reason) => (/** @type {any} */ error) => {
  assert.ok(error instanceof KmsError, String(error));
  assert.deepEqual([error.code, error.reason], ["ERR_KMS", reason], error.message);
  // It says what to do.
  assert.match(error.message, /[;,] ?[a-z].*/);
  return true;
};

test("requests go where they are configured to, say what each protocol does, and have the key and no more", async () => {
  {
    const { asked, transport } = answering({ body: PROVIDERS.aws.good });
    assert.deepEqual(await PROVIDERS.aws.make({ transport }).unwrap(question(ARN)), KEY);
    const [{ url, method, headers, body }] = asked;
    assert.deepEqual([url, method, headers["x-amz-target"], headers["content-type"]], ["https://kms.eu-central-1.amazonaws.com/", "POST", "TrentService.Decrypt", "application/x-amz-json-1.1"]);
    assert.match(headers.authorization, /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/kms\/aws4_request, SignedHeaders=[^,]*x-amz-security-token;x-amz-target[^,]*, Signature=[0-9a-f]{64}$/);
    assert.equal(headers["x-amz-security-token"], "token");
    assert.deepEqual(JSON.parse(body), { KeyId: ARN, CiphertextBlob: base64(ENCRYPTED), EncryptionAlgorithm: "RSAES_OAEP_SHA_256" });
  }
  {
    const { asked, transport } = answering({ body: PROVIDERS.azure.good });
    assert.deepEqual(await PROVIDERS.azure.make({ transport }).unwrap(question(AZURE)), KEY);
    const [{ url, method, headers, body }] = asked;
    assert.deepEqual([url, method, headers.authorization], [`${AZURE}/unwrapkey?api-version=2025-07-01`, "POST", "Bearer token"]);
    assert.deepEqual(JSON.parse(body), { alg: "RSA-OAEP-256", value: Buffer.from(ENCRYPTED).toString("base64url") });
  }
  {
    const { asked, transport } = answering({ body: PROVIDERS.google.good });
    assert.deepEqual(await PROVIDERS.google.make({ transport }).unwrap(question(GOOGLE)), KEY);
    const [{ url, method, headers, body }] = asked;
    assert.deepEqual([url, method, headers.authorization], [`https://cloudkms.googleapis.com/v1/${GOOGLE}:asymmetricDecrypt`, "POST", "Bearer token"]);
    assert.deepEqual(JSON.parse(body), { ciphertext: base64(ENCRYPTED), ciphertextCrc32c: String(crc32c(ENCRYPTED)) });
  }
  const { asked, transport } = answering({ body: PROVIDERS.azure.good });
  await azureKeyVault({ key: AZURE, endpoint: "https://relay.example/kms", transport }).unwrap(question(AZURE));
  assert.equal(asked[0].url, "https://relay.example/kms/keys/escrow/0123456789abcdef0123456789abcdef/unwrapkey?api-version=2025-07-01");
  assert.equal(asked[0].headers.authorization, undefined);
});

test("an address and a key that are not as they must be are refused before anything is sent", async () => {
  const key = { aws: ARN, azure: AZURE, google: GOOGLE };
  for (const [name, { make }] of Object.entries(PROVIDERS)) {
    const own = key[/** @type {"aws"} */ (name)];
    for (const odd of ["", `${own}?a=b`, `${own}/../../x`, own.replace("escrow", "a b").replace("key/", "key/ "), 7, null, [], ["a"]]) {
      assert.throws(() => make({ key: odd }), code("ERR_ARGUMENT"), `${name} ${odd}`);
    }
    for (const endpoint of ["http://relay.example/", "https://user:pass@relay.example/", "https://relay.example/?a", "ftp://a/", "relay"]) {
      assert.throws(() => make({ endpoint }), code("ERR_ARGUMENT"), endpoint);
    }
    for (const odd of [{ retries: -1 }, { retries: 11 }, { timeout: 0 }, { nothing: 1 }, { publicKey: { kty: "oct" } }]) assert.throws(() => make(odd), code("ERR_ARGUMENT"));
    const { asked, transport } = answering({});
    await assert.rejects(make({ transport }).unwrap(question("another")), because("wrong-key"));
    assert.equal(asked.length, 0);
  }
  assert.throws(() => awsKms({ key: "arn:aws:kms:eu-central-1:111122223333:alias/escrow", credentials: () => CREDENTIALS }), code("ERR_ARGUMENT"));
  assert.throws(() => awsKms({ key: ARN }), code("ERR_ARGUMENT"));
  assert.throws(() => awsKms({ key: [ARN, ARN], credentials: () => CREDENTIALS }), code("ERR_ARGUMENT"));
  assert.throws(() => awsKms({ key: [ARN, REPLICA.replace("mrk-1", "mrk-2")], credentials: () => CREDENTIALS }), code("ERR_ARGUMENT"));
  for (const other of [REPLICA.replace("111122223333", "999900001111"), REPLICA.replace("arn:aws:", "arn:aws-cn:")]) {
    assert.throws(() => awsKms({ key: [ARN, other], credentials: () => CREDENTIALS }), code("ERR_ARGUMENT"), other);
  }
  assert.throws(() => awsKms({ key: ARN, region: "us-east-1", credentials: () => CREDENTIALS }), code("ERR_ARGUMENT"));
  assert.throws(() => azureKeyVault({ key: "https://acme.vault.azure.net/keys/escrow", accessToken: () => "t" }), code("ERR_ARGUMENT"));
});

const REFUSALS = /** @type {const} */ ({
  aws: [
    ["denied", 400, { __type: "AccessDeniedException", message: "not authorized" }],
    ["disabled", 400, { __type: "com.amazonaws.kms#DisabledException", message: "is disabled." }],
    ["pending-deletion", 400, { __type: "KMSInvalidStateException", message: `${ARN} is pending deletion.` }],
    ["disabled", 400, { __type: "KMSInvalidStateException", message: `${ARN} is pending import.` }],
    ["not-found", 400, { __type: "NotFoundException", message: "does not exist" }],
    ["wrong-region", 400, { __type: "NotFoundException", message: "Invalid arn eu-west-1" }],
    ["wrong-key", 400, { __type: "IncorrectKeyException" }],
    ["wrong-key", 400, { __type: "InvalidCiphertextException" }],
    ["wrong-key", 400, { __type: "InvalidKeyUsageException" }],
    ["expired-token", 400, { __type: "UnrecognizedClientException", message: "The security token included in the request is invalid." }],
    ["expired-token", 400, { __type: "RequestExpired", message: "The request reached the service more than 15 minutes after the date stamp" }],
    ["denied", 400, { __type: "NotAuthorized", message: "You do not have permission to perform this action." }],
    ["denied", 403, { __type: "OptInRequired", message: "The AWS access key ID needs a subscription for the service." }],
    ["wrong-key", 400, { __type: "UnsupportedOperationException" }],
    ["malformed", 400, "<html>Bad request</html>"],
    ["malformed", 400, { __type: "UnknownOperationException" }],
    ["malformed", 302, ""],
    ["malformed", 407, "<html>Proxy</html>"],
    ["malformed", 403, "<html>Filtered</html>"],
    ["malformed", 404, "<html>No such page</html>"],
    ["unavailable", 500, { __type: "KMSInternalException" }],
    ["unavailable", 503, "not JSON"],
  ],
  azure: [
    ["denied", 403, { error: { code: "Forbidden", message: "Caller is not authorized", innererror: { code: "ForbiddenByRbac" } } }],
    ["disabled", 403, { error: { code: "Forbidden", message: "Operation unwrapKey is not allowed on a disabled key.", innererror: { code: "KeyDisabled" } } }],
    ["pending-deletion", 409, { error: { code: "Conflict", message: "deleted", innererror: { code: "ObjectIsDeletedButRecoverable" } } }],
    ["not-found", 404, { error: { code: "KeyNotFound", message: "was not found" } }],
    ["wrong-key", 400, { error: { code: "BadParameter", message: "The parameter is incorrect." } }],
    ["expired-token", 401, { error: { code: "Unauthorized", message: "AKV10001" } }],
    ["malformed", 400, "<html>Bad request</html>"],
    ["malformed", 301, ""],
    ["malformed", 403, { error: { message: "filtered" } }],
    ["malformed", 404, "<html>No such page</html>"],
    ["malformed", 405, { error: { code: "MethodNotAllowed", message: "no" } }],
    ["unavailable", 500, {}],
  ],
  google: [
    ["denied", 403, { error: { code: 403, status: "PERMISSION_DENIED", message: "Permission 'cloudkms.cryptoKeyVersions.useToDecrypt' denied" } }],
    ["disabled", 400, { error: { code: 400, status: "FAILED_PRECONDITION", message: "is not enabled, current state is: DISABLED." } }],
    ["pending-deletion", 400, { error: { code: 400, status: "FAILED_PRECONDITION", message: "is not enabled, current state is: DESTROY_SCHEDULED." } }],
    ["not-found", 404, { error: { code: 404, status: "NOT_FOUND", message: "not found" } }],
    ["wrong-key", 400, { error: { code: 400, status: "INVALID_ARGUMENT", message: "Decryption failed" } }],
    ["malformed", 400, { error: { code: 400, status: "INVALID_ARGUMENT", message: "The checksum in field ciphertext_crc32c did not match" } }],
    ["expired-token", 401, { error: { code: 401, status: "UNAUTHENTICATED", message: "invalid" } }],
    ["malformed", 400, "<html>Bad request</html>"],
    ["malformed", 308, ""],
    ["malformed", 403, "<html>Filtered</html>"],
    ["malformed", 404, {}],
    ["malformed", 411, {}],
    ["unavailable", 503, {}],
  ],
});

test("each refusal has its reason, and says what to do", async () => {
  for (const [name, { make, kid }] of Object.entries(PROVIDERS)) {
    for (const [reason, status, body] of REFUSALS[/** @type {"aws"} */ (name)]) {
      const { transport } = answering({ status, body });
      await assert.rejects(make({ transport, retries: 0 }).unwrap(question(kid)), (error) => because(reason)(error) && /** @type {any} */ (error).status === status);
    }
  }
});

test("what a service says is told without what is not seen, and not without end", async () => {
  const { transport } = answering({ status: 400, body: { __type: "NotFoundException", message: `a\u0000\u202eb ${"x".repeat(9999)}` } });
  await assert.rejects(PROVIDERS.aws.make({ transport }).unwrap(question(ARN)), (/** @type {any} */ error) => {
    for (const unseen of ["\u0000", "\u202e"]) assert.ok(!error.message.includes(unseen));
    assert.ok(error.message.length < 600);
    return true;
  });
});

test("what was sent to be let in is in no error, though a service says it again", async () => {
  for (const { make, kid } of Object.values(PROVIDERS)) {
    for (const pad of [0, 250, 285, 299]) {
      /** @type {Record<string, string>} */
      let sent = {};
      const transport = async (/** @type {any} */ { headers }) => {
        sent = headers;
        const { authorization, "x-amz-security-token": session = "" } = headers;
        const said = `${"x".repeat(pad)} ${authorization} ${session} ${authorization.slice(authorization.indexOf(" ") + 1)}`;
        return { status: 400, headers: {}, body: JSON.stringify({ __type: "IncompleteSignature", message: said, error: { code: "BadParameter", status: "INVALID_ARGUMENT", message: said } }) };
      };
      const secrets = { credentials: () => ({ ...CREDENTIALS, sessionToken: "hush-session-token" }), accessToken: () => "hush-access-token" };
      const { credentials, accessToken } = secrets;
      await assert.rejects(make({ transport, retries: 0, ...(kid === ARN ? { credentials } : { accessToken }) }).unwrap(question(kid)), (/** @type {any} */ error) => {
        for (const hidden of ["hush", "Signature=", sent["authorization"]?.slice(-16)]) assert.ok(hidden && !error.message.includes(hidden), `${pad} ${error.message}`);
        return pad > 0 || /…/.test(error.message);
      });
    }
  }
  const canonical = `The request signature we calculated does not match. The Canonical String for this request should have been\n'POST\n/\n\nhost:kms\nx-amz-date:1`;
  const { transport } = answering({ status: 400, body: { __type: "InvalidSignatureException", message: canonical } });
  await assert.rejects(PROVIDERS.aws.make({ transport }).unwrap(question(ARN)), (/** @type {any} */ error) => because("expired-token")(error) && /does not match/.test(error.message) && !/Canonical|x-amz-date/.test(error.message));
});

test("an answer that names another key, or has no bytes, does not count", async () => {
  /** @type {[any, string, object][]} */
  const answers = [
    [PROVIDERS.aws, ARN, { ...PROVIDERS.aws.good, KeyId: REPLICA }],
    [PROVIDERS.aws, ARN, { ...PROVIDERS.aws.good, Plaintext: "%" }],
    [PROVIDERS.azure, AZURE, { ...PROVIDERS.azure.good, kid: AZURE.replace("escrow", "other") }],
    [PROVIDERS.azure, AZURE, { ...PROVIDERS.azure.good, value: 7, kid: undefined }],
    [PROVIDERS.google, GOOGLE, { ...PROVIDERS.google.good, plaintextCrc32c: "1" }],
    [PROVIDERS.google, GOOGLE, { ...PROVIDERS.google.good, verifiedCiphertextCrc32c: false }],
    [PROVIDERS.google, GOOGLE, { plaintext: base64(KEY), plaintextCrc32c: String(crc32c(KEY)) }],
  ];
  for (const [{ make }, kid, body] of answers) {
    await assert.rejects(make({ transport: answering({ body }).transport }).unwrap(question(kid)), because("malformed"), JSON.stringify(body));
  }
  for (const { make, kid } of Object.values(PROVIDERS)) {
    for (const body of ["", "[]", "null", "{"]) await assert.rejects(make({ transport: answering({ body }).transport }).unwrap(question(kid)), because("malformed"), body);
  }
});

test("a service that throttles is asked again, as often as is said, and no sooner than it asks for", async () => {
  for (const { make, kid, good, throttled } of Object.values(PROVIDERS)) {
    const again = answering(throttled, throttled, { body: good });
    assert.deepEqual(await make({ transport: again.transport }).unwrap(question(kid)), KEY);
    assert.equal(again.asked.length, 3);
    const never = answering(throttled);
    await assert.rejects(make({ transport: never.transport, retries: 1 }).unwrap(question(kid)), because("throttled"));
    assert.equal(never.asked.length, 2);
    const begun = performance.now();
    const waits = answering({ ...throttled, headers: { "retry-after": "1" } }, { body: good });
    await make({ transport: waits.transport }).unwrap(question(kid));
    assert.ok(performance.now() - begun >= 990);
    const long = answering({ ...throttled, headers: { "retry-after": "3600" } });
    await assert.rejects(make({ transport: long.transport }).unwrap(question(kid)), (/** @type {any} */ error) => because("throttled")(error) && error.retryAfter === 3600);
    assert.equal(long.asked.length, 1);
  }
});

test("credentials that have expired are renewed once, by the callback that gave them", async () => {
  for (const { make, kid, good, throttled, expired, renewing } of Object.values(PROVIDERS)) {
    /** @type {boolean[]} */
    const renewed = [];
    const ask = (/** @type {unknown} */ gives) => (/** @type {any} */ { renew, signal: ending }) => {
      assert.equal(ending.aborted, false);
      renewed.push(renew);
      return gives;
    };
    const renews = answering(expired, { body: good });
    assert.deepEqual(await make({ transport: renews.transport, ...renewing(ask) }).unwrap(question(kid)), KEY);
    assert.deepEqual(renewed.splice(0), [false, true]);
    const ever = answering(expired);
    await assert.rejects(make({ transport: ever.transport, ...renewing(ask) }).unwrap(question(kid)), because("expired-token"));
    assert.deepEqual(renewed.splice(0), [false, true]);
    // The new ones were not refused: later attempts do not ask for others.
    const later = answering(expired, throttled, throttled, { body: good });
    assert.deepEqual(await make({ transport: later.transport, ...renewing(ask) }).unwrap(question(kid)), KEY);
    assert.deepEqual(renewed, [false, true, false, false]);
  }
});

test("a callback that gives nothing ends the call, is asked by nobody again, and takes the time that it takes", async () => {
  const key = [ARN, REPLICA, ARN.replace("eu-central-1", "us-east-1")];
  for (const [name, { make, kid, good, renewing }] of Object.entries(PROVIDERS)) {
    const own = name === "aws" ? { key } : {};
    const { asked, transport } = answering({ body: good });
    let times = 0;
    const failing = (/** @type {unknown} */ why) => renewing(() => async () => {
      times += 1;
      throw why;
    });
    for (const why of [new Error("the popup was closed"), new TypeError("Failed to fetch"), "closed"]) {
      await assert.rejects(make({ ...own, transport, ...failing(why) }).unwrap(question(kid)), (/** @type {any} */ error) => because("expired-token")(error) && error.cause === why);
      assert.equal(times, 1, String(why));
      times = 0;
    }
    // Errors of strongroom are told as they are, though a service's would be tried again, or elsewhere.
    for (const reason of ["unavailable", "timeout", "throttled", "expired-token", "offline"]) {
      const why = new KmsError("sign in", /** @type {any} */ ({ reason }));
      await assert.rejects(make({ ...own, transport, ...failing(why) }).unwrap(question(kid)), (error) => error === why);
      assert.equal(times, 1, reason);
      times = 0;
    }
    assert.equal(asked.length, 0);
    // A person may take longer to sign in than a service may to answer.
    const slow = renewing((/** @type {unknown} */ gives) => async (/** @type {any} */ { signal: ending }) => {
      await new Promise((resolve) => setTimeout(resolve, 120));
      assert.equal(ending.aborted, false);
      return gives;
    });
    assert.deepEqual(await make({ transport, timeout: 60, ...slow }).unwrap(question(kid)), KEY);
    // Nobody waits for it any more.
    const ending = new AbortController();
    /** @type {AbortSignal | undefined} */
    let told;
    const waiting = renewing(() => ({ signal: given }) => ((told = given), silent()));
    const unwrapped = make({ transport, ...waiting }).unwrap({ ...question(kid), signal: ending.signal });
    setTimeout(() => ending.abort(new Error("enough")), 5);
    await assert.rejects(unwrapped, code("ERR_ABORTED"));
    assert.equal(told?.aborted, true);
  }
});

test("what a callback throws goes to the caller, and no secret is in an error", async () => {
  const transport = answering({}).transport;
  await assert.rejects(PROVIDERS.aws.make({ transport, credentials: () => ({ accessKeyId: "", secretAccessKey: "s" }) }).unwrap(question(ARN)), code("ERR_ARGUMENT"));
  for (const odd of ["a\nb", "é", 7, {}]) await assert.rejects(PROVIDERS.aws.make({ transport, credentials: () => ({ ...CREDENTIALS, sessionToken: odd }) }).unwrap(question(ARN)), code("ERR_ARGUMENT"));
  await assert.rejects(PROVIDERS.google.make({ transport, accessToken: () => "secret\ntoken" }).unwrap(question(GOOGLE)), (/** @type {any} */ error) => error.code === "ERR_ARGUMENT" && !error.message.includes("secret"));
});

const silent = () => new Promise(() => {});

test("a service that does not answer ends by the time limit, and at once when nobody waits for it", async () => {
  for (const { make, kid } of Object.values(PROVIDERS)) {
    await assert.rejects(make({ transport: silent, timeout: 20 }).unwrap(question(kid)), because("timeout"));
    const ending = new AbortController();
    const asked = make({ transport: silent }).unwrap({ ...question(kid), signal: ending.signal });
    ending.abort(new Error("enough"));
    await assert.rejects(asked, code("ERR_ABORTED"));
    const { transport } = answering(new Error("no route"));
    await assert.rejects(make({ transport }).unwrap(question(kid)), because("unavailable"));
  }
});

test("a page is told that a redirect looks as a refusal of CORS does", async () => {
  /** @type {(string | undefined)[]} */
  const asked = [];
  const server = createServer(({ method }, answer) => {
    asked.push(method);
    answer.writeHead(method === "POST" ? 302 : 200, { location: "/elsewhere" }).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  Object.defineProperty(globalThis, "location", { value: { origin: "https://page.example" }, configurable: true });
  try {
    const redirected = PROVIDERS.aws.make({ endpoint: `http://127.0.0.1:${port}/` }).unwrap(question(ARN));
    await assert.rejects(redirected, (/** @type {any} */ error) => because("cors")(error) && /CORS.*redirect/.test(error.message));
    assert.deepEqual(asked, ["POST", "HEAD"]);
  } finally {
    delete (/** @type {any} */ (globalThis).location);
    server.close();
  }
});

test("of a multi-Region key the next region is asked where one does not answer, and none where one refuses", async () => {
  const key = [ARN, REPLICA];
  const answer = { body: { ...PROVIDERS.aws.good, KeyId: REPLICA } };
  const down = answering(new Error("down"), answer);
  assert.deepEqual(await PROVIDERS.aws.make({ key, transport: down.transport }).unwrap(question(ARN)), KEY);
  assert.deepEqual(down.asked.map(({ url }) => url), ["https://kms.eu-central-1.amazonaws.com/", "https://kms.eu-west-1.amazonaws.com/"]);
  assert.match(down.asked[1].headers.authorization, /\/eu-west-1\/kms\//);
  const disabled = answering({ status: 400, body: { __type: "DisabledException" } });
  await assert.rejects(PROVIDERS.aws.make({ key, transport: disabled.transport }).unwrap(question(ARN)), because("disabled"));
  assert.equal(disabled.asked.length, 1);
  const first = answering(answer);
  await PROVIDERS.aws.make({ key, region: "eu-west-1", transport: first.transport }).unwrap(question(ARN));
  assert.equal(first.asked[0].url, "https://kms.eu-west-1.amazonaws.com/");
});

test("public keys are read as each service gives them, and are not asked for where they are known", async () => {
  const pair = await crypto.subtle.generateKey({ name: "RSA-OAEP", hash: "SHA-256", modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) }, true, ["encrypt", "decrypt"]);
  const { n, e } = /** @type {any} */ (await crypto.subtle.exportKey("jwk", pair.publicKey));
  const spki = base64(new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey)));
  const pem = `-----BEGIN PUBLIC KEY-----\n${spki.replaceAll(/.{64}/g, "$&\n")}\n-----END PUBLIC KEY-----\n`;
  const pemCrc32c = String(crc32c(new TextEncoder().encode(pem)));
  const algorithm = "RSA_DECRYPT_OAEP_2048_SHA256";
  const given = {
    aws: { KeyId: ARN, PublicKey: spki, KeySpec: "RSA_2048" },
    azure: { key: { kid: AZURE, kty: "RSA-HSM", n, e }, attributes: { enabled: true } },
    google: { name: GOOGLE, pem, pemCrc32c, algorithm },
  };
  const wrong = {
    aws: [{ ...given.aws, KeyId: REPLICA }, { ...given.aws, PublicKey: "AAAA" }],
    azure: [{ key: { ...given.azure.key, kid: "other" } }, { key: { ...given.azure.key, kty: "EC" } }],
    google: [{ ...given.google, pemCrc32c: "0" }, { ...given.google, name: "x" }, { ...given.google, algorithm: "RSA_DECRYPT_OAEP_2048_SHA1" }],
  };
  for (const [name, { make, kid }] of Object.entries(PROVIDERS)) {
    const { asked, transport } = answering({ body: given[/** @type {"aws"} */ (name)] });
    const adapter = make({ transport });
    assert.deepEqual(await adapter.publicKey(), { kty: "RSA", n, e, kid });
    await adapter.publicKey();
    assert.equal(asked.length, 1, "it is read once");
    for (const body of wrong[/** @type {"aws"} */ (name)]) await assert.rejects(make({ transport: answering({ body }).transport }).publicKey(), /** @type {any} */ (KmsError));
    const known = answering({});
    assert.deepEqual(await make({ transport: known.transport, publicKey: { kty: "RSA", n, e, kid: "another" } }).publicKey(), { kty: "RSA", n, e, kid });
    assert.equal(known.asked.length, 0);
  }
  const target = ARN.replace("mrk-1", "mrk-2");
  const alias = answering({ body: { KeyId: target, PublicKey: spki } });
  const kms = PROVIDERS.aws.make({ transport: alias.transport });
  assert.deepEqual(await kms.refresh({ alias: "alias/escrow" }), { kty: "RSA", n, e, kid: target });
  assert.equal(JSON.parse(alias.asked[0].body).KeyId, "alias/escrow");
  await assert.rejects(kms.refresh({ alias: "escrow" }), code("ERR_ARGUMENT"));
  const members = new TextEncoder().encode(JSON.stringify({ e, kty: "RSA", n }));
  const thumbprint = Buffer.from(await crypto.subtle.digest("SHA-256", members)).toString("base64url");
  assert.equal((await kms.refresh({ alias: "alias/escrow", thumbprint })).kid, target);
  await assert.rejects(kms.refresh({ alias: "alias/escrow", thumbprint: thumbprint.replace(/^./, (first) => (first === "A" ? "B" : "A")) }), because("wrong-key"));
  for (const odd of ["", "a", `${thumbprint}=`, 7]) await assert.rejects(kms.refresh({ alias: "alias/escrow", thumbprint: odd }), code("ERR_ARGUMENT"));
  for (const elsewhere of [target.replace("111122223333", "999900001111"), target.replace("eu-central-1", "us-east-1"), target.replace("arn:aws:", "arn:aws-cn:")]) {
    const { transport } = answering({ body: { KeyId: elsewhere, PublicKey: spki } });
    await assert.rejects(PROVIDERS.aws.make({ transport }).refresh({ alias: "alias/escrow" }), because("malformed"), elsewhere);
  }
});

/** A public key of RSA, in what the services give it in, and its thumbprint. */
async function rsaKey() {
  const { publicKey } = await crypto.subtle.generateKey({ name: "RSA-OAEP", hash: "SHA-256", modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) }, true, ["encrypt", "decrypt"]);
  const { n, e } = await crypto.subtle.exportKey("jwk", publicKey);
  const spki = base64(new Uint8Array(await crypto.subtle.exportKey("spki", publicKey)));
  const members = new TextEncoder().encode(JSON.stringify({ e, kty: "RSA", n }));
  const thumbprint = Buffer.from(await crypto.subtle.digest("SHA-256", members)).toString("base64url");
  return { n, e, thumbprint, pem: `-----BEGIN PUBLIC KEY-----\n${spki.replaceAll(/.{64}/g, "$&\n")}\n-----END PUBLIC KEY-----\n` };
}

test("Azure says which version is the newest, of the same key", async () => {
  const { n, e, thumbprint } = await rsaKey();
  const newest = AZURE.replace("0123", "fedc");
  const bundle = (/** @type {string} */ kid, more = {}) => ({ body: { key: { kid, kty: "RSA", n, e, ...more } } });
  const { asked, transport } = answering(bundle(newest));
  const kms = PROVIDERS.azure.make({ transport });
  assert.deepEqual(await kms.refresh(), { kty: "RSA", n, e, kid: newest });
  assert.deepEqual([asked[0].method, asked[0].url], ["GET", "https://acme.vault.azure.net/keys/escrow?api-version=2025-07-01"]);
  assert.equal((await kms.refresh({ thumbprint })).kid, newest);
  await assert.rejects(kms.refresh({ thumbprint: "A".repeat(43) }), because("wrong-key"));
  for (const odd of ["", "a", 7]) await assert.rejects(kms.refresh({ thumbprint: odd }), code("ERR_ARGUMENT"));
  // It is what is configured: by the name that it has here.
  assert.equal((await PROVIDERS.azure.make({ transport: answering(bundle(AZURE.toUpperCase().replace("HTTPS://", "https://"))).transport }).refresh()).kid, AZURE);
  for (const elsewhere of [newest.replace("escrow", "payroll"), newest.replace("acme", "other"), newest.slice(0, -1), `${newest}0`, newest.replace("/keys/", "/secrets/"), newest.replace("/escrow/", "/escrow//"), `${newest}?a=b`, ""]) {
    await assert.rejects(PROVIDERS.azure.make({ transport: answering(bundle(elsewhere)).transport }).refresh(), because("malformed"), elsewhere);
  }
  await assert.rejects(PROVIDERS.azure.make({ transport: answering(bundle(newest, { kty: "EC" })).transport }).refresh(), because("wrong-key"));
});

test("Google's newest version is the enabled one with the highest number, of all pages", async () => {
  const { pem, thumbprint } = await rsaKey();
  const key = GOOGLE.replace(/\/cryptoKeyVersions.*/, "");
  const version = (/** @type {number} */ number, state = "ENABLED") => ({ name: `${key}/cryptoKeyVersions/${number}`, state });
  const answer = (/** @type {string} */ name) => ({ body: { name, pem, pemCrc32c: String(crc32c(new TextEncoder().encode(pem))), algorithm: "RSA_DECRYPT_OAEP_2048_SHA256" } });
  const other = `${key}0/cryptoKeyVersions/99`;
  const pages = [
    { body: { cryptoKeyVersions: [version(1), version(9), version(11, "DESTROYED"), { name: other, state: "ENABLED" }, null, 7], nextPageToken: "a&b" } },
    { body: { cryptoKeyVersions: [version(10), version(12, "DISABLED")] } },
  ];
  const { asked, transport } = answering(...pages, answer(version(10).name));
  const found = await PROVIDERS.google.make({ transport }).refresh({ thumbprint });
  assert.equal(found.kid, version(10).name);
  const url = `https://cloudkms.googleapis.com/v1/${key}/cryptoKeyVersions`;
  assert.deepEqual(asked.map((request) => request.url), [`${url}?pageSize=1000`, `${url}?pageSize=1000&pageToken=a%26b`, `${url}/10/publicKey`]);
  const refreshed = (/** @type {any[]} */ ...answers) => PROVIDERS.google.make({ transport: answering(...answers).transport }).refresh({ thumbprint: "A".repeat(43) });
  await assert.rejects(refreshed(pages[1], answer(version(10).name)), because("wrong-key"));
  await assert.rejects(refreshed(pages[1], answer(version(1).name)), because("malformed"));
  for (const none of [{ body: {} }, { body: { cryptoKeyVersions: "x" } }, { body: { cryptoKeyVersions: [version(1, "DISABLED"), { name: other, state: "ENABLED" }] } }]) {
    await assert.rejects(refreshed(none), because("not-found"));
  }
});

test("a dry run tells whether a key would decrypt", async () => {
  const fine = answering({ status: 400, body: { __type: "DryRunOperationException", message: "The request would have succeeded" } });
  await PROVIDERS.aws.make({ transport: fine.transport }).test();
  assert.deepEqual(JSON.parse(fine.asked[0].body), { KeyId: ARN, EncryptionAlgorithm: "RSAES_OAEP_SHA_256", DryRun: true, DryRunModifiers: ["IGNORE_CIPHERTEXT"] });
  const disabled = answering({ status: 400, body: { __type: "DisabledException" } });
  await assert.rejects(PROVIDERS.aws.make({ transport: disabled.transport }).test(), because("disabled"));
  await assert.rejects(PROVIDERS.aws.make({ transport: answering({ body: {} }).transport }).test(), because("malformed"));
});

test("a dry run of a key on P-256 derives a secret, with a key that is made for it", async () => {
  const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const publicKey = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const fine = { status: 400, body: { __type: "DryRunOperationException", message: "The request would have succeeded" } };
  const misused = { status: 400, body: { __type: "InvalidKeyUsageException", message: "The request was rejected" } };
  const known = answering(fine);
  await PROVIDERS.aws.make({ transport: known.transport, publicKey }).test();
  assert.equal(known.asked.length, 1);
  // A key that is not known is tried for what most are, and then for this.
  const unknown = answering(misused, fine);
  await PROVIDERS.aws.make({ transport: unknown.transport }).test();
  assert.deepEqual(unknown.asked.map(({ headers }) => headers["x-amz-target"]), ["TrentService.Decrypt", "TrentService.DeriveSharedSecret"]);
  for (const { headers, body } of [known.asked[0], unknown.asked[1]]) {
    assert.equal(headers["x-amz-target"], "TrentService.DeriveSharedSecret");
    const { PublicKey, ...rest } = JSON.parse(body);
    assert.deepEqual(rest, { KeyId: ARN, KeyAgreementAlgorithm: "ECDH", DryRun: true });
    const theirs = await crypto.subtle.importKey("spki", Buffer.from(PublicKey, "base64"), { name: "ECDH", namedCurve: "P-256" }, false, []);
    assert.equal(theirs.type, "public");
  }
  await assert.rejects(PROVIDERS.aws.make({ transport: answering(misused).transport }).test(), because("wrong-key"));
  await assert.rejects(PROVIDERS.aws.make({ transport: answering(misused).transport, publicKey }).test(), because("wrong-key"));
  const said = answering({ status: 400, body: { __type: "AccessDeniedException", message: "DryRunOperationException" } });
  await assert.rejects(PROVIDERS.aws.make({ transport: said.transport }).test(), because("denied"));
});

test("Azure's names are compared without case, as Azure does", async () => {
  const { asked, transport } = answering({ body: { ...PROVIDERS.azure.good, kid: AZURE.replace("escrow", "ESCROW") } });
  assert.deepEqual(await PROVIDERS.azure.make({ transport }).unwrap(question(AZURE.replace("escrow", "Escrow"))), KEY);
  assert.equal(asked[0].url, `${AZURE}/unwrapkey?api-version=2025-07-01`);
  await assert.rejects(PROVIDERS.azure.make({ transport }).unwrap(question(AZURE.replace("escrow", "other"))), because("wrong-key"));
});

test("a vault that got a key of each opens by it with one request, and by its public key without any", async () => {
  for (const { make, kid } of Object.values(PROVIDERS)) {
    const pair = await crypto.subtle.generateKey({ name: "RSA-OAEP", hash: "SHA-256", modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) }, true, ["encrypt", "decrypt"]);
    const { kty, n, e } = /** @type {any} */ (await crypto.subtle.exportKey("jwk", pair.publicKey));
    /** @type {any[]} */
    const asked = [];
    const transport = async (/** @type {any} */ request) => {
      asked.push(request);
      const { CiphertextBlob, value, ciphertext } = JSON.parse(request.body);
      const plain = new Uint8Array(await crypto.subtle.decrypt("RSA-OAEP", pair.privateKey, Buffer.from(CiphertextBlob ?? ciphertext ?? value, value ? "base64url" : "base64")));
      const body = { KeyId: kid, Plaintext: base64(plain), kid, value: Buffer.from(plain).toString("base64url"), plaintext: base64(plain), plaintextCrc32c: String(crc32c(plain)), verifiedCiphertextCrc32c: true };
      return { status: 200, headers: {}, body: JSON.stringify(body) };
    };
    const vault = await Strongroom.create({ name: "work", factors: [secret(), escrow({ kty, n, e, kid })], store: testingStore() });
    await vault.lock();
    assert.equal(asked.length, 0);
    await unlockNoted(vault, escrowKey(make({ transport })));
    assert.equal(asked.length, 1);
  }
});

test("a redirect is not followed", async () => {
  /** @type {(string | undefined)[]} */
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(307, { location: "/elsewhere" }).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  try {
    await assert.rejects(PROVIDERS.aws.make({ endpoint: `http://127.0.0.1:${port}/` }).unwrap(question(ARN)), because("unavailable"));
    assert.deepEqual(asked, ["/"]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
