import { runFunction } from "../../lib/http/mod.ts";
import { createInferenceEngine } from "../../lib/inference/mod.ts";
import { chooseBackend, countTensors } from "../../lib/runtime/mod.ts";
import { createAdaptApp } from "./create_adapt_app.ts";
import { finishTenantErasures } from "./finish_tenant_erasures.ts";

/** The adapt function as a program, with settings from the environment; resolves to the exit code. */
export async function runAdapt(): Promise<number> {
  return await runFunction(8002, async ({ backend, model }, deps) => {
    const { name, why } = await chooseBackend(backend);
    deps.log({ level: "info", message: "backend", backend: name, why });
    deps.metrics.gauge("lightman_tensors", "Tensors alive.", countTensors);
    void finishTenantErasures(deps);
    return createAdaptApp({ ...deps, engine: createInferenceEngine(), model });
  });
}
