import type { Hono } from "hono";
import {
  type AppDeps,
  type AppEnv,
  checkedName,
  type ClipSource,
  createBaseApp,
  createKeyedLock,
  type FieldError,
  parseFields,
  prepareClips,
  ProblemError,
  readClips,
} from "../../lib/http/mod.ts";
import type { InferenceEngine } from "../../lib/inference/mod.ts";
import { MemoryLimitError } from "../../lib/runtime/mod.ts";
import {
  currentVersion,
  deleteSubject,
  listSubjects,
  loadModel,
  loadSubjectMeta,
  saveSubject,
} from "../../lib/storage/mod.ts";
import { calibrationFieldsSchema } from "./schema.ts";

/** What the adapt function needs. */
export interface AdaptDeps extends AppDeps {
  readonly engine: InferenceEngine;
  /** Name of the model that is calibrated when a request names none. */
  readonly model: string;
  /** Told after a subject's objects are gone, so that a cache in the same process lets go too. */
  onSubjectDeleted?(tenant: string, subject: string): void;
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

/**
 * Makes the adapt function: one gradient step calibrates a person.
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
  const { store, engine } = deps;
  // A deletion waits for a running calibration of its subject; otherwise that would bring the subject back.
  const lock = createKeyedLock();
  const app = createBaseApp(deps, {
    async ready() {
      const version = await currentVersion(store, "default", deps.model);
      return version === null ? `There is no stable version of model "${deps.model}" yet: train or promote one` : null;
    },
  });

  app.post("/v1/subjects/:subject/calibrations", async (c) => {
    const tenant = c.get("tenant");
    const subject = checkedName("subject", c.req.param("subject"));
    const request = await readClips(c);
    const fields = parseFields(calibrationFieldsSchema, request.fields);
    const name = fields.model ?? deps.model;
    const { version, weights, card } = await loadModel(store, tenant, name);
    if (fields.modelVersion !== undefined && fields.modelVersion !== version) {
      const message = `expected the current version of model "${name}", ${version}, got ${fields.modelVersion}`;
      throw new ProblemError(409, `Cannot calibrate: ${message}`, [{ field: "modelVersion", message }]);
    }
    const labels = labelIndices(request.clips, card.classes);
    const clips = await prepareClips(request.clips, card.recipe);
    const innerSteps = fields.innerSteps ?? Math.max(1, card.config.innerSteps);
    return await lock(`${tenant}/${subject}`, async () => {
      const kinds = request.clips.map(({ kind }) => kind);
      const calibration = await engine.calibrate(weights, card, { clips, labels, kinds }, { innerSteps }).catch(
        (error) => {
          throw error instanceof MemoryLimitError ? new ProblemError(413, error.message) : error;
        },
      );
      const { before, after, classes } = calibration;
      if (!Number.isFinite(after.loss)) {
        throw new ProblemError(
          422,
          "Cannot calibrate: the loss is no longer finite; try fewer innerSteps or other clips",
        );
      }
      const meta = {
        model: { name, version },
        innerSteps,
        before: { ...before },
        after: { ...after },
        classes: [...classes],
        createdAt: new Date(deps.now()).toISOString(),
      };
      const saved = await saveSubject(store, tenant, subject, calibration.weights, meta);
      const { createdAt: _createdAt, ...answer } = meta;
      return c.json({ subject, version: saved, ...answer }, 201, { Location: `/v1/subjects/${subject}` });
    });
  });

  app.get("/v1/subjects", async (c) => c.json({ subjects: await listSubjects(store, c.get("tenant")) }));

  app.get("/v1/subjects/:subject", async (c) => {
    const subject = checkedName("subject", c.req.param("subject"));
    const { weightsSha256: _, ...meta } = await loadSubjectMeta(store, c.get("tenant"), subject);
    const current = await currentVersion(store, c.get("tenant"), meta.model.name);
    return c.json({ ...meta, stale: current !== meta.model.version });
  });

  app.delete("/v1/subjects/:subject", async (c) => {
    const tenant = c.get("tenant");
    const subject = checkedName("subject", c.req.param("subject"));
    const deleted = await lock(`${tenant}/${subject}`, () => deleteSubject(store, tenant, subject));
    deps.onSubjectDeleted?.(tenant, subject);
    if (!deleted) throw new ProblemError(404, "There is no subject of this id");
    return c.body(null, 204);
  });
  return app;
}
