import type { Context, Hono } from "hono";
import type { z } from "zod";
import { ALGORITHMS, type Config, innerStepsOf } from "../../lib/config/mod.ts";
import {
  type AppDeps,
  type AppEnv,
  checkedName,
  type ClipSource,
  createBaseApp,
  createKeyedLock,
  createMetrics,
  createWorkQueue,
  type FieldError,
  modelOwner,
  modelReadiness,
  parseFields,
  prepareClips,
  ProblemError,
  readClips,
  type WorkPlace,
} from "../../lib/http/mod.ts";
import type { Calibration, InferenceEngine } from "../../lib/inference/mod.ts";
import { MemoryLimitError } from "../../lib/runtime/mod.ts";
import {
  currentVersion,
  deleteSubject,
  listSubjects,
  loadModel,
  loadSubjectMeta,
  NotFoundError,
  saveSubject,
  type StoredSubject,
  subjectGeneration,
} from "../../lib/storage/mod.ts";
import { createReplays } from "./_replays.ts";
import { ADAPT_ROUTES } from "./routes.ts";
import { type calibrationAnswerSchema, calibrationFieldsSchema } from "./schema.ts";

/** What the adapt function needs. */
export interface AdaptDeps extends AppDeps {
  readonly engine: InferenceEngine;
  /** Name of the model that is calibrated when a request names none. */
  readonly model: string;
  /**
   * Told after a calibration is stored, after a subject's objects are gone, and after a deletion failed half-way, so that
   * a cache in the same process lets go at once.
   */
  onSubjectChanged?(tenant: string, subject: string): void;
}

/** Labels as indices into the model's classes; every clip of a calibration needs one. */
function labelIndices(clips: readonly ClipSource[], classes: readonly string[]): number[] {
  const errors: FieldError[] = [];
  const labels = clips.map(({ label }, i) => {
    const index = label === null ? -1 : classes.indexOf(label);
    if (index < 0) {
      errors.push({
        field: `clips.${i}.label`,
        message: `expected one of ${classes.join(", ")}, got ${label === null ? "none" : JSON.stringify(label)}`,
      });
    }
    return index;
  });
  if (clips.every(({ kind }) => kind === "macro")) errors.push({ field: "clips", message: "expected a micro clip" });
  if (errors.length > 0) {
    throw new ProblemError(422, `Cannot calibrate: ${errors[0]!.field}: ${errors[0]!.message}`, errors);
  }
  return labels;
}

/** Gradient steps of a calibration; a model that compares takes none. */
function stepsOf(config: Config, asked: number | undefined): number {
  if (ALGORITHMS[config.algorithm].training !== "metric") return asked ?? Math.max(1, innerStepsOf(config));
  if (asked === undefined) return 0;
  const message = `expected none, because a ${config.algorithm} model takes no gradient steps`;
  throw new ProblemError(422, `Cannot calibrate: innerSteps: ${message}`, [{ field: "innerSteps", message }]);
}

/** A calibration's report, of what is stored of it. */
function calibrationAnswer(
  { subject, version, model, innerSteps, before, after, classes }: z.infer<typeof calibrationAnswerSchema>,
): z.infer<typeof calibrationAnswerSchema> {
  return { subject, version, model, innerSteps, before, after, classes };
}

/** The key by which a client knows a request again, or null. */
function idempotencyKey(c: Context<AppEnv>): string | null {
  const key = c.req.header("Idempotency-Key");
  if (key === undefined || /^[!-~]{1,128}$/.test(key)) return key ?? null;
  const message = "expected 1 to 128 visible ASCII characters";
  throw new ProblemError(422, `Cannot calibrate: Idempotency-Key: ${message}`, [{ field: "Idempotency-Key", message }]);
}

/**
 * Makes the adapt function: a gradient step, or what else the model's algorithm does, calibrates a person.
 *
 * `POST /v1/subjects/{subject}/calibrations`, `GET /v1/subjects`, `GET` and `DELETE /v1/subjects/{subject}`. Every
 * calibration starts from the model's stable version and replaces the subject's earlier one. Frames are never stored.
 *
 * @param deps Store, engine, clock, log.
 * @returns The app.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { memoryStore } from "../../lib/storage/mod.ts";
 * import { type AdaptDeps, createAdaptApp } from "./mod.ts";
 * const engine = { backend: "none" } as AdaptDeps["engine"];
 * const deps = { store: memoryStore(), engine, model: "main", now: () => 0, newId: () => "id", log: () => {} };
 * const response = await createAdaptApp(deps).request("/v1/subjects");
 * assertEquals(await response.json(), { subjects: [] });
 * ```
 */
