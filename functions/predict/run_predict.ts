import { runFunction } from "../../lib/http/mod.ts";
import { createInferenceEngine } from "../../lib/inference/mod.ts";
import { chooseBackend, countTensors } from "../../lib/runtime/mod.ts";
import { createPredictApp } from "./create_predict_app.ts";
import { createPredictorCache } from "./create_predictor_cache.ts";

/** Milliseconds between two looks for subjects that nobody asks for. */
const SWEEP_MS = 60_000;

/** The predict function as a program, with settings from the environment; resolves to the exit code. */
export async function runPredict(): Promise<number> {
  return await runFunction(8003, async ({ backend, model, cacheBytes, freshMs }, deps) => {
    const { name, why } = await chooseBackend(backend);
    deps.log({ level: "info", message: "backend", backend: name, why });
    deps.metrics.gauge("lightman_tensors", "Tensors alive.", countTensors);
    const cache = createPredictorCache(cacheBytes, { freshMs, now: deps.now });
    setInterval(cache.sweep, SWEEP_MS);
    return createPredictApp({ ...deps, engine: createInferenceEngine(), model, cache, warm: true });
  }, { access: "read" });
}
