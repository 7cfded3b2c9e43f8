import { loadModelCard, NotFoundError } from "../storage/mod.ts";
import type { AppDeps } from "./app_deps.ts";

/**
 * Finds out whose model a tenant means by a name: its own, or one that its owner shares with all tenants. An own model,
 * or an own version where one is asked for, hides a shared one of the same name.
 *
 * @param deps Store, and which models are shared.
 * @param tenant Who asks.
 * @param name Model name.
 * @param version A version; without it the model as such.
 * @returns The tenant below which the model is looked up.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { memoryStore } from "../storage/mod.ts";
 * import { modelOwner } from "./mod.ts";
 * const deps = { store: memoryStore(), shared: new Map([["lightman", "lab"]]) };
 * assertEquals(await modelOwner(deps, "clinic", "lightman"), "lab");
 * assertEquals(await modelOwner(deps, "clinic", "other"), "clinic");
 * ```
 */
export async function modelOwner(
  { store, shared }: Pick<AppDeps, "store" | "shared">,
  tenant: string,
  name: string,
  version?: string,
): Promise<string> {
  const owner = shared?.get(name);
  if (owner === undefined || owner === tenant) return tenant;
  if (version === undefined) {
    const keys = await store.list(`tenants/${tenant}/models/${name}/`);
    return keys.some((key) => key.endsWith("/model.json")) ? tenant : owner;
  }
  try {
    await loadModelCard(store, tenant, name, { version });
    return tenant;
  } catch (error) {
    if (error instanceof NotFoundError) return owner;
    throw error;
  }
}
