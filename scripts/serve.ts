import { createAdaptApp } from "../functions/adapt/mod.ts";
import { createPredictApp, createPredictorCache, subjectSlot } from "../functions/predict/mod.ts";
import { createRunQueue, createTrainApp } from "../functions/train/mod.ts";
import { combineApps, createServerDeps, serveUntil } from "../lib/http/mod.ts";
import { createInferenceEngine } from "../lib/inference/mod.ts";
import { chooseBackend } from "../lib/runtime/mod.ts";
import { currentVersion } from "../lib/storage/mod.ts";
import { trainModel } from "../lib/training/mod.ts";
import type { CommandSpec, ParsedFlags } from "./_lib/args.ts";
import { runCommand } from "./_lib/run_command.ts";
import { modelNameOf } from "./_lib/run_flags.ts";
import { UsageError } from "./_lib/usage_error.ts";

const FUNCTIONS = ["train", "adapt", "predict"] as const;

const SPEC = {
  command: "serve",
  summary: "Starts the functions on one port of 127.0.0.1, for development.",
  flags: {
    functions: { type: "string", default: FUNCTIONS.join(","), value: "LIST", help: "Which functions" },
    port: { type: "integer", min: 0, max: 65535, default: 8000, help: "Port; 0: any free one" },
    store: { type: "string", default: "file:./store", value: "URL", help: "Models, subjects and runs" },
    data: { type: "string", default: "data", value: "DIR", help: "Data sets that training runs may name" },
    model: { type: "string", default: "lightman", value: "NAME", help: "Model that requests mean when they name none" },
    backend: { type: "string", choices: ["auto", "webgpu", "wasm", "cpu"], default: "auto", help: "Backend" },
    workers: { type: "integer", min: 0, max: 256, help: "Workers of a training run (default: the cores)" },
  },
} as const satisfies CommandSpec;

/** Cache of predictors: enough for a few hundred subjects at the default model. */
const CACHE_BYTES = 256 * 2 ** 20;

async function main({ values }: ParsedFlags<typeof SPEC.flags>, signal: AbortSignal): Promise<void> {
  const { data } = values;
  const model = modelNameOf(values.model);
  // In workers, so that requests are answered while a run computes.
  const workers = values.workers ?? navigator.hardwareConcurrency;
  if (Deno.env.get("LIGHTMAN_KEYS") !== undefined) {
    throw new UsageError("Cannot use LIGHTMAN_KEYS: this version has no keys and listens on 127.0.0.1 only");
  }
  const wanted = new Set(values.functions.split(","));
  for (const name of wanted) {
    if (!FUNCTIONS.some((known) => known === name)) {
      throw new UsageError(`Cannot use --functions: expected some of ${FUNCTIONS.join(",")}, got "${name}"`);
    }
  }
  let deps: ReturnType<typeof createServerDeps>;
  try {
    deps = createServerDeps(values.store, { stopping: signal, env: (name) => Deno.env.get(name) });
    await deps.store.check(wanted.has("train") || wanted.has("adapt") ? "write" : "read");
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const backend = await chooseBackend(values.backend);
  deps.log({ level: "info", message: "backend", backend: backend.name, why: backend.why });
  const engine = createInferenceEngine();
  const cache = createPredictorCache(CACHE_BYTES);
  const queue = createRunQueue({ ...deps, trainer: trainModel, workers, dataFolder: data });
  const onSubjectDeleted = (tenant: string, subject: string) => cache.drop(subjectSlot(tenant, subject));
  const makers: Record<typeof FUNCTIONS[number], () => ReturnType<typeof createTrainApp>> = {
    train: () => createTrainApp({ ...deps, queue, model, dataFolder: data }),
    adapt: () => createAdaptApp({ ...deps, engine, model, onSubjectDeleted }),
    predict: () => createPredictApp({ ...deps, engine, model, cache }),
  };
  const fetch = combineApps(FUNCTIONS.filter((name) => wanted.has(name)).map((name) => makers[name]()));
  if (wanted.has("train")) await queue.resume("default");
  const version = await currentVersion(deps.store, "default", model);
  await serveUntil(fetch, {
    port: values.port,
    signal,
    log: deps.log,
    onListen(url) {
      console.error(`Serving ${[...wanted].join(", ")} at ${url}. Without keys only this machine can reach it.`);
      if (version === null) {
        console.error(`There is no model "${model}" in ${deps.store.url} yet: train one first (deno task train)`);
      }
    },
    close: () => queue.close(),
  });
  cache.clear();
}

if (import.meta.main) Deno.exit(await runCommand(SPEC, main));
