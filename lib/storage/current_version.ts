import { aliasPrefix, aliasSchema, parseObject } from "./_stored_card.ts";
import { currentManifest } from "./current_manifest.ts";
import type { ObjectStore } from "./types.ts";

/**
 * Reads which version of a model an alias points to; cheap enough to ask at every request.
 *
 * @param store Where the model is.
 * @param tenant Whose model it is.
 * @param name Model name.
 * @param alias The alias.
 * @returns The version, or null when there is no such model or alias.
 * @throws {SyntaxError} When the alias's manifest is damaged.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { currentVersion, memoryStore } from "./mod.ts";
 * assertEquals(await currentVersion(memoryStore(), "default", "main"), null);
 * ```
 */
export async function currentVersion(
  store: ObjectStore,
  tenant: string,
  name: string,
  alias: string = "stable",
): Promise<string | null> {
  const prefix = aliasPrefix(tenant, name, alias);
  const manifest = await currentManifest(store, prefix);
  return manifest === null ? null : parseObject(aliasSchema, manifest.value, prefix).version;
}
