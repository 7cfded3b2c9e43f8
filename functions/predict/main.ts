import { runFunction } from "../../lib/http/mod.ts";
import { createInferenceEngine } from "../../lib/inference/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { createPredictApp } from "./mod.ts";

Deno.exit(
  await runFunction(8003, async ({ backend, model }, deps) => {
    const { name, why } = await chooseBackend(backend);
    deps.log({ level: "info", message: "backend", backend: name, why });
    return createPredictApp({ ...deps, engine: createInferenceEngine(), model });
  }, { access: "read" }),
);
