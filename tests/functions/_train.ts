import { createRunQueue, createTrainApp } from "../../functions/train/mod.ts";
import { memoryStore, type ObjectStore, publishModel } from "../../lib/storage/mod.ts";
import { createMetrics } from "../../lib/http/mod.ts";
import type { Trainer, TrainingOptions } from "../../lib/training/mod.ts";
import { checked } from "../_util/checked.ts";
import { json, testDeps } from "../_util/http_fixture.ts";
import { modelCard, modelWeights } from "../_util/model_card.ts";

/** A trainer that the test drives: each run waits until it is released, aborted or failed. */
export function manualTrainer() {
  const runs: { config: unknown; options: TrainingOptions; finish: () => void; fail: (error: Error) => void }[] = [];
  const waiters: (() => void)[] = [];
  const train: Trainer = async (config, options) => {
    const gate = Promise.withResolvers<void>();
    runs.push({ config, options, finish: gate.resolve, fail: gate.reject });
    waiters.shift()?.();
    options.signal.addEventListener("abort", () => gate.reject(options.signal.reason));
    options.onEvent({ type: "step", step: 1, steps: 2, loss: 1.5, accuracy: 0.5, secondsLeft: 3 });
    await gate.promise;
    const version = await publishModel(
      options.store,
      options.tenant,
      options.name,
      modelWeights(),
      modelCard({ name: options.name }),
    );
    return { name: options.name, version, metrics: { accuracy: 0.75 } };
  };
  /** Resolves once the n-th run has begun. */
  const begun = async (n: number) => {
    while (runs.length < n) await new Promise<void>((resolve) => waiters.push(resolve));
    return runs[n - 1]!;
  };
  return { train, runs, begun };
}

/** The train function with a trainer of that kind. */
export function setUpTrain(store: ObjectStore = memoryStore(), dataFolder: string | null = null) {
  const deps = { ...testDeps(store), metrics: createMetrics() };
  const trainer = manualTrainer();
  const queue = createRunQueue({ ...deps, trainer: trainer.train, workers: 0, dataFolder });
  const app = checked(createTrainApp({ ...deps, queue, model: "main", dataFolder }), deps.api);
  const post = async (config: unknown = {}, query = "") =>
    await (await app.request(`/v1/train/runs${query}`, json(config))).json();
  const get = async (id: string) => await (await app.request(`/v1/train/runs/${id}`)).json();
  /** Resolves once a run has the status. */
  const reached = async (id: string, status: string) => {
    for (let i = 0; i < 200; i++) {
      const run = await get(id);
      if (run.status === status) return run;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    throw new Error(`run ${id} is ${(await get(id)).status}, not ${status}`);
  };
  return { deps, trainer, queue, app, post, get, reached };
}
