import { fileStore } from "./file_store.ts";
import { memoryStore } from "./memory_store.ts";
import { s3Store } from "./s3_store.ts";
import type { ObjectStore } from "./types.ts";

/** Options of {@linkcode openStore}. */
export interface OpenStoreOptions {
  /** Reads an environment variable; asked for the keys of an `s3:` store only. */
  readonly env?: (name: string) => string | undefined;
}

function openS3(url: string, env: (name: string) => string | undefined): ObjectStore {
  const named = `Cannot open store "${url.split(/[?#]/)[0]}"`;
  const missing = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].filter((name) => !env(name));
  if (missing.length > 0) {
    throw new RangeError(`${named}: expected its keys in the environment, got no ${missing.join(" and no ")}`);
  }
  return s3Store(url, {
    accessKeyId: env("AWS_ACCESS_KEY_ID")!,
    secretAccessKey: env("AWS_SECRET_ACCESS_KEY")!,
    sessionToken: env("AWS_SESSION_TOKEN") || undefined,
  });
}

function decoded(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    throw new RangeError(`Cannot open store "${url}": expected %XX to be UTF-8, got a % that is not (write %25 for %)`);
  }
}

/**
 * Opens the object store that a URL names.
 *
 * @param url `memory:` (gone with the process), `file:PATH` (relative paths start at the working directory) or
 * `s3://BUCKET/PREFIX?endpoint=URL&region=R` ({@linkcode s3Store}).
 * @param options Where the keys of an `s3:` store come from: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, with
 * temporary keys, `AWS_SESSION_TOKEN`.
 * @returns The store; nothing is read or written yet.
 * @throws {RangeError} When the scheme is unknown, the rest malformed, or the keys of an `s3:` store are missing.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { openStore } from "./mod.ts";
 * assertEquals(openStore("file:./store").url, "file:./store");
 * ```
 */
export function openStore(url: string, options: OpenStoreOptions = {}): ObjectStore {
  if (url === "memory:") return memoryStore();
  if (url.startsWith("file:")) {
    // file:///srv/store and file:/srv/store name the same folder.
    const path = decoded(url).slice("file:".length).replace(/^\/\/(?=\/)/, "");
    if (path === "") throw new RangeError(`Cannot open store "${url}": expected file:PATH, got no path`);
    return fileStore(path);
  }
  if (url.startsWith("s3:")) return openS3(url, options.env ?? (() => undefined));
  throw new RangeError(
    `Cannot open store "${url}": expected memory:, file:PATH or s3://BUCKET/PREFIX, got another scheme`,
  );
}
