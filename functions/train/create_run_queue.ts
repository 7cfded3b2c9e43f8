import type { Config } from "../../lib/config/mod.ts";
import { type LogRecord, type Metrics, ProblemError } from "../../lib/http/mod.ts";
import type { ObjectStore } from "../../lib/storage/mod.ts";
import type { Trainer } from "../../lib/training/mod.ts";
import { RunEvents } from "./_run_events.ts";
import { isFinished, listRuns, type RunState, saveRun } from "./_run_state.ts";
import { resolveConfig } from "./resolve_config.ts";

/** What a queue of runs needs. */
export interface RunQueueDeps {
  readonly store: ObjectStore;
  readonly trainer: Trainer;
  /** Worker processes of a run. */
  readonly workers: number;
  /** Folder of the data sets that configurations name; null: there is none. */
  readonly dataFolder: string | null;
  /** Where steps and runs are counted. @default {nowhere} */
  readonly metrics?: Metrics;
  /** Told after a run has promoted its model, so that a cache in the same process lets go at once. */
  onPromoted?(tenant: string, model: string): void;
  now(): number;
  log(record: LogRecord): void;
}

/** Runs of this process, one at a time. */
export interface RunQueue {
  /** Puts a new run, already stored as queued, at the end. */
  submit(tenant: string, state: RunState): void;
  /**
   * Cancels a run that waits or works here; resolves once its state in the store says so. False when it is not here.
   * Throws a ProblemError, 503, when the store does not take the new state: a run that waits keeps its place then, one
   * that works has stopped, and cancelling again tries again.
   */
  cancel(tenant: string, id: string): Promise<boolean>;
  /** Events of a run that was in this process, or null. */
  events(tenant: string, id: string): RunEvents | null;
  /** Takes up a tenant's runs that a process before this one left unfinished; returns how many. */
  resume(tenant: string): Promise<number>;
  /** Interrupts the run that works so that it checkpoints, and resolves once it has; it resumes at the next start. */
  close(): Promise<void>;
}

interface Job {
  readonly tenant: string;
  state: RunState;
  readonly events: RunEvents;
  readonly abort: AbortController;
  cancelled: boolean;
  /** The last state, when the store did not take it. */
  unsaved: RunState | null;
  /** A cancellation of this run that is being written, while it waits. */
  cancelling: Promise<void> | null;
  readonly done: PromiseWithResolvers<void>;
}

/** Finished runs whose events stay in memory for late clients. */
const MAX_FINISHED = 20;

/**
 * Makes the queue behind the train function: one run at a time, the rest wait in order.
 *
 * Every change of a run's status is a numbered manifest in the store. A run whose process ends, by {@linkcode
 * RunQueue.close} or by a crash, stays `running` there and goes on from its last checkpoint after `resume`. One queue
 * a store.
 *
 * @param deps Store, trainer, clock, log.
 * @returns The queue, empty.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { memoryStore } from "../../lib/storage/mod.ts";
 * import { createRunQueue } from "./mod.ts";
 * const trainer = () => Promise.resolve({ name: "m", version: "v", metrics: {} });
 * const deps = { store: memoryStore(), trainer, workers: 0, dataFolder: null, now: () => 0, log: () => {} };
 * assertEquals(await createRunQueue(deps).resume("default"), 0);
 * ```
 */
