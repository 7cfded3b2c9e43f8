import { checkName } from "./_check_name.ts";
import { currentVersion } from "./current_version.ts";
import type { ObjectStore } from "./types.ts";

/** A model in a store. */
export interface ModelEntry {
  readonly name: string;
  /** Published versions, sorted as text. */
  readonly versions: readonly string[];
  /** Version by alias. */
  readonly aliases: Readonly<Record<string, string>>;
}

/**
 * Lists a tenant's models with their versions and aliases, by name.
 *
 * @param store Where the models are.
 * @param tenant Whose models.
 * @returns Every model that has a complete version.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { listModels, memoryStore } from "./mod.ts";
 * assertEquals(await listModels(memoryStore(), "default"), []);
 * ```
 */
export async function listModels(store: ObjectStore, tenant: string): Promise<ModelEntry[]> {
  const prefix = `tenants/${checkName("tenant", tenant)}/models/`;
  const found = new Map<string, { versions: string[]; aliases: Set<string> }>();
  for (const key of await store.list(prefix)) {
    const [name, folder, object] = key.slice(prefix.length).split("/");
    if (name === undefined || folder === undefined || object === undefined) continue;
    const model = found.get(name) ?? { versions: [], aliases: new Set() };
    found.set(name, model);
    if (folder === "aliases") model.aliases.add(object);
    else if (object === "model.json") model.versions.push(folder);
  }
  const models: ModelEntry[] = [];
  for (const [name, { versions, aliases }] of found) {
    if (versions.length === 0) continue;
    const current: Record<string, string> = {};
    for (const alias of aliases) {
      const version = await currentVersion(store, tenant, name, alias);
      if (version !== null) current[alias] = version;
    }
    models.push({ name, versions, aliases: current });
  }
  return models.sort((a, b) => (a.name < b.name ? -1 : 1));
}
