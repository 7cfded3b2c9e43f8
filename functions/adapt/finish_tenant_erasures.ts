import type { AppDeps } from "../../lib/http/mod.ts";
import { finishErasures } from "../../lib/storage/mod.ts";

/**
 * Finishes what killed processes left of erasures, for every tenant of a server, and logs how much that was. A server
 * does this when it starts, beside its other work: what is left is nothing that anybody could read.
 *
 * @param deps Store, keys, log.
 * @returns When it is done; a store that fails is logged.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { memoryStore } from "../../lib/storage/mod.ts";
 * import { finishTenantErasures } from "./mod.ts";
 * const lines: string[] = [];
 * await finishTenantErasures({ store: memoryStore(), log: ({ message }) => lines.push(message) });
 * assertEquals(lines, []);
 * ```
 */
export async function finishTenantErasures(deps: Pick<AppDeps, "store" | "keys" | "log">): Promise<void> {
  const { store, keys, log } = deps;
  for (const tenant of keys?.tenants ?? ["default"]) {
    try {
      const subjects = await finishErasures(store, tenant);
      if (subjects > 0) log({ level: "info", message: "finished erasures", subjects });
    } catch {
      // Without the error's text, which may name a person.
      log({ level: "warn", message: "cannot finish erasures: the store failed; the next start tries again" });
    }
  }
}
