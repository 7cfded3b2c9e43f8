import { currentVersion } from "../storage/mod.ts";
import type { AppDeps } from "./app_deps.ts";
import { modelOwner } from "./model_owner.ts";

/**
 * Tells whether a server has its default model: with keys, whether a tenant of theirs has it, or may use a shared one.
 *
 * @param deps Store, keys, and which models are shared.
 * @param model The model's name.
 * @returns Null when it is there, else why the server cannot work.
 *
 * @example
 * ```ts
 * import { assertMatch } from "@std/assert";
 * import { memoryStore } from "../storage/mod.ts";
 * import { modelReadiness } from "./mod.ts";
 * assertMatch(await modelReadiness({ store: memoryStore() }, "main") ?? "", /no stable version of model "main"/);
 * ```
 */
export async function modelReadiness(
  deps: Pick<AppDeps, "store" | "keys" | "shared">,
  model: string,
): Promise<string | null> {
  for (const tenant of deps.keys?.tenants ?? ["default"]) {
    const owner = await modelOwner(deps, tenant, model);
    if (await currentVersion(deps.store, owner, model) !== null) return null;
  }
  return `There is no stable version of model "${model}" yet: train or promote one`;
}
