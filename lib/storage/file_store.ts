import { checkKey, TEMP_SUFFIX } from "./_check_key.ts";
import { denoFileSystem, type FileSystem } from "./_file_system.ts";
import type { ObjectStore } from "./types.ts";

/** Options of {@linkcode fileStore}. */
export interface FileStoreOptions {
  /** File operations; the machine's own by default. */
  readonly fileSystem?: FileSystem;
}

/** A folder may vanish between making it and writing into it, when another writer deletes its last object. */
const WRITE_ATTEMPTS = 5;

/** What {@linkcode ObjectStore.check} writes and removes. */
const PROBE_KEY = "probe";

function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory ||
    error instanceof Deno.errors.IsADirectory;
}

/**
 * Opens an object store in a folder: one file an object, its key the path.
 *
 * An object is written under a temporary name in its own folder, flushed to the disk and renamed, so a reader, also
 * after a crash or on a full disk, finds the old or the new bytes, never a part. `putIfAbsent` gives the flushed
 * file its final name by a hard link, which fails when the name is taken: create-only also between processes.
 * Files left over by a crash are not listed.
 *
 * @param path The folder, created at the first write. Relative paths start at the working directory.
 * @returns The store.
 * @throws {Error} (its methods) When a write fails, naming the store and the cause; what was there is intact.
 * @throws {RangeError} (its methods) When a key is empty, absolute, or holds `.`, `..`, a backslash or a control character.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { fileStore } from "./mod.ts";
 * const folder = await Deno.makeTempDir();
 * const store = fileStore(folder);
 * assertEquals(await store.putIfAbsent("a/1.json", new Uint8Array([1])), true);
 * assertEquals(await store.putIfAbsent("a/1.json", new Uint8Array([2])), false);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export function fileStore(path: string, options: FileStoreOptions = {}): ObjectStore {
  const fs = options.fileSystem ?? denoFileSystem;
  const root = path.length > 1 ? path.replace(/\/+$/, "") : path;

  function locate(key: string): string {
    checkKey(key);
    return `${root}/${key}`;
  }

  /** Writes a temporary file beside the target and lets `publish` give it its name. */
  async function write<T>(key: string, bytes: Uint8Array, publish: (from: string, to: string) => Promise<T>) {
    const target = locate(key);
    const folder = target.slice(0, target.lastIndexOf("/"));
    for (let attempt = 1;; attempt++) {
      const temp = `${target}.${crypto.randomUUID()}${TEMP_SUFFIX}`;
      try {
        await fs.makeFolder(folder);
        await fs.write(temp, bytes);
        const result = await publish(temp, target);
        await fs.syncFolder(folder);
        return result;
      } catch (error) {
        if (error instanceof Deno.errors.NotFound && attempt < WRITE_ATTEMPTS) continue;
        const message = error instanceof Error ? error.message : String(error);
        throw new Error(`Cannot write "${key}" to store file:${root}: ${message}`, { cause: error });
      } finally {
        // After a rename there is nothing left to remove.
        await fs.remove(temp).catch(() => {});
      }
    }
  }

  /** Removes folders that a deletion left empty, so that no name stays behind (a folder may be named by a person). */
  async function removeEmptyFolders(key: string): Promise<void> {
    const parts = key.split("/");
    while (parts.pop() !== undefined && parts.length > 0) {
      const folder = `${root}/${parts.join("/")}`;
      try {
        const left = await fs.entries(folder);
        if (!left.every((entry) => entry.isFile && entry.name.endsWith(TEMP_SUFFIX))) return;
        // A writer that still works on one of these makes folder and file anew.
        for (const entry of left) await fs.remove(`${folder}/${entry.name}`);
        await fs.remove(folder);
      } catch {
        return;
      }
    }
  }

  /** What is in a folder; null when there is none. */
  async function entriesOf(folder: string): Promise<Deno.DirEntry[] | null> {
    try {
      return await fs.entries(folder);
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  }

  /** Removes a folder and all in it, leftovers of interrupted writes included; whether there was one. */
  async function removeTree(folder: string): Promise<boolean> {
    const entries = await entriesOf(folder);
    if (entries === null) return false;
    for (const { name, isDirectory } of entries) {
      if (isDirectory) await removeTree(`${folder}/${name}`);
      else await fs.remove(`${folder}/${name}`);
    }
    await fs.remove(folder);
    return true;
  }

  /** Removes temporary files below a folder, and folders that are empty then; whether there were any. */
  async function sweepFolder(folder: string): Promise<boolean> {
    const entries = await entriesOf(folder);
    if (entries === null) return false;
    let found = entries.length === 0;
    for (const { name, isDirectory } of entries) {
      if (isDirectory) found = await sweepFolder(`${folder}/${name}`) || found;
      else if (name.endsWith(TEMP_SUFFIX)) {
        // Its writer may have removed it.
        await fs.remove(`${folder}/${name}`).catch(() => {});
        found = true;
      }
    }
    // Fails where something is left.
    if (found) await fs.remove(folder).catch(() => {});
    return found;
  }

  async function walk(folder: string, prefix: string, keys: string[]): Promise<void> {
    const entries = await entriesOf(`${root}/${folder}`);
    if (entries === null) return;
    for (const { name, isDirectory } of entries) {
      const key = folder + name;
      // Into folders that lie on the prefix's way or beyond it.
      if (isDirectory && (`${key}/`.startsWith(prefix) || prefix.startsWith(`${key}/`))) {
        await walk(`${key}/`, prefix, keys);
      } else if (!isDirectory && key.startsWith(prefix) && !name.endsWith(TEMP_SUFFIX)) keys.push(key);
    }
  }

  const store: ObjectStore = {
    url: `file:${root}`,
    async check(access) {
      if (access === "read") return;
      const wasThere = await fs.entries(root).then(() => true, () => false);
      await store.put(PROBE_KEY, new Uint8Array(0));
      await store.delete(PROBE_KEY);
      // Nothing was asked to be kept yet.
      if (!wasThere) await fs.remove(root).catch(() => {});
    },
    async get(key) {
      const file = locate(key);
      try {
        return await fs.read(file);
      } catch (error) {
        if (isAbsent(error)) return null;
        throw new Error(`Cannot read "${key}" from store file:${root}: ${(error as Error).message}`, { cause: error });
      }
    },
    async put(key, bytes) {
      await write(key, bytes, fs.rename);
    },
    putIfAbsent(key, bytes) {
      return write(key, bytes, async (from, to) => {
        try {
          await fs.link(from, to);
          return true;
        } catch (error) {
          if (error instanceof Deno.errors.AlreadyExists) return false;
          throw error;
        }
      });
    },
    async list(prefix) {
      const keys: string[] = [];
      // The deepest whole folder of the prefix; a prefix with odd parts matches no key.
      const start = prefix.slice(0, prefix.lastIndexOf("/") + 1);
      if (start !== "") checkKey(start.slice(0, -1));
      await walk(start, prefix, keys);
      return keys.sort();
    },
    async delete(key) {
      const file = locate(key);
      try {
        await fs.remove(file);
      } catch (error) {
        if (isAbsent(error)) return;
        throw new Error(`Cannot delete "${key}" from store file:${root}: ${(error as Error).message}`, {
          cause: error,
        });
      }
      await removeEmptyFolders(key);
    },
    async deletePrefix(prefix) {
      const key = prefix.replace(/\/$/, "");
      checkKey(key);
      const found = await removeTree(`${root}/${key}`);
      if (found) await removeEmptyFolders(key);
      return found;
    },
    async sweep(prefix) {
      const key = prefix.replace(/\/$/, "");
      checkKey(key);
      const found = await sweepFolder(`${root}/${key}`);
      if (found) await removeEmptyFolders(key);
      return found;
    },
  };
  return store;
}
