import { createAdaptApp, finishTenantErasures } from "../functions/adapt/mod.ts";
import { createPredictApp, createPredictorCache, modelSlot, subjectSlot } from "../functions/predict/mod.ts";
import { createRunQueue, createTrainApp } from "../functions/train/mod.ts";
import { combineApps, createServerDeps, loadKeyring, modelReadiness, serveUntil } from "../lib/http/mod.ts";
import { createInferenceEngine } from "../lib/inference/mod.ts";
import { chooseBackend, countTensors } from "../lib/runtime/mod.ts";
import { trainInWorker } from "../lib/training/mod.ts";
import type { CommandSpec, ParsedFlags } from "./_lib/args.ts";
import { runCommand } from "./_lib/run_command.ts";
import { UsageError } from "./_lib/usage_error.ts";
import { serveSettings } from "./_serve_settings.ts";
import { trainCommand } from "./_train_words.ts";

const FUNCTIONS = ["train", "adapt", "predict"] as const;

const SPEC = {
  command: "serve",
  summary: "Starts the functions on one port, without keys on 127.0.0.1 only.",
  flags: {
    functions: { type: "string", default: FUNCTIONS.join(","), value: "LIST", help: "Which functions" },
    port: { type: "integer", min: 0, max: 65535, help: "Port; 0: any free one (LIGHTMAN_PORT, else 8000)" },
    store: { type: "string", value: "URL", help: "Models, subjects and runs (LIGHTMAN_STORE, else file:./store)" },
    data: { type: "string", value: "DIR", help: "Data sets that training runs may name (LIGHTMAN_DATA, else data)" },
    model: {
      type: "string",
      value: "NAME",
      help: "Model that requests mean when they name none (LIGHTMAN_MODEL, else lightman)",
    },
    backend: {
      type: "string",
      choices: ["auto", "webgpu", "wasm", "cpu"],
      help: "Backend (LIGHTMAN_BACKEND, else auto)",
    },
    keys: { type: "string", value: "FILE", help: "Keys that requests must have (LIGHTMAN_KEYS, else none)" },
    host: {
      type: "string",
      value: "IP",
      help: "Address to listen on, with keys any (LIGHTMAN_HOST, else 127.0.0.1)",
    },
    cors: {
      type: "string",
      value: "ORIGINS",
      help: "Origins whose pages may use it, with commas (LIGHTMAN_CORS, else none)",
    },
    rate: {
      type: "integer",
      min: 0,
      max: 100_000,
      help: "Requests a second of a key; 0: any number (LIGHTMAN_RATE, else 100)",
    },
    workers: {
      type: "integer",
      min: 0,
      max: 256,
      help: "Workers of a training run (LIGHTMAN_WORKERS, else the cores)",
    },
  },
} as const satisfies CommandSpec;

/** Milliseconds between two looks for subjects that nobody asks for. */
const SWEEP_MS = 60_000;

async function main({ values }: ParsedFlags<typeof SPEC.flags>, signal: AbortSignal): Promise<void> {
  const { functions, ...flags } = values;
  const { settings, called } = serveSettings(flags, (name) => Deno.env.get(name));
  const { data, model, host, shared, cacheBytes, freshMs } = settings;
  // In workers, so that requests are answered while a run computes.
  const workers = settings.workers ?? navigator.hardwareConcurrency;
  const keys = settings.keys === null ? undefined : await loadKeyring(settings.keys, called("LIGHTMAN_KEYS"));
  const wanted = new Set(functions.split(","));
  for (const name of wanted) {
    if (!FUNCTIONS.some((known) => known === name)) {
      throw new UsageError(`Cannot use --functions: expected some of ${FUNCTIONS.join(",")}, got "${name}"`);
    }
  }
  let deps: ReturnType<typeof createServerDeps>;
  try {
    deps = createServerDeps(settings.store, {
      stopping: signal,
      origins: settings.origins,
      rate: settings.rate,
      limits: settings.limits,
      work: settings.work,
      shared,
      env: (name) => Deno.env.get(name),
      ...(keys && { keys }),
    });
    await deps.store.check(wanted.has("train") || wanted.has("adapt") ? "write" : "read");
  } catch (error) {
    throw new UsageError(`Cannot use ${called("LIGHTMAN_STORE")}: ${(error as Error).message}`);
  }
  const backend = await chooseBackend(settings.backend);
  deps.log({ level: "info", message: "backend", backend: backend.name, why: backend.why });
  deps.metrics.gauge("lightman_tensors", "Tensors alive.", countTensors);
  const engine = createInferenceEngine();
  const cache = createPredictorCache(cacheBytes, { freshMs, now: deps.now });
  const sweeping = setInterval(cache.sweep, SWEEP_MS);
  const onSubjectChanged = (tenant: string, subject: string) => cache.drop(subjectSlot(tenant, subject));
  const tenants = keys?.tenants ?? ["default"];
  const onPromoted = (tenant: string, name: string) => {
    // A shared model is in the slots of who uses it.
    const users = shared.get(name) === tenant ? tenants : [];
    for (const user of [tenant, ...users]) cache.drop(modelSlot(user, name));
  };
  const queue = createRunQueue({ ...deps, trainer: trainInWorker, workers, dataFolder: data, onPromoted });
  const makers: Record<typeof FUNCTIONS[number], () => ReturnType<typeof createTrainApp>> = {
    train: () => createTrainApp({ ...deps, queue, model, dataFolder: data, onPromoted }),
    adapt: () => createAdaptApp({ ...deps, engine, model, onSubjectChanged }),
    predict: () => createPredictApp({ ...deps, engine, model, cache, warm: true }),
  };
  const fetch = combineApps(FUNCTIONS.filter((name) => wanted.has(name)).map((name) => makers[name]()));
  if (wanted.has("train")) { for (const tenant of tenants) await queue.resume(tenant); }
  if (wanted.has("adapt")) void finishTenantErasures(deps);
  const why = await modelReadiness(deps, model);
  await serveUntil(fetch, {
    host,
    keyed: keys !== undefined,
    port: settings.port,
    signal,
    log: deps.log,
    onListen(url) {
      const note = keys ? "Requests need a key." : "Without keys only this machine can reach it.";
      console.error(`Serving ${[...wanted].join(", ")} at ${url}. ${note}`);
      if (why !== null) {
        console.error(
          `There is no model "${model}" in ${deps.store.url} yet: train one first (${trainCommand(settings)})`,
        );
      }
    },
    close: () => queue.close(),
  });
  clearInterval(sweeping);
  cache.clear();
}

if (import.meta.main) Deno.exit(await runCommand(SPEC, main));
