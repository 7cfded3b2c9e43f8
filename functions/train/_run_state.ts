import { z } from "zod";
import { configSchema } from "../../lib/config/mod.ts";
import { appendManifest, currentManifest, type ObjectStore } from "../../lib/storage/mod.ts";

const runStateSchema = z.strictObject({
  id: z.string(),
  status: z.enum(["queued", "running", "succeeded", "failed", "cancelled"]),
  /** Name of the model that the run publishes. */
  model: z.string(),
  /** As the client gave it: data and macro are names, not paths. */
  config: configSchema,
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  result: z.strictObject({
    name: z.string(),
    version: z.string(),
    metrics: z.record(z.string(), z.number()),
  }).nullable(),
  /** Why it failed. */
  error: z.string().nullable(),
});

/** A run as it stands in the store; a numbered manifest, so a crash keeps the state before it. */
export type RunState = z.infer<typeof runStateSchema>;

/** Tells whether a run will not change any more. */
export function isFinished({ status }: RunState): boolean {
  return status !== "queued" && status !== "running";
}

function statePrefix(tenant: string, id: string): string {
  return `tenants/${tenant}/runs/${id}/state`;
}

/** Writes a run's new state. */
export async function saveRun(store: ObjectStore, tenant: string, state: RunState): Promise<void> {
  await appendManifest(store, statePrefix(tenant, state.id), state);
}

/** Reads a run's state; null when there is no such run. */
export async function loadRun(store: ObjectStore, tenant: string, id: string): Promise<RunState | null> {
  const manifest = await currentManifest(store, statePrefix(tenant, id));
  return manifest === null ? null : runStateSchema.parse(manifest.value);
}

/** Reads all runs of a tenant, oldest first. */
export async function listRuns(store: ObjectStore, tenant: string): Promise<RunState[]> {
  const prefix = `tenants/${tenant}/runs/`;
  const ids = new Set<string>();
  for (const key of await store.list(prefix)) {
    const [id, folder] = key.slice(prefix.length).split("/");
    if (id !== undefined && folder === "state") ids.add(id);
  }
  const runs: RunState[] = [];
  for (const id of ids) {
    const run = await loadRun(store, tenant, id);
    if (run !== null) runs.push(run);
  }
  return runs.sort((a, b) => (a.createdAt + a.id < b.createdAt + b.id ? -1 : 1));
}
