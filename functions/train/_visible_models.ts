import type { AppDeps } from "../../lib/http/mod.ts";
import { listModels, type ModelEntry } from "../../lib/storage/mod.ts";

/** A model that a tenant may use. */
export interface VisibleModel extends ModelEntry {
  /** Whether it is another tenant's. */
  readonly shared: boolean;
}

/** Lists a tenant's own models and those that others share, by name; an own model hides a shared one of its name. */
export async function visibleModels(
  { store, shared = new Map() }: Pick<AppDeps, "store" | "shared">,
  tenant: string,
): Promise<VisibleModel[]> {
  const models: VisibleModel[] = (await listModels(store, tenant)).map((entry) => ({ ...entry, shared: false }));
  const own = new Set(models.map(({ name }) => name));
  for (const [name, owner] of shared) {
    if (owner === tenant || own.has(name)) continue;
    const entry = (await listModels(store, owner)).find((entry) => entry.name === name);
    if (entry !== undefined) models.push({ ...entry, shared: true });
  }
  return models.sort((a, b) => (a.name < b.name ? -1 : 1));
}
