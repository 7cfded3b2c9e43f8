import { manifestKey, manifestNumbers } from "./_manifest_numbers.ts";
import { encodeJson } from "./_json.ts";
import { appendManifest } from "./append_manifest.ts";
import { checkName } from "./_check_name.ts";
import { checkSubjectId } from "./check_subject_id.ts";
import type { ObjectStore } from "./types.ts";

/** Bytes of a tenant's secret. */
const SECRET_BYTES = 32;

/** Marks of one id that are kept: the newest counts, one more for who lists the folder while it is written. */
const MARKS_KEPT = 2;

/** Hashes ids with a tenant's secret, which never changes once it is there. */
const hashers = new WeakMap<ObjectStore, Map<string, CryptoKey>>();

/** Key prefix of the marks that erasures leave, without the final slash. */
export function erasuresPrefix(tenant: string): string {
  return `tenants/${checkName("tenant", tenant)}/erasures`;
}

/** A tenant's secret as a key; null when nobody was erased yet, unless it is to be made. */
async function hasherOf(store: ObjectStore, tenant: string, make: boolean): Promise<CryptoKey | null> {
  const known = hashers.get(store)?.get(tenant);
  if (known !== undefined) return known;
  const key = `${erasuresPrefix(tenant)}/secret`;
  if (make && await store.get(key) === null) {
    await store.putIfAbsent(key, crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
  }
  const secret = await store.get(key);
  if (secret === null) return null;
  if (secret.length !== SECRET_BYTES) {
    throw new SyntaxError(`Cannot read "${key}": expected ${SECRET_BYTES} bytes, got ${secret.length}`);
  }
  const hash = { name: "HMAC", hash: "SHA-256" };
  const hasher = await crypto.subtle.importKey("raw", secret as Uint8Array<ArrayBuffer>, hash, false, ["sign"]);
  const ofStore = hashers.get(store) ?? new Map<string, CryptoKey>();
  hashers.set(store, ofStore.set(tenant, hasher));
  return hasher;
}

async function hashWith(hasher: CryptoKey, subject: string): Promise<string> {
  const bytes = new TextEncoder().encode(checkSubjectId(subject));
  return new Uint8Array(await crypto.subtle.sign("HMAC", hasher, bytes)).toHex();
}

/** How often a subject id was erased; 0: never. */
export async function countErasures(store: ObjectStore, tenant: string, subject: string): Promise<number> {
  checkSubjectId(subject);
  const hasher = await hasherOf(store, tenant, false);
  if (hasher === null) return 0;
  const prefix = `${erasuresPrefix(tenant)}/${await hashWith(hasher, subject)}`;
  return (await manifestNumbers(store, prefix)).at(-1) ?? 0;
}

/**
 * Marks a subject id as erased, before anything of it is deleted: a numbered manifest without content under the id's
 * HMAC, so that the mark names nobody to those who lack the tenant's secret.
 *
 * @param atLeast The number that the mark must have: more than the generation of whatever is stored, also where earlier
 * marks were lost.
 * @returns How often the id was erased, this time included.
 */
export async function markErased(
  store: ObjectStore,
  tenant: string,
  subject: string,
  atLeast: number,
): Promise<number> {
  checkSubjectId(subject);
  const hasher = (await hasherOf(store, tenant, true))!;
  const prefix = `${erasuresPrefix(tenant)}/${await hashWith(hasher, subject)}`;
  // Where marks were lost, the one before is made again.
  if (atLeast > 1) await store.putIfAbsent(manifestKey(prefix, atLeast - 1), encodeJson(null));
  const count = await appendManifest(store, prefix, null);
  for (const number of (await manifestNumbers(store, prefix)).filter((number) => number <= count - MARKS_KEPT)) {
    await store.delete(manifestKey(prefix, number));
  }
  return count;
}

/** Picks the ids that were erased at some time. */
export async function pickErased(store: ObjectStore, tenant: string, subjects: readonly string[]): Promise<string[]> {
  const hasher = await hasherOf(store, tenant, false);
  if (hasher === null || subjects.length === 0) return [];
  const prefix = `${erasuresPrefix(tenant)}/`;
  const marks = new Set((await store.list(prefix)).map((key) => key.slice(prefix.length).split("/")[0]));
  const picked: string[] = [];
  for (const subject of subjects) if (marks.has(await hashWith(hasher, subject))) picked.push(subject);
  return picked;
}
