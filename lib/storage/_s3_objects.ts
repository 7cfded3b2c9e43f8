import { checkKey } from "./_check_key.ts";
import { createS3Client } from "./_s3_client.ts";
import { codeOf, failureOf, S3Failure } from "./_s3_failure.ts";
import { probeCreateOnly, probeVersions } from "./_s3_probe.ts";
import { retrying, type RetryPolicy } from "./_s3_retry.ts";
import type { S3Answer, S3Request } from "./_s3_types.ts";
import type { S3Location } from "./_s3_url.ts";
import { type ListPage, parseListPage } from "./_s3_xml.ts";
import { sha256 } from "./sha256.ts";
import type { ObjectStore, S3Keys, S3StoreOptions } from "./types.ts";

/** Which write an object comes from: tells a writer whose answer was lost whether the object is its own. */
const WRITE_HEADER = "x-amz-meta-write";

/** SHA-256 of an object, for its readers. */
const SHA256_HEADER = "x-amz-meta-sha256";

/** Tries of {@linkcode ObjectStore.check}: a wrong address should not take long to be told. */
const CHECK_ATTEMPTS = 4;

/** Deletions under way at a time. One by one: not every server deletes in batches, and those want an MD5. */
const DELETERS = 16;

/** What S3 takes. */
const MAX_KEY_BYTES = 1024;

