import { decodeJson } from "./_json.ts";
import { aliasSchema, parseObject } from "./_stored_card.ts";
import { storedSubjectSchema, subjectPrefix } from "./_stored_subject.ts";
import type { ObjectStore } from "./types.ts";

/** Objects that are read or deleted at a time. */
const AT_ONCE = 16;

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (const item of rest) await work(item);
  }));
}

/** What a JSON object says by a schema; null when it is gone or damaged. */
async function readOrNull<T>(store: ObjectStore, key: string, parse: (value: unknown) => T): Promise<T | null> {
  const bytes = await store.get(key);
  try {
    return bytes === null ? null : parse(decodeJson(bytes, key));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The generation of a calibration; −1 where its meta.json is gone or damaged. */
async function generationOf(store: ObjectStore, prefix: string, version: string): Promise<number> {
  const key = `${prefix}${version}/meta.json`;
  const meta = await readOrNull(store, key, (value) => parseObject(storedSubjectSchema, value, key));
  return meta?.generation ?? -1;
}

/** The highest generation of a subject's calibrations; −1: there is none. */
export async function newestGeneration(store: ObjectStore, tenant: string, subject: string): Promise<number> {
  const prefix = `${subjectPrefix(tenant, subject)}/`;
  const versions = new Set((await store.list(prefix)).map((key) => key.slice(prefix.length).split("/")[0]!));
  let newest = -1;
  await inParallel([...versions], async (version) => {
    newest = Math.max(newest, await generationOf(store, prefix, version));
  });
  return newest;
}

/** Keys below a subject's prefix that belong to no calibration of the generation or a later one. */
async function deadKeys(store: ObjectStore, prefix: string, generation: number): Promise<string[]> {
  const keys = await store.list(prefix);
  const alive = new Map<string, Promise<boolean>>();
  // A calibration writes its meta.json before anything else, so what has none is nobody's any more.
  const isAlive = (version: string) => {
    const answer = alive.get(version) ?? generationOf(store, prefix, version).then((found) => found >= generation);
    alive.set(version, answer);
    return answer;
  };
  const dead = new Set<string>();
  await inParallel(keys, async (key) => {
    const folder = key.slice(prefix.length).split("/")[0]!;
    const version = folder === "current"
      ? await readOrNull(store, key, (value) => parseObject(aliasSchema, value, key).version)
      : folder;
    if (version === null || !await isAlive(version)) dead.add(key);
  });
  return keys.filter((key) => dead.has(key));
}

/**
 * Deletes every object of a subject that was written by a calibration of an earlier generation, and what interrupted
 * writes left; what a later calibration writes meanwhile stays whole.
 *
 * @returns Whether there was anything to delete.
 */
export async function removeErased(
  store: ObjectStore,
  tenant: string,
  subject: string,
  generation: number,
): Promise<boolean> {
  const prefix = `${subjectPrefix(tenant, subject)}/`;
  let removed = false;
  // Again until nothing is left: a calibration that was overtaken may still be writing.
  for (let keys = await deadKeys(store, prefix, generation); keys.length > 0;) {
    await inParallel(keys, (key) => store.delete(key));
    removed = true;
    keys = await deadKeys(store, prefix, generation);
  }
  // What a crash left half-written is no object, and is the person's all the same.
  return await store.sweep(prefix) || removed;
}
