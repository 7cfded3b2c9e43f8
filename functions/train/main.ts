import { runFunction } from "../../lib/http/mod.ts";
import { chooseBackend, countTensors } from "../../lib/runtime/mod.ts";
import { trainInWorker } from "../../lib/training/mod.ts";
import { createRunQueue, createTrainApp } from "./mod.ts";

Deno.exit(
  await runFunction(8001, async ({ backend, model, data, workers }, deps) => {
    const { name, why } = await chooseBackend(backend);
    deps.log({ level: "info", message: "backend", backend: name, why });
    deps.metrics.gauge("lightman_tensors", "Tensors alive.", countTensors);
    const queue = createRunQueue({
      ...deps,
      trainer: trainInWorker,
      // Beside the worker that leads the run, so that requests are answered while it computes.
      workers: workers ?? navigator.hardwareConcurrency,
      dataFolder: data,
    });
    let resumed = 0;
    for (const tenant of deps.keys?.tenants ?? ["default"]) resumed += await queue.resume(tenant);
    if (resumed > 0) deps.log({ level: "info", message: "resumed runs", runs: resumed });
    const app = createTrainApp({ ...deps, queue, model, dataFolder: data });
    return { fetch: (request, env) => app.fetch(request, env), close: () => queue.close() };
  }),
);
