import { createAdaptApp, finishTenantErasures } from "../functions/adapt/mod.ts";
import { createPredictApp, createPredictorCache, modelSlot, subjectSlot } from "../functions/predict/mod.ts";
import { createRunQueue, createTrainApp } from "../functions/train/mod.ts";
import {
  checkedHost,
  combineApps,
  createServerDeps,
  LIMIT_SETTINGS,
  loadKeyring,
  modelReadiness,
  parseOrigins,
  parseSharedModels,
  readLimits,
  serveUntil,
} from "../lib/http/mod.ts";
import { createInferenceEngine } from "../lib/inference/mod.ts";
import { chooseBackend, countTensors } from "../lib/runtime/mod.ts";
import { trainInWorker } from "../lib/training/mod.ts";
import type { CommandSpec, ParsedFlags } from "./_lib/args.ts";
import { runCommand } from "./_lib/run_command.ts";
import { modelNameOf } from "./_lib/run_flags.ts";
import { UsageError } from "./_lib/usage_error.ts";

const FUNCTIONS = ["train", "adapt", "predict"] as const;

const SPEC = {
  command: "serve",
  summary: "Starts the functions on one port, without keys on 127.0.0.1 only.",
  flags: {
    functions: { type: "string", default: FUNCTIONS.join(","), value: "LIST", help: "Which functions" },
    port: { type: "integer", min: 0, max: 65535, default: 8000, help: "Port; 0: any free one" },
    store: { type: "string", default: "file:./store", value: "URL", help: "Models, subjects and runs" },
    data: { type: "string", default: "data", value: "DIR", help: "Data sets that training runs may name" },
    model: { type: "string", default: "lightman", value: "NAME", help: "Model that requests mean when they name none" },
    backend: { type: "string", choices: ["auto", "webgpu", "wasm", "cpu"], default: "auto", help: "Backend" },
    keys: { type: "string", value: "FILE", help: "Keys that requests must have (default: LIGHTMAN_KEYS)" },
    host: { type: "string", value: "IP", help: "Address to listen on; other than 127.0.0.1 only with keys" },
    cors: {
      type: "string",
      value: "ORIGINS",
      help: "Origins whose pages may use it, with commas (default: LIGHTMAN_CORS)",
    },
    rate: { type: "integer", min: 0, max: 100_000, default: 100, help: "Requests a second of a key; 0: any number" },
    workers: { type: "integer", min: 0, max: 256, help: "Workers of a training run (default: the cores)" },
  },
} as const satisfies CommandSpec;

/** Milliseconds between two looks for subjects that nobody asks for. */
const SWEEP_MS = 60_000;

/** Keys, address and origins, from flags or else from the variables of the single functions. */
async function protection(values: ParsedFlags<typeof SPEC.flags>["values"]) {
  const pick = (flag: "keys" | "host" | "cors", name: string) => {
    const value = values[flag];
    return value === undefined ? { value: Deno.env.get(name), name } : { value, name: `--${flag}` };
  };
  const file = pick("keys", "LIGHTMAN_KEYS");
  const address = pick("host", "LIGHTMAN_HOST");
  const keys = file.value === undefined ? undefined : await loadKeyring(file.value, file.name);
  const host = checkedHost(address.name, address.value ?? "127.0.0.1", { keyed: keys !== undefined });
  const list = pick("cors", "LIGHTMAN_CORS");
  return { keys, host, origins: parseOrigins(list.name, list.value) };
}

async function main({ values }: ParsedFlags<typeof SPEC.flags>, signal: AbortSignal): Promise<void> {
  const { data } = values;
  const model = modelNameOf(values.model);
  // In workers, so that requests are answered while a run computes.
  const workers = values.workers ?? navigator.hardwareConcurrency;
  const { keys, host, origins } = await protection(values);
  const { limits, work, cacheBytes, freshMs } = readLimits(
    Object.fromEntries(LIMIT_SETTINGS.map((name) => [name, Deno.env.get(name)])),
  );
  const shared = parseSharedModels("LIGHTMAN_SHARED", Deno.env.get("LIGHTMAN_SHARED"));
  const wanted = new Set(values.functions.split(","));
  for (const name of wanted) {
    if (!FUNCTIONS.some((known) => known === name)) {
      throw new UsageError(`Cannot use --functions: expected some of ${FUNCTIONS.join(",")}, got "${name}"`);
    }
  }
  let deps: ReturnType<typeof createServerDeps>;
  try {
    deps = createServerDeps(values.store, {
      stopping: signal,
      origins,
      rate: values.rate,
      limits,
      work,
      shared,
      env: (name) => Deno.env.get(name),
      ...(keys && { keys }),
    });
    await deps.store.check(wanted.has("train") || wanted.has("adapt") ? "write" : "read");
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const backend = await chooseBackend(values.backend);
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
    port: values.port,
    signal,
    log: deps.log,
    onListen(url) {
      const note = keys ? "Requests need a key." : "Without keys only this machine can reach it.";
      console.error(`Serving ${[...wanted].join(", ")} at ${url}. ${note}`);
      if (why !== null) {
        console.error(`There is no model "${model}" in ${deps.store.url} yet: train one first (deno task train)`);
      }
    },
    close: () => queue.close(),
  });
  clearInterval(sweeping);
  cache.clear();
}

if (import.meta.main) Deno.exit(await runCommand(SPEC, main));
