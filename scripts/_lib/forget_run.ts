import type { ObjectStore } from "../../lib/storage/mod.ts";

/**
 * Removes what an earlier run of the same id left, so that a new one starts afresh.
 *
 * In reverse order the newest manifest goes first and the checkpoint that it names later: killed halfway, the run can
 * still be resumed from an older checkpoint, or has none.
 *
 * @param store Where the run is.
 * @param runId The run, of the tenant `default`.
 * @returns Whether there was anything.
 */
export async function forgetRun(store: ObjectStore, runId: string): Promise<boolean> {
  const prefix = `tenants/default/runs/${runId}/`;
  const keys = await store.list(prefix);
  for (const key of keys.reverse()) await store.delete(key);
  // What an interrupted write left has no key.
  await store.deletePrefix(prefix);
  return keys.length > 0;
}
