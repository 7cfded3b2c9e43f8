import * as tf from "@tensorflow/tfjs-core";
import type { Config } from "../config/mod.ts";
import { type BackendName, workerError } from "../runtime/mod.ts";
import { answerStoreCall } from "./_remote_store.ts";
import type { TrainingAsk, TrainingNews } from "./_training_worker.ts";
import type { TrainingOptions, TrainingResult } from "./types.ts";

const MODULE = new URL("./_training_worker.ts", import.meta.url);

/**
 * Runs `trainModel` in a worker, on the backend that is current here: rendering, reading, steps and evaluation all
 * leave this thread free to answer requests. The store stays in this thread.
 *
 * @param config The configuration.
 * @param options As of `trainModel`; when the signal aborts, the worker checkpoints first.
 * @returns What the run left.
 * @throws The signal's reason when it was aborted; an Error with the worker's message and stack when the run failed.
 *
 * @example
 * ```ts ignore
 * import { configSchema } from "../config/mod.ts";
 * import { trainInWorker, type TrainingOptions } from "./mod.ts";
 * declare const options: TrainingOptions;
 * const { version } = await trainInWorker(configSchema.parse({}), options);
 * ```
 */
export async function trainInWorker(config: Config, options: TrainingOptions): Promise<TrainingResult> {
  const { store, signal, onEvent, ...plain } = options;
  signal.throwIfAborted();
  const worker = new Worker(MODULE, { type: "module" });
  const tell = (ask: TrainingAsk) => worker.postMessage(ask);
  const done = Promise.withResolvers<TrainingResult>();
  worker.onmessage = async ({ data }: MessageEvent<TrainingNews>) => {
    if ("event" in data) onEvent(data.event);
    else if ("call" in data) tell({ reply: await answerStoreCall(store, data.call) });
    else if ("result" in data) done.resolve(data.result);
    else done.reject(workerError(data.failure));
  };
  worker.onerror = (event) => {
    event.preventDefault();
    done.reject(new Error(`The training worker failed: ${event.message}`));
  };
  const abort = () => tell({ abort: signal.reason instanceof Error ? signal.reason.message : String(signal.reason) });
  signal.addEventListener("abort", abort, { once: true });
  try {
    tell({ config, options: plain, store: store.url, backend: tf.getBackend() as BackendName });
    return await done.promise;
  } catch (error) {
    // What stopped it is the reason, not what the worker makes of it.
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", abort);
    worker.terminate();
  }
}
