// The three functions with a small model and a trainer that is done at once: what the fuzz talks to. Argument: store.
import { createAdaptApp } from "../../functions/adapt/mod.ts";
import { createPredictApp } from "../../functions/predict/mod.ts";
import { createRunQueue, createTrainApp } from "../../functions/train/mod.ts";
import { combineApps, createServerDeps, serveUntil } from "../../lib/http/mod.ts";
import { createInferenceEngine } from "../../lib/inference/mod.ts";
import { watchSignals } from "../../lib/process/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";

const watch = watchSignals();
const deps = createServerDeps(Deno.args[0]!, { stopping: watch.signal });
await chooseBackend("wasm");
const [engine, model] = [createInferenceEngine(), "lightman"];
const queue = createRunQueue({
  ...deps,
  trainer: () => Promise.reject(new Error("nothing is trained here")),
  workers: 0,
  dataFolder: null,
});
const fetch = combineApps([
  createTrainApp({ ...deps, queue, model, dataFolder: null }),
  createAdaptApp({ ...deps, engine, model }),
  createPredictApp({ ...deps, engine, model }),
]);
await serveUntil(fetch, { port: 0, signal: watch.signal, log: deps.log, close: () => queue.close() });
Deno.exit(watch.exitCode);