export function createRunQueue(deps: RunQueueDeps): RunQueue {
  const jobs = new Map<string, Job>();
  const waiting: Job[] = [];
  let active: Job | null = null;
  let closed = false;

  const steps = deps.metrics?.counter("lightman_training_steps_total", "Outer steps of training runs.");
  const ended = deps.metrics?.counter("lightman_runs_total", "Training runs that ended, by status.");
  deps.metrics?.gauge("lightman_runs_waiting", "Training runs that wait for their turn.", () => waiting.length);
  deps.metrics?.gauge("lightman_runs_active", "Training runs that work.", () => active === null ? 0 : 1);

  const timestamp = () => new Date(deps.now()).toISOString();
  const keyOf = (tenant: string, id: string) => `${tenant}/${id}`;

  async function change(job: Job, changes: Partial<RunState>): Promise<void> {
    const state = { ...job.state, ...changes };
    job.unsaved = state;
    await saveRun(deps.store, job.tenant, state);
    job.unsaved = null;
    job.state = state;
    job.events.add("state", state);
    if (isFinished(state)) ended?.({ status: state.status });
  }

  async function train(job: Job, config: Config): Promise<void> {
    const result = await deps.trainer(config, {
      store: deps.store,
      tenant: job.tenant,
      name: job.state.model,
      runId: job.state.id,
      workers: deps.workers,
      ...(deps.dataFolder !== null && { dataFolder: deps.dataFolder }),
      signal: job.abort.signal,
      onEvent(event) {
        if (event.type === "step") steps?.();
        job.events.add(event.type, event);
      },
    });
    const { name, version, metrics } = result;
    deps.onPromoted?.(job.tenant, name);
    const finished = { name, version, metrics: { ...metrics } };
    await change(job, { status: "succeeded", finishedAt: timestamp(), result: finished });
  }

  async function run(job: Job): Promise<void> {
    try {
      if (!job.cancelled) {
        await change(job, { status: "running", startedAt: job.state.startedAt ?? timestamp() });
        await train(job, await resolveConfig(job.state.config, deps.dataFolder));
      }
    } catch (error) {
      // Interrupted by close(): the store says running, and the next process goes on.
      if (closed && job.abort.signal.aborted && !job.cancelled) return;
      if (!job.cancelled) {
        const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
        deps.log({ level: "error", message: "run failed", run: job.state.id, error: message, stack });
        await change(job, { status: "failed", finishedAt: timestamp(), error: message });
      }
    }
    if (job.cancelled && !isFinished(job.state)) {
      await change(job, { status: "cancelled", finishedAt: timestamp() });
    }
  }

  function forgetOldest(): void {
    const finished = [...jobs].filter(([, job]) => job.events.closed && job.unsaved === null);
    for (const [key] of finished.slice(0, -MAX_FINISHED)) jobs.delete(key);
  }

  function end(job: Job): void {
    job.events.close();
    job.done.resolve();
    forgetOldest();
  }

  async function work(): Promise<void> {
    if (active !== null) return;
    for (let job = waiting.shift(); job !== undefined && !closed; job = waiting.shift()) {
      active = job;
      try {
        await run(job);
      } catch (error) {
        // The store cannot be written; the queue goes on, the run's state is what was last saved.
        logUnsaved(job, error);
      }
      end(job);
      active = null;
    }
  }

  function logUnsaved(job: Job, error: unknown): void {
    deps.log({ level: "error", message: "run state not saved", run: job.state.id, error: String(error) });
  }

  /** Takes a run out of the queue once the store says that it is cancelled; otherwise it gets its place back. */
  async function cancelWaiting(job: Job): Promise<void> {
    // Out of the queue while the state is written, so that it does not begin meanwhile.
    waiting.splice(waiting.indexOf(job), 1);
    try {
      await change(job, { status: "cancelled", finishedAt: timestamp() });
    } catch (error) {
      job.unsaved = null;
      const order = [...jobs.values()];
      const next = waiting.findIndex((other) => order.indexOf(other) > order.indexOf(job));
      waiting.splice(next < 0 ? waiting.length : next, 0, job);
      work();
      throw error;
    }
    end(job);
  }

  /** Cancels a run; false when there is nothing to do here. Throws when the store does not take the new state. */
  async function cancel(job: Job): Promise<boolean> {
    if (job.events.closed) {
      if (job.unsaved === null) return false;
      await change(job, job.unsaved);
      return true;
    }
    if (waiting.includes(job)) job.cancelling = cancelWaiting(job).finally(() => job.cancelling = null);
    if (job.cancelling !== null) {
      await job.cancelling;
      return true;
    }
    job.cancelled = true;
    job.abort.abort(new DOMException("The run was cancelled", "AbortError"));
    await job.done.promise;
    // Tried once more, also for the error.
    if (job.unsaved !== null) await change(job, job.unsaved);
    return true;
  }

  function submit(tenant: string, state: RunState): void {
    const job: Job = {
      tenant,
      state,
      events: new RunEvents(),
      abort: new AbortController(),
      cancelled: false,
      unsaved: null,
      cancelling: null,
      done: Promise.withResolvers<void>(),
    };
    job.events.add("state", state);
    jobs.set(keyOf(tenant, state.id), job);
    // The store says queued: the next process takes it up.
    if (closed) return job.events.close();
    waiting.push(job);
    work();
  }

  return {
    submit,
    async cancel(tenant, id) {
      const job = jobs.get(keyOf(tenant, id));
      if (job === undefined) return false;
      try {
        return await cancel(job);
      } catch (error) {
        logUnsaved(job, error);
        throw new ProblemError(503, "Cannot cancel the run: the store does not take its new state; try again");
      }
    },
    events: (tenant, id) => jobs.get(keyOf(tenant, id))?.events ?? null,
    async resume(tenant) {
      let taken = 0;
      for (const run of await listRuns(deps.store, tenant)) {
        if (run.status === "unreadable") {
          deps.log({ level: "error", message: "run state cannot be read", run: run.id, error: run.error });
        } else if (!isFinished(run) && !jobs.has(keyOf(tenant, run.id))) {
          submit(tenant, run);
          taken++;
        }
      }
      return taken;
    },
    async close() {
      closed = true;
      const running = active;
      running?.abort.abort(new DOMException("The server stops", "AbortError"));
      await running?.done.promise;
      for (const job of jobs.values()) job.events.close();
    },
  };
}
