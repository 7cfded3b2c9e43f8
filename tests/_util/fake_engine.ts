import type { InferenceEngine, ModelCard, Predictor, Weights } from "../../lib/inference/mod.ts";
import { flattenWeights } from "../../lib/storage/mod.ts";
import { modelWeights } from "./model_card.ts";

/** An engine with memory of what it made, for tests of caches. */
export interface FakeEngine extends InferenceEngine {
  /** Predictors made so far. */
  readonly made: number;
  /** Predictors not disposed. */
  readonly alive: number;
}

function meansOf(weights: Weights): readonly number[] {
  return [...flattenWeights(weights)["params.head.means"]!.data];
}

function clipMeans(clips: Uint8Array, { recipe }: ModelCard): number[] {
  const size = recipe.frames * recipe.size * recipe.size * recipe.channels;
  return Array.from({ length: clips.length / size }, (_, i) => {
    const clip = clips.subarray(i * size, (i + 1) * size);
    return clip.reduce((sum, value) => sum + value, 0) / size;
  });
}

/** Softmax of minus the distances, a tenth of a grey level each. */
function probabilities(mean: number, means: readonly number[]): number[] {
  const scores = means.map((center) => Math.exp(-Math.abs(mean - center) / 10));
  const sum = scores.reduce((a, b) => a + b, 0);
  return scores.map((score) => score / sum);
}

/**
 * Makes a deterministic engine: a clip is of the class whose mean grey level is nearest, and calibration moves the
 * means of the classes that its clips show to what they show.
 */
export function fakeEngine(): FakeEngine {
  let made = 0;
  let alive = 0;
  const predict = (clips: Uint8Array, means: readonly number[], card: ModelCard) =>
    clipMeans(clips, card).map((mean) => probabilities(mean, means));
  const fit = (rows: number[][], labels: readonly number[]) => ({
    loss: rows.reduce((sum, row, i) => sum - Math.log(row[labels[i]!]!), 0) / rows.length,
    accuracy: rows.filter((row, i) => row.indexOf(Math.max(...row)) === labels[i]).length / rows.length,
  });
  return {
    backend: "fake",
    get made() {
      return made;
    },
    get alive() {
      return alive;
    },
    // deno-lint-ignore require-await
    async createPredictor(weights, card): Promise<Predictor> {
      made++;
      alive++;
      let disposed = false;
      return {
        bytes: 12,
        batches: false,
        // deno-lint-ignore require-await
        async predict(clips) {
          if (disposed) throw new Error("this predictor is disposed");
          return Float32Array.from(predict(clips, meansOf(weights), card).flat());
        },
        dispose() {
          if (disposed) throw new Error("disposed twice");
          disposed = true;
          alive--;
        },
      };
    },
    // deno-lint-ignore require-await
    async calibrate(base, card, { clips, labels, kinds }) {
      const micro = labels.flatMap((label, i) => kinds[i] === "micro" ? [{ label, i }] : []);
      const given = clipMeans(clips, card);
      const before = meansOf(base);
      const after = before.map((mean, n) => {
        const own = micro.filter(({ label }) => label === n).map(({ i }) => given[i]!);
        return own.length === 0 ? mean : own.reduce((a, b) => a + b, 0) / own.length;
      });
      return {
        weights: modelWeights(after),
        before: fit(predict(clips, before, card), labels),
        after: fit(predict(clips, after, card), labels),
        classes: card.classes.filter((_, n) => micro.some(({ label }) => label === n)),
      };
    },
  };
}
