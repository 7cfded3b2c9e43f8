// The three functions on one store that misbehaves: what the kills of the soak kill. Arguments: store, data folder, seed, whether faults.
import { createAdaptApp } from "../../functions/adapt/mod.ts";
import { createPredictApp } from "../../functions/predict/mod.ts";
import { createRunQueue, createTrainApp } from "../../functions/train/mod.ts";
import { combineApps, createServerDeps, serveUntil } from "../../lib/http/mod.ts";
import { createInferenceEngine } from "../../lib/inference/mod.ts";
import { watchSignals } from "../../lib/process/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { trainInWorker } from "../../lib/training/mod.ts";
import { faultyStore } from "./faulty_store.ts";

const [url, dataFolder, seed, faulty] = Deno.args as [string, string, string, string];
const FAULTS = { slow: 0.1, slowMs: 60, fails: 0.01, lostAnswers: 0.02 };

const watch = watchSignals();
const real = createServerDeps(url, { stopping: watch.signal });
let serving = false;
const store = faultyStore(
  real.store,
  createRandom(Number(seed), "faults"),
  () => serving && faulty === "faulty" ? FAULTS : null,
);
const deps = { ...real, store };
await chooseBackend("wasm");
const [engine, model] = [createInferenceEngine(), "lightman"];
const queue = createRunQueue({ ...deps, trainer: trainInWorker, workers: 1, dataFolder });
const fetch = combineApps([
  createTrainApp({ ...deps, queue, model, dataFolder }),
  createAdaptApp({ ...deps, engine, model }),
  createPredictApp({ ...deps, engine, model }),
]);
await queue.resume("default");
await serveUntil(fetch, {
  port: 0,
  signal: watch.signal,
  log: deps.log,
  onListen: () => serving = true,
  close: () => queue.close(),
});
Deno.exit(watch.exitCode);