export function createAdaptApp(deps: AdaptDeps): Hono<AppEnv> {
  const { store, engine, metrics = createMetrics(), work = createWorkQueue() } = deps;
  const calibrated = metrics.counter("lightman_calibrations_total", "Calibrations that were stored.");
  const erased = metrics.counter("lightman_subjects_deleted_total", "Subjects that were deleted.");
  // A deletion waits for a running calibration of its subject, so that nothing of it is written after the answer.
  const lock = createKeyedLock();
  const replays = createReplays({ now: deps.now, ...(deps.random && { random: deps.random }) });
  const app = createBaseApp({ ...deps, metrics }, {
    scope: "adapt",
    routes: ADAPT_ROUTES,
    ready: () => modelReadiness(deps, deps.model),
  });

  /** A path's subject, which from here on stays out of the log. */
  function subjectOf(c: Context<AppEnv>): string {
    const subject = checkedName("subject", c.req.param("subject") ?? "");
    c.set("subject", subject);
    return subject;
  }

  async function calibrate(...args: Parameters<InferenceEngine["calibrate"]>): Promise<Calibration> {
    try {
      const calibration = await engine.calibrate(...args);
      if (Number.isFinite(calibration.after.loss)) return calibration;
    } catch (error) {
      if (error instanceof MemoryLimitError) throw new ProblemError(413, error.message);
      throw error;
    }
    throw new ProblemError(422, "Cannot calibrate: the loss is no longer finite; try fewer innerSteps or other clips");
  }

  /** What was answered to the same request before; null when there was none, or its result is gone. */
  async function replayed(c: Context<AppEnv>, subject: string, key: string, digest: string): Promise<Response | null> {
    const tenant = c.get("tenant");
    const before = await replays.find(`${tenant}/${subject}`, key, digest);
    if (before === null) return null;
    if (before === "other") {
      const message = "expected a new key, because another request had this one";
      throw new ProblemError(422, `Cannot calibrate: Idempotency-Key: ${message}`, [{
        field: "Idempotency-Key",
        message,
      }]);
    }
    let meta: StoredSubject;
    try {
      meta = await loadSubjectMeta(store, tenant, subject, { version: before.version });
    } catch (error) {
      // Another process has deleted the subject since.
      if (!(error instanceof NotFoundError)) throw error;
      await replays.forget(`${tenant}/${subject}`);
      return null;
    }
    const headers = { Location: `/v1/subjects/${subject}`, "Idempotency-Replayed": "true" };
    return c.json(calibrationAnswer(meta), 201, headers);
  }

  async function answerCalibration(c: Context<AppEnv>, subject: string, place: WorkPlace) {
    const tenant = c.get("tenant");
    const signal = c.get("signal");
    // Before the body comes: what is deleted from here on, by whichever process, this calibration does not bring back.
    const generation = await subjectGeneration(store, tenant, subject);
    const key = idempotencyKey(c);
    const request = await readClips(c);
    const digest = key === null ? "" : await request.digest();
    const earlier = key === null ? null : await replayed(c, subject, key, digest);
    if (earlier !== null) return earlier;
    const fields = parseFields(calibrationFieldsSchema, request.fields);
    const name = fields.model ?? deps.model;
    const { version, weights, card } = await loadModel(store, await modelOwner(deps, tenant, name), name);
    if (fields.modelVersion !== undefined && fields.modelVersion !== version) {
      const message = `expected the current version of model "${name}", ${version}, got ${fields.modelVersion}`;
      throw new ProblemError(409, `Cannot calibrate: ${message}`, [{ field: "modelVersion", message }]);
    }
    const labels = labelIndices(request.clips, card.classes);
    const innerSteps = stepsOf(card.config, fields.innerSteps);
    const clips = await place.run(() => prepareClips(request.clips, card.recipe, { signal }), signal);
    return await lock(`${tenant}/${subject}`, async () => {
      // The same request may have been in line before this one.
      const meanwhile = key === null ? null : await replayed(c, subject, key, digest);
      if (meanwhile !== null) return meanwhile;
      const kinds = request.clips.map(({ kind }) => kind);
      const compute = () => calibrate(weights, card, { clips, labels, kinds }, { innerSteps });
      const calibration = await place.run(compute, signal);
      // Nothing is stored for a client that will not hear of it.
      signal.throwIfAborted();
      const { before, after, classes } = calibration;
      const meta = {
        model: { name, version },
        innerSteps,
        before: { ...before },
        after: { ...after },
        classes: [...classes],
        createdAt: new Date(deps.now()).toISOString(),
      };
      const saved = await saveSubject(store, tenant, subject, calibration.weights, meta, { generation });
      deps.onSubjectChanged?.(tenant, subject);
      calibrated();
      if (key !== null) await replays.remember(`${tenant}/${subject}`, key, digest, saved);
      const answer = calibrationAnswer({ ...meta, subject, version: saved });
      return c.json(answer, 201, { Location: `/v1/subjects/${subject}` });
    });
  }

  app.post("/v1/subjects/:subject/calibrations", async (c) => {
    const subject = subjectOf(c);
    const place = work.enter();
    try {
      return await answerCalibration(c, subject, place);
    } finally {
      place.leave();
    }
  });

  app.get("/v1/subjects", async (c) => c.json({ subjects: await listSubjects(store, c.get("tenant")) }));

  app.get("/v1/subjects/:subject", async (c) => {
    const subject = subjectOf(c);
    const meta = await loadSubjectMeta(store, c.get("tenant"), subject);
    const owner = await modelOwner(deps, c.get("tenant"), meta.model.name);
    const current = await currentVersion(store, owner, meta.model.name);
    return c.json({ ...calibrationAnswer(meta), createdAt: meta.createdAt, stale: current !== meta.model.version });
  });

  app.delete("/v1/subjects/:subject", async (c) => {
    const tenant = c.get("tenant");
    const subject = subjectOf(c);
    let deleted: boolean;
    try {
      deleted = await lock(`${tenant}/${subject}`, () => deleteSubject(store, tenant, subject));
    } finally {
      // Also when the store fails half-way: what memory holds of the person goes at once.
      deps.onSubjectChanged?.(tenant, subject);
      await replays.forget(`${tenant}/${subject}`);
    }
    if (!deleted) throw new ProblemError(404, "There is no subject of this id");
    erased();
    return c.body(null, 204);
  });
  return app;
}
