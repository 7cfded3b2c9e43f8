import * as z from "zod";
import { appendManifest, currentManifest, type ObjectStore } from "../../lib/storage/mod.ts";
import { runStateSchema } from "./schema.ts";

/** A run as it stands in the store; a numbered manifest, so a crash keeps the state before it. */
export type RunState = z.infer<typeof runStateSchema>;

/** Tells whether a run will not change any more. */
export function isFinished({ status }: Pick<RunState, "status">): boolean {
  return status !== "queued" && status !== "running";
}

function statePrefix(tenant: string, id: string): string {
  return `tenants/${tenant}/runs/${id}/state`;
}

/** Writes a run's new state. */
export async function saveRun(store: ObjectStore, tenant: string, state: RunState): Promise<void> {
  await appendManifest(store, statePrefix(tenant, state.id), state);
}

/** A run whose state in the store cannot be read; the other runs do not suffer from it. */
export interface UnreadableRun {
  readonly id: string;
  readonly status: "unreadable";
  /** Why. */
  readonly error: string;
}

/** Why a state is none, in one line. */
function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) {
    const { path, message } = error.issues[0]!;
    return `${path.join(".") || "the state"}: ${message}`;
  }
  return error instanceof Error ? error.message.split("\n")[0]! : String(error);
}

/** Reads a run's state; null when there is no such run. */
export async function loadRun(
  store: ObjectStore,
  tenant: string,
  id: string,
): Promise<RunState | UnreadableRun | null> {
  try {
    const manifest = await currentManifest(store, statePrefix(tenant, id));
    if (manifest === null) return null;
    const state = runStateSchema.parse(manifest.value);
    if (state.id !== id) throw new SyntaxError(`expected the state of run ${id}, got that of ${state.id}`);
    return state;
  } catch (error) {
    return { id, status: "unreadable", error: `Cannot read the run's state: ${reasonOf(error)}` };
  }
}

/** Reads all runs of a tenant, oldest first; those that cannot be read come last. */
export async function listRuns(store: ObjectStore, tenant: string): Promise<(RunState | UnreadableRun)[]> {
  const prefix = `tenants/${tenant}/runs/`;
  const ids = new Set<string>();
  for (const key of await store.list(prefix)) {
    const [id, folder] = key.slice(prefix.length).split("/");
    if (id !== undefined && folder === "state") ids.add(id);
  }
  const runs: RunState[] = [];
  const unreadable: UnreadableRun[] = [];
  for (const id of ids) {
    const run = await loadRun(store, tenant, id);
    if (run?.status === "unreadable") unreadable.push(run);
    else if (run !== null) runs.push(run);
  }
  return [...runs.sort((a, b) => (a.createdAt + a.id < b.createdAt + b.id ? -1 : 1)), ...unreadable];
}
