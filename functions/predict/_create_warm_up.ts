import type { AppDeps } from "../../lib/http/mod.ts";
import { NotFoundError } from "../../lib/storage/mod.ts";
import type { Answerer } from "./_answer.ts";
import type { Answerers } from "./_find_answerers.ts";
import type { PredictorCache } from "./create_predictor_cache.ts";

/** What {@linkcode createWarmUp} needs. */
export interface WarmUpDeps extends Pick<AppDeps, "keys" | "log"> {
  readonly model: string;
  readonly cache: PredictorCache;
  readonly answerers: Answerers;
}

/**
 * Makes the function that loads the default model and has it answer a blank clip, so that the first request waits
 * neither for weights nor for kernels. It works once, and again after a failure.
 *
 * @returns A function that resolves to null, or to why the model cannot answer.
 */
export function createWarmUp({ keys, log, model, cache, answerers }: WarmUpDeps): () => Promise<string | null> {
  let warm: Promise<string | null> | undefined;

  /** The model of the first tenant that has it: its kernels are everyone's. */
  async function find(): Promise<Answerer> {
    let missing: unknown;
    for (const tenant of keys?.tenants ?? ["default"]) {
      try {
        return await answerers.model(tenant, model);
      } catch (error) {
        if (!(error instanceof NotFoundError)) throw error;
        missing = error;
      }
    }
    throw missing;
  }

  async function work(): Promise<string | null> {
    try {
      const { slot, version, load } = await find();
      await cache.use(slot, version, load, async ({ predictor, card }) => {
        const { frames, size, channels } = card.recipe;
        await predictor.predict(new Uint8Array(frames * size * size * channels));
      });
      return null;
    } catch (error) {
      log({ level: "error", message: "the default model cannot answer", error: (error as Error).message });
      warm = undefined;
      return `The stable version of model "${model}" cannot answer; the log has the details`;
    }
  }

  return () => warm ??= work();
}
