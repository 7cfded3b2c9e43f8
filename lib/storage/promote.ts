import { aliasPrefix, readCard } from "./_stored_card.ts";
import { appendManifest } from "./append_manifest.ts";
import { NotFoundError } from "./not_found_error.ts";
import type { ObjectStore } from "./types.ts";

/**
 * Points an alias at a version: promotion, and rollback too.
 *
 * The version's model.json is read and checked first, so an alias never leads to a model that cannot be served: a
 * preprocessing recipe that this code cannot run is refused here.
 *
 * @param store Where the model is.
 * @param tenant Whose model it is.
 * @param name Model name.
 * @param alias The alias; the functions serve `stable`.
 * @param version A published version.
 * @returns The number of the alias's new manifest.
 * @throws {NotFoundError} When there is no such version.
 * @throws {SyntaxError} When its model.json is damaged or its recipe unknown.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { memoryStore, NotFoundError, promote } from "./mod.ts";
 * await assertRejects(() => promote(memoryStore(), "default", "m", "stable", "0123456789abcdef"), NotFoundError);
 * ```
 */
export async function promote(
  store: ObjectStore,
  tenant: string,
  name: string,
  alias: string = "stable",
  version: string,
): Promise<number> {
  const prefix = aliasPrefix(tenant, name, alias);
  if (await readCard(store, tenant, name, version) === null) {
    throw new NotFoundError(`Cannot promote model "${name}": expected a published version, got ${version}`);
  }
  return await appendManifest(store, prefix, { version });
}
