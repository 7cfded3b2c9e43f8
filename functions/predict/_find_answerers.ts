import { ProblemError } from "../../lib/http/mod.ts";
import type { InferenceEngine, ModelCard, Weights } from "../../lib/inference/mod.ts";
import {
  currentVersion,
  loadModel,
  loadModelCard,
  loadSubject,
  loadSubjectMeta,
  NotFoundError,
  type ObjectStore,
} from "../../lib/storage/mod.ts";
import type { Answerer } from "./_answer.ts";
import { batchPredictions } from "./_batch_predictions.ts";
import type { LoadedPredictor, PredictorCache } from "./create_predictor_cache.ts";
import { modelSlot } from "./model_slot.ts";
import { subjectSlot } from "./subject_slot.ts";

/** Backends on which a run for several requests was measured to cost less, and answers bit by bit the same. */
const BATCHED: readonly string[] = ["wasm"];

/** Finds what answers. */
export interface Answerers {
  /** A model: its stable version, or the one asked for. */
  model(tenant: string, name: string, asked?: string): Promise<Answerer>;
  /** A subject, by its own weights; 409 where the request names another model. */
  subject(tenant: string, subject: string, model?: string): Promise<Answerer>;
}

/** Makes what finds out which weights answer a request. */
export function findAnswerers(
  { store, engine, cache }: {
    readonly store: ObjectStore;
    readonly engine: InferenceEngine;
    readonly cache: PredictorCache;
  },
): Answerers {
  async function ready(weights: Weights, card: ModelCard): Promise<LoadedPredictor> {
    const predictor = await engine.createPredictor(weights, card);
    const { frames, size, channels } = card.recipe;
    return {
      predictor,
      card,
      ...(BATCHED.includes(engine.backend) &&
        { together: batchPredictions(predictor, frames * size * size * channels) }),
    };
  }

  /** The version that is current; null when there is none. */
  async function stable(tenant: string, name: string): Promise<string | null> {
    const look = async () => {
      const version = await currentVersion(store, tenant, name);
      if (version === null) throw new NotFoundError(`Cannot load model "${name}": there is no stable version`);
      return { version, base: null };
    };
    try {
      return (await cache.find(modelSlot(tenant, name), look)).version;
    } catch (error) {
      if (error instanceof NotFoundError) return null;
      throw error;
    }
  }

  return {
    async model(tenant, name, asked) {
      const slot = modelSlot(tenant, name, asked);
      const { version } = await cache.find(slot, async () => {
        const found = asked ?? await currentVersion(store, tenant, name);
        // Says what is missing.
        const card = await loadModelCard(store, tenant, name, found === null ? {} : { version: found });
        return { version: card.version, base: null };
      });
      return {
        slot,
        version,
        model: { name, version },
        subject: null,
        async load() {
          const { weights, card } = await loadModel(store, tenant, name, { version });
          return await ready(weights, card);
        },
      };
    },
    async subject(tenant, subject, model) {
      const slot = subjectSlot(tenant, subject);
      const { version, base } = await cache.find(slot, async () => {
        const meta = await loadSubjectMeta(store, tenant, subject);
        return { version: meta.version, base: meta.model };
      });
      const { name, version: baseVersion } = base!;
      if (model !== undefined && model !== name) {
        const message = `expected the model that the subject was calibrated on, "${name}", got "${model}"`;
        throw new ProblemError(409, `Cannot predict: ${message}`, [{ field: "model", message }]);
      }
      return {
        slot,
        version,
        model: { name, version: baseVersion },
        subject: { id: subject, version, stale: await stable(tenant, name) !== baseVersion },
        async load() {
          const card = await loadModelCard(store, tenant, name, { version: baseVersion });
          const { weights } = await loadSubject(store, tenant, subject, { version });
          return await ready(weights, card);
        },
      };
    },
  };
}
