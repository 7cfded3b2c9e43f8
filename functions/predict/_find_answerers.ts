import { type AppDeps, modelOwner, ProblemError } from "../../lib/http/mod.ts";
import type { InferenceEngine, ModelCard, Weights } from "../../lib/inference/mod.ts";
import {
  currentVersion,
  loadModel,
  loadModelCard,
  loadSubject,
  loadSubjectMeta,
  NotFoundError,
} from "../../lib/storage/mod.ts";
import type { Answerer } from "./_answer.ts";
import type { Found } from "./_create_lookups.ts";
import { batchPredictions } from "./_batch_predictions.ts";
import type { LoadedPredictor, PredictorCache } from "./create_predictor_cache.ts";
import { modelSlot } from "./model_slot.ts";
import { subjectSlot } from "./subject_slot.ts";

/** Finds what answers. */
export interface Answerers {
  /** A model: its stable version, or the one asked for. */
  model(tenant: string, name: string, asked?: string): Promise<Answerer>;
  /** A subject, by its own weights; 409 where the request names another model. */
  subject(tenant: string, subject: string, model?: string): Promise<Answerer>;
}

/** Makes what finds out which weights answer a request. */
export function findAnswerers(
  { store, shared, engine, cache }: Pick<AppDeps, "store" | "shared"> & {
    readonly engine: InferenceEngine;
    readonly cache: PredictorCache;
  },
): Answerers {
  const deps = { store, ...(shared && { shared }) };

  async function ready(weights: Weights, card: ModelCard, calibrated: boolean): Promise<LoadedPredictor> {
    const predictor = await engine.createPredictor(weights, card, { calibrated });
    const { frames, size, channels } = card.recipe;
    return { predictor, together: batchPredictions(predictor, frames * size * size * channels), card };
  }

  /** A model, whoever's it is: its stable version, or the one asked for. */
  async function find(tenant: string, name: string, asked: string | undefined): Promise<Found> {
    return await cache.find(modelSlot(tenant, name, asked), async () => {
      const owner = await modelOwner(deps, tenant, name, asked);
      const version = asked ?? await currentVersion(store, owner, name);
      if (asked !== undefined) await loadModelCard(store, owner, name, { version: asked });
      if (version === null) throw new NotFoundError(`Cannot load model "${name}": there is no stable version`);
      return { version, base: { owner, name, version } };
    });
  }

  /** Whether a version is no longer the stable one. */
  async function isStale(tenant: string, name: string, version: string): Promise<boolean> {
    try {
      return (await find(tenant, name, undefined)).version !== version;
    } catch (error) {
      if (error instanceof NotFoundError) return true;
      throw error;
    }
  }

  return {
    async model(tenant, name, asked) {
      const { version, base: { owner } } = await find(tenant, name, asked);
      return {
        // A shared model is in memory once.
        slot: modelSlot(owner, name, asked),
        version,
        model: { name, version },
        subject: null,
        async load() {
          const { weights, card } = await loadModel(store, owner, name, { version });
          return await ready(weights, card, false);
        },
      };
    },
    async subject(tenant, subject, model) {
      const slot = subjectSlot(tenant, subject);
      const { version, base } = await cache.find(slot, async () => {
        const { version, model: base } = await loadSubjectMeta(store, tenant, subject);
        const owner = await modelOwner(deps, tenant, base.name, base.version);
        return { version, base: { owner, ...base } };
      });
      const { owner, name, version: baseVersion } = base;
      if (model !== undefined && model !== name) {
        const message = `expected the model that the subject was calibrated on, "${name}", got "${model}"`;
        throw new ProblemError(409, `Cannot predict: ${message}`, [{ field: "model", message }]);
      }
      return {
        slot,
        version,
        model: { name, version: baseVersion },
        subject: { id: subject, version, stale: await isStale(tenant, name, baseVersion) },
        async load() {
          const card = await loadModelCard(store, owner, name, { version: baseVersion });
          const { weights } = await loadSubject(store, tenant, subject, { version });
          return await ready(weights, card, true);
        },
      };
    },
  };
}