/** Opens the store; see `s3Store`, which loads this when it is needed. */
export function openS3(location: S3Location, keys: S3Keys, options: S3StoreOptions): ObjectStore {
  const policy: RetryPolicy = { attempts: 8, firstDelay: 100, timeout: 30_000, deadline: 60_000, ...options };
  const { name, prefix: root } = location;
  const sendOnce = createS3Client(location, keys);
  let writable: Promise<void> | undefined;

  /** The key in the bucket. */
  function locate(key: string): string {
    checkKey(key);
    const whole = root + key;
    if (new TextEncoder().encode(whole).length > MAX_KEY_BYTES) {
      throw new RangeError(`Cannot use store key ${JSON.stringify(key)}: expected at most ${MAX_KEY_BYTES} bytes`);
    }
    return whole;
  }

  /** Says what was to be done when it cannot be. */
  async function doing<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof S3Failure)) throw error;
      throw new Error(`Cannot ${what} store ${name}: ${error.message}`, { cause: error });
    }
  }

  /** One try that must succeed; null for an object that is not there. */
  async function succeed(request: S3Request, timeout: number): Promise<S3Answer | null> {
    const answer = await sendOnce(request, timeout);
    if (answer.status >= 200 && answer.status < 300) return answer;
    if (answer.status === 404 && request.method !== "PUT" && codeOf(answer) === "NoSuchKey") return null;
    throw failureOf(answer, location);
  }

  async function getOnce(key: string, timeout: number): Promise<S3Answer | null> {
    const answer = await succeed({ method: "GET", key }, timeout);
    const expected = answer?.headers.get(SHA256_HEADER);
    if (answer && expected && await sha256(answer.bytes) !== expected) {
      throw new S3Failure("the bytes that came are not those that were written (SHA-256)", true);
    }
    return answer;
  }

  function put(key: string, body: Uint8Array, digest: string, headers: Record<string, string> = {}): S3Request {
    return { method: "PUT", key, body, headers: { ...headers, [SHA256_HEADER]: digest } };
  }

  /**
   * Writes an object if its key is free; resolves to the answer, or to null when the key is taken.
   *
   * An answer that is lost or says 5xx leaves open whether the object was written. Then, and whenever the key turns
   * out to be taken (a proxy may have sent the request twice), the object itself says which write it comes from.
   */
  async function createOnly(key: string, bytes: Uint8Array, patience = policy): Promise<S3Answer | "ours" | null> {
    const token = crypto.randomUUID();
    const request = put(key, bytes, await sha256(bytes), { "if-none-match": "*", [WRITE_HEADER]: token });
    let doubtful = false;

    /** Whether the object is ours; null when there is none. */
    async function isOurs(timeout: number): Promise<boolean | null> {
      const found = await getOnce(key, timeout);
      if (found === null) return null;
      const theirs = found.headers.get(WRITE_HEADER);
      if (theirs !== null) return theirs === token;
      // A server that keeps no metadata: equal bytes are as good as ours.
      return found.bytes.length === bytes.length && found.bytes.every((byte, i) => byte === bytes[i]);
    }

    try {
      return await retrying(patience, bytes.length, async (timeout) => {
        const ours = doubtful ? await isOurs(timeout) : null;
        if (ours !== null) return ours ? "ours" : null;
        const before = doubtful;
        doubtful = true;
        const answer = await sendOnce(request, timeout);
        if (answer.status >= 200 && answer.status < 300) return answer;
        if (answer.status === 412) return await isOurs(timeout) === true ? "ours" : null;
        const failure = failureOf(answer, location);
        // Refused: this try wrote nothing.
        if (answer.status < 500) doubtful = before;
        throw failure;
      });
    } catch (error) {
      if (!doubtful || !(error instanceof S3Failure)) throw error;
      const ours = await isOurs(patience.timeout).catch(() => null);
      if (ours !== null) return ours ? "ours" : null;
      throw error.transient ? new S3Failure(`${error.message}; it may have been written`, false) : error;
    }
  }

  async function listPage(prefix: string, token: string | undefined, patience: RetryPolicy): Promise<ListPage> {
    const query = {
      ...(token !== undefined && { "continuation-token": token }),
      "encoding-type": "url",
      "list-type": "2",
      "max-keys": "1000",
      prefix,
    };
    return await retrying(patience, 0, async (timeout) => {
      const answer = await succeed({ method: "GET", query }, timeout);
      try {
        return parseListPage(new TextDecoder().decode(answer!.bytes));
      } catch (error) {
        throw new S3Failure(`${location.endpoint} lists nothing: ${(error as Error).message}; correct endpoint=`, true);
      }
    });
  }

  /** Every key in the bucket below a prefix, those of leftovers too. */
  async function listAll(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    const seen = new Set<string>();
    let token: string | undefined;
    do {
      const page = await listPage(prefix, token, policy);
      keys.push(...page.keys.filter((key) => key.startsWith(prefix)));
      token = page.next;
      if (token === undefined) continue;
      if (seen.has(token)) throw new S3Failure("the server's pages of keys go in a circle: use another server", false);
      seen.add(token);
    } while (token !== undefined);
    return keys;
  }

  async function remove(key: string, patience = policy): Promise<void> {
    const answer = await retrying(patience, 0, (timeout) => succeed({ method: "DELETE", key }, timeout));
    if (answer?.headers.get("x-amz-delete-marker") === "true") throw keepsVersions();
  }

  const keepsVersions = () =>
    new S3Failure(
      `bucket "${location.bucket}" keeps old versions, so that nothing can be erased: use a bucket that never had ` +
        "versioning",
      false,
    );

  async function probe(patience: RetryPolicy): Promise<void> {
    await listPage(root, undefined, patience);
    const status = await probeVersions((request) =>
      retrying(patience, 0, async (timeout) => {
        const answer = await sendOnce(request, timeout);
        const failure = answer.status === 200 ? null : failureOf(answer, location);
        if (failure?.transient) throw failure;
        return answer;
      })
    );
    if (status === "kept") throw keepsVersions();
    await probeCreateOnly(root, {
      create: (key, bytes) => createOnly(key, bytes, patience),
      remove: (key) => remove(key, patience),
      keepsVersions,
    });
  }

  /** Probes once; what failed in passing is probed anew at the next write. */
  function checkWritable(patience: RetryPolicy): Promise<void> {
    return writable ??= doing("open", () => probe(patience)).catch((error) => {
      writable = undefined;
      throw error;
    });
  }

  return {
    url: location.url,
    async check(access) {
      const patience = { ...policy, attempts: Math.min(policy.attempts, CHECK_ATTEMPTS) };
      if (access === "write") await checkWritable(patience);
      else await doing("open", () => listPage(root, undefined, patience));
    },
    async get(key) {
      const whole = locate(key);
      const answer = await doing(`read "${key}" from`, () => retrying(policy, 0, (timeout) => getOnce(whole, timeout)));
      return answer === null ? null : answer.bytes;
    },
    async put(key, bytes) {
      const whole = locate(key);
      await checkWritable(policy);
      const request = put(whole, bytes, await sha256(bytes));
      await doing(`write "${key}" to`, () => retrying(policy, bytes.length, (timeout) => succeed(request, timeout)));
    },
    async putIfAbsent(key, bytes) {
      const whole = locate(key);
      await checkWritable(policy);
      return await doing(`write "${key}" to`, () => createOnly(whole, bytes)) !== null;
    },
    async list(prefix) {
      // No key holds half a character.
      if (!prefix.isWellFormed()) return [];
      const keys = await doing(`list "${prefix}" in`, () => listAll(root + prefix));
      return keys.map((key) => key.slice(root.length)).filter(isKey).sort();
    },
    async delete(key) {
      const whole = locate(key);
      await doing(`delete "${key}" from`, () => remove(whole));
    },
    async deletePrefix(prefix) {
      const whole = `${locate(prefix.replace(/\/$/, ""))}/`;
      return await doing(`delete "${prefix}" from`, async () => {
        let found = false;
        // Again until nothing is left: a writer may be under way.
        for (let keys = await listAll(whole); keys.length > 0; keys = await listAll(whole)) {
          found = true;
          const work = keys.values();
          await Promise.all(Array.from({ length: DELETERS }, async () => {
            for (const key of work) await remove(key);
          }));
        }
        return found;
      });
    },
    // An object is there whole or not at all.
    sweep: () => Promise.resolve(false),
  };
}

/** Whether a name in the bucket is an object of this project, not a console's folder or a probe's leftover. */
function isKey(key: string): boolean {
  try {
    checkKey(key);
    return true;
  } catch {
    return false;
  }
}
