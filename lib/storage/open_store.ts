import { fileStore } from "./file_store.ts";
import { memoryStore } from "./memory_store.ts";
import type { ObjectStore } from "./types.ts";

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
 * @param url `memory:` (gone with the process) or `file:PATH` (relative paths start at the working directory).
 * @returns The store; nothing is read or written yet.
 * @throws {RangeError} When the scheme is `s3:`, which this version does not have, or unknown, or the path is empty or no URL text.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { openStore } from "./mod.ts";
 * assertEquals(openStore("file:./store").url, "file:./store");
 * ```
 */
export function openStore(url: string): ObjectStore {
  if (url === "memory:") return memoryStore();
  if (url.startsWith("file:")) {
    // file:///srv/store and file:/srv/store name the same folder.
    const path = decoded(url).slice("file:".length).replace(/^\/\/(?=\/)/, "");
    if (path === "") throw new RangeError(`Cannot open store "${url}": expected file:PATH, got no path`);
    return fileStore(path);
  }
  if (url.startsWith("s3:")) {
    throw new RangeError(`Cannot open store "${url}": this version has memory: and file: stores only`);
  }
  if (!/^[a-z][a-z0-9+.-]+:/i.test(url) && url !== "") {
    throw new RangeError(`Cannot open store "${url}": expected memory: or file:PATH, got a path; write "file:${url}"`);
  }
  throw new RangeError(`Cannot open store "${url}": expected memory: or file:PATH, got another scheme`);
}
