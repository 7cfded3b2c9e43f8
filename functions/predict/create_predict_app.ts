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
import {
  currentVersion,
  loadModel,
  loadModelCard,
  loadSubject,
  loadSubjectMeta,
  NotFoundError,
} from "../../lib/storage/mod.ts";
import type { Answer, Answerer, AnswerOptions, Asked } from "./_answer.ts";
import { addOpenInference } from "./_open_inference.ts";
import { measurePredictions } from "./_measure_predictions.ts";
import { createPredictorCache, type PredictorCache } from "./create_predictor_cache.ts";
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
}

/** Class probabilities as the answer's objects. */
function toPredictions(probabilities: Float32Array, classes: readonly string[]) {
  const predictions: { label: string; probabilities: Record<string, number> }[] = [];
  for (let at = 0; at < probabilities.length; at += classes.length) {
    const row = probabilities.subarray(at, at + classes.length);
    const label = classes[row.indexOf(Math.max(...row))]!;
    predictions.push({ label, probabilities: Object.fromEntries(classes.map((name, i) => [name, row[i]!])) });
  }
  return predictions;
}

/**
 * Makes the predict function: `POST /v1/predict`, and the Open Inference Protocol v2 below `/v2`.
 *
 * Each clip is answered independently of the others. A subject is answered with its own weights and the base version
 * they were calibrated on; `stale` tells that a newer base was promoted since. Which version is current is read from
 * the store at every request, so promotion, calibration and deletion take effect at once; predictors are cached.
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
  const { store, engine, metrics = createMetrics(), work = createWorkQueue() } = deps;
  const cache = deps.cache ?? createPredictorCache(256 * 2 ** 20);
  const predicted = measurePredictions(metrics, cache);
  const app = createBaseApp({ ...deps, metrics }, {
    scope: "predict",
    routes: PREDICT_ROUTES,
    ready: () => modelReadiness(deps, deps.model),
  });

  async function findModel(tenant: string, name: string, asked: string | undefined): Promise<Answerer> {
    const { version } = await loadModelCard(store, tenant, name, asked === undefined ? {} : { version: asked });
    return {
      // A version that is asked for by name does not push out the current one.
      slot: `${tenant}/models/${name}${asked === undefined ? "" : `/${asked}`}`,
      version,
      model: { name, version },
      subject: null,
      async load() {
        const { weights, card } = await loadModel(store, tenant, name, { version });
        return { predictor: await engine.createPredictor(weights, card), card };
      },
    };
  }

  async function findSubject(tenant: string, subject: string, model: string | undefined): Promise<Answerer> {
    const slot = subjectSlot(tenant, subject);
    const meta = await loadSubjectMeta(store, tenant, subject).catch((error) => {
      // Deleted by another process: what this one still holds of the person goes too.
      if (error instanceof NotFoundError) cache.drop(slot);
      throw error;
    });
    const base = meta.model;
    if (model !== undefined && model !== base.name) {
      const message = `expected the model that the subject was calibrated on, "${base.name}", got "${model}"`;
      throw new ProblemError(409, `Cannot predict: ${message}`, [{ field: "model", message }]);
    }
    const stale = await currentVersion(store, tenant, base.name) !== base.version;
    return {
      slot,
      version: meta.version,
      model: { name: base.name, version: base.version },
      subject: { id: subject, version: meta.version, stale },
      async load() {
        const card = await loadModelCard(store, tenant, base.name, { version: base.version });
        const { weights } = await loadSubject(store, tenant, subject, { version: meta.version });
        return { predictor: await engine.createPredictor(weights, card), card };
      },
    };
  }

  /** Decodes clips and predicts them; `mark` is told after loading and after decoding. */
  async function answer(
    c: Context<AppEnv>,
    clips: readonly ClipSource[],
    asked: Asked,
    { place, mark = () => {} }: AnswerOptions,
  ): Promise<Answer> {
    const [tenant, signal] = [c.get("tenant"), c.get("signal")];
    const { subject, model, version } = asked;
    const answerer = subject === undefined
      ? await findModel(tenant, model ?? deps.model, version)
      : await findSubject(tenant, subject, model);
    if (version !== undefined && version !== answerer.model.version) {
      const message =
        `expected the version that the subject was calibrated on, ${answerer.model.version}, got ${version}`;
      throw new ProblemError(409, `Cannot predict: ${message}`, [{ field: "version", message }]);
    }
    const result = await cache.use(
      answerer.slot,
      answerer.version,
      () => answerer.load(),
      ({ predictor, card }) => {
        mark("load");
        return place.run(async () => {
          const batch = await prepareClips(clips, card.recipe, { signal });
          mark("decode");
          signal.throwIfAborted();
          return { probabilities: await predictor.predict(batch), classes: card.classes };
        }, signal);
      },
    );
    // A model that computes NaN must not answer.
    if (!result.probabilities.every(Number.isFinite)) throw new Error("Cannot predict: expected finite probabilities");
    predicted({ calibrated: String(subject !== undefined) }, clips.length);
    return { ...result, model: answerer.model, subject: answerer.subject };
  }

  app.post("/v1/predict", async (c) => {
    const marks: [name: string, at: number][] = [["start", deps.now()]];
    const mark = (name: string) => void marks.push([name, deps.now()]);
    const place = work.enter();
    try {
      const { clips, fields } = await readClips(c);
      const asked = parseFields(predictFieldsSchema, fields);
      if (asked.subject !== undefined) c.set("subject", asked.subject);
      mark("read");
      const { probabilities, classes, model, subject } = await answer(c, clips, asked, { place, mark });
      mark("predict");
      const timing = marks.slice(1).map(([name, at], i) => `${name};dur=${(at - marks[i]![1]).toFixed(1)}`);
      c.header("Server-Timing", timing.join(", "));
      return c.json({ predictions: toPredictions(probabilities, classes), model, subject });
    } finally {
      place.leave();
    }
  });
  addOpenInference(app, { store, work, backend: engine.backend, answer });
  return app;
}
