import type { Context, Hono } from "hono";
import {
  type AppDeps,
  type AppEnv,
  type ClipSource,
  createBaseApp,
  createMetrics,
  createWorkQueue,
  modelReadiness,
  parseFields,
  prepareClips,
  ProblemError,
  readClips,
} from "../../lib/http/mod.ts";
import type { InferenceEngine } from "../../lib/inference/mod.ts";
import { NotFoundError } from "../../lib/storage/mod.ts";
import type { Answer, Answerer, AnswerOptions, Asked } from "./_answer.ts";
import { addOpenInference } from "./_open_inference.ts";
import { measurePredictions } from "./_measure_predictions.ts";
import { createWarmUp } from "./_create_warm_up.ts";
import { findAnswerers } from "./_find_answerers.ts";
import { createPredictorCache, type LoadedPredictor, type PredictorCache } from "./create_predictor_cache.ts";
import { PREDICT_ROUTES } from "./routes.ts";
import { predictFieldsSchema } from "./schema.ts";
import { subjectSlot } from "./subject_slot.ts";

/** What the predict function needs. */
export interface PredictDeps extends AppDeps {
  readonly engine: InferenceEngine;
  /** Name of the model that answers when a request names none. */
  readonly model: string;
  /** Where predictors are held. @default {a cache of 256 MiB of its own} */
  readonly cache?: PredictorCache;
  /** Whether to make the default model ready at once, not when somebody first asks for readiness. @default {false} */
  readonly warm?: boolean;
}

/** Class probabilities as the answer's objects; without a label where no class is likely enough. */
function toPredictions(probabilities: Float32Array, classes: readonly string[], abstainBelow: number) {
  const predictions: { label: string | null; probabilities: Record<string, number> }[] = [];
  for (let at = 0; at < probabilities.length; at += classes.length) {
    const row = probabilities.subarray(at, at + classes.length);
    const highest = Math.max(...row);
    const label = highest < abstainBelow ? null : classes[row.indexOf(highest)]!;
    predictions.push({ label, probabilities: Object.fromEntries(classes.map((name, i) => [name, row[i]!])) });
  }
  return predictions;
}

/**
 * Makes the predict function: `POST /v1/predict`, and the Open Inference Protocol v2 below `/v2`.
 *
 * Each clip is answered independently of the others. A subject is answered with its own weights and the base version
 * they were calibrated on; `stale` tells that a newer base was promoted since. Which version is current is read from
 * the store at every request, or as seldom as the cache says; one version answers all of a request. It is ready once
 * the default model has answered a blank clip.
 *
 * @param deps Store, engine, clock, log.
 * @returns The app.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { memoryStore } from "../../lib/storage/mod.ts";
 * import { createPredictApp, type PredictDeps } from "./mod.ts";
 * const engine = { backend: "none" } as PredictDeps["engine"];
 * const deps = { store: memoryStore(), engine, model: "main", now: () => 0, newId: () => "id", log: () => {} };
 * assertEquals((await createPredictApp(deps).request("/v2/health/ready")).status, 503);
 * ```
 */
export function createPredictApp(deps: PredictDeps): Hono<AppEnv> {
  const { metrics = createMetrics(), work: queue = createWorkQueue() } = deps;
  const cache = deps.cache ?? createPredictorCache(256 * 2 ** 20);
  const answerers = findAnswerers({ ...deps, cache });
  const predicted = measurePredictions(metrics, cache);
  const warmUp = createWarmUp({ ...deps, cache, answerers });
  const ready = async () => await modelReadiness(deps, deps.model) ?? await warmUp();
  // A store that fails now will be asked again.
  if (deps.warm) ready().catch(() => {});
  const app = createBaseApp({ ...deps, metrics }, {
    scope: "predict",
    routes: PREDICT_ROUTES,
    ready,
  });

  /** What answers, or that nothing does: what this process still holds of a subject that is gone goes too. */
  async function find(tenant: string, { subject, model, version }: Asked): Promise<Answerer> {
    if (subject === undefined) return await answerers.model(tenant, model ?? deps.model, version);
    const answerer = await answerers.subject(tenant, subject, model);
    if (version === undefined || version === answerer.model.version) return answerer;
    const message =
      `expected the version that the subject was calibrated on, ${answerer.model.version}, got ${version}`;
    throw new ProblemError(409, `Cannot predict: ${message}`, [{ field: "version", message }]);
  }

  /** Decodes clips and predicts them; `mark` is told after loading and after decoding. */
  async function answer(
    c: Context<AppEnv>,
    clips: readonly ClipSource[],
    asked: Asked,
    { place, mark = () => {} }: AnswerOptions,
  ): Promise<Answer> {
    const [tenant, signal] = [c.get("tenant"), c.get("signal")];
    const { subject } = asked;
    let answerer: Answerer | undefined;
    const work = async ({ predictor, together, card }: LoadedPredictor) => {
      mark("load");
      return await place.run(async () => {
        const batch = await prepareClips(clips, card.recipe, { signal });
        mark("decode");
        signal.throwIfAborted();
        // Alone, a request has nobody to wait for.
        const predict = predictor.batches && queue.active > 1 ? together : predictor.predict;
        return { probabilities: await predict(batch), classes: card.classes };
      }, signal);
    };
    let result: Pick<Answer, "probabilities" | "classes">;
    try {
      answerer = await find(tenant, asked);
      result = await cache.use(answerer.slot, answerer.version, answerer.load, work);
    } catch (error) {
      // Erased, by another process perhaps: what this one still holds of the person goes too.
      if (subject !== undefined && error instanceof NotFoundError) cache.drop(subjectSlot(tenant, subject));
      throw error;
    }
    // A model that computes NaN must not answer.
    if (!result.probabilities.every(Number.isFinite)) throw new Error("Cannot predict: expected finite probabilities");
    predicted({ calibrated: String(subject !== undefined) }, clips.length);
    return { ...result, model: answerer.model, subject: answerer.subject };
  }

  app.post("/v1/predict", async (c) => {
    const marks: [name: string, at: number][] = [["start", deps.now()]];
    const mark = (name: string) => void marks.push([name, deps.now()]);
    const place = queue.enter();
    try {
      const { clips, fields } = await readClips(c);
      const asked = parseFields(predictFieldsSchema, fields);
      if (asked.subject !== undefined) c.set("subject", asked.subject);
      mark("read");
      const { probabilities, classes, model, subject } = await answer(c, clips, asked, { place, mark });
      mark("predict");
      const timing = marks.slice(1).map(([name, at], i) => `${name};dur=${(at - marks[i]![1]).toFixed(1)}`);
      c.header("Server-Timing", timing.join(", "));
      return c.json({ predictions: toPredictions(probabilities, classes, asked.abstainBelow ?? 0), model, subject });
    } finally {
      place.leave();
    }
  });
  addOpenInference(app, { ...deps, work: queue, backend: deps.engine.backend, answer });
  return app;
}
