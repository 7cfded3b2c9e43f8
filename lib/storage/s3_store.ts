import { parseS3Url } from "./_s3_url.ts";
import type { ObjectStore, S3Keys, S3StoreOptions } from "./types.ts";

/**
 * Opens an object store in a bucket of an S3-compatible server.
 *
 * Path-style addresses, signatures of version 4 over the payload's hash, `fetch` alone: it runs at the edge. The client
 * is loaded at the first operation. Before the first write it finds out, once, whether the server takes create-only
 * writes at their word and the bucket keeps no old versions; `check` does it sooner. What fails in passing is tried
 * again, and after a create-only write whose answer was lost the object says whose it is.
 *
 * @param url `s3://BUCKET/PREFIX?endpoint=URL&region=R`; without `endpoint` Amazon's own, without `region` `us-east-1`.
 * @param keys Whose bucket.
 * @param options How patient.
 * @returns The store; nothing is sent yet.
 * @throws {RangeError} When the URL or a key is malformed; neither keys nor what follows the `?` are quoted.
 * @throws {Error} (its methods) When the server refuses or does not answer; the message says what to change.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { s3Store } from "./mod.ts";
 * const url = "s3://lightman/main?endpoint=https://s3.example.org&region=eu-central-1";
 * assertEquals(s3Store(url, { accessKeyId: "id", secretAccessKey: "secret" }).url, url);
 * ```
 */
export function s3Store(url: string, keys: S3Keys, options: S3StoreOptions = {}): ObjectStore {
  const location = parseS3Url(url);
  for (const [name, value] of Object.entries({ AWS_SESSION_TOKEN: "-", ...named(keys) })) {
    if (value === undefined || !/^[\x21-\x7e]+$/.test(value)) {
      throw new RangeError(
        `Cannot open store "${location.name}": expected ${name} to be the key alone, got nothing or a space in it`,
      );
    }
  }
  let opened: Promise<ObjectStore> | undefined;
  const open = () => opened ??= import("./_s3_objects.ts").then(({ openS3 }) => openS3(location, keys, options));
  return {
    url,
    check: async (access) => await (await open()).check(access),
    get: async (key) => await (await open()).get(key),
    put: async (key, bytes) => await (await open()).put(key, bytes),
    putIfAbsent: async (key, bytes) => await (await open()).putIfAbsent(key, bytes),
    list: async (prefix) => await (await open()).list(prefix),
    delete: async (key) => await (await open()).delete(key),
    deletePrefix: async (prefix) => await (await open()).deletePrefix(prefix),
    sweep: async (prefix) => await (await open()).sweep(prefix),
  };
}

/** The keys by the names of the variables they come from. */
function named({ accessKeyId, secretAccessKey, sessionToken }: S3Keys): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
  };
}
