import type { NormOptions } from "../model/mod.ts";
import type { StoredTensor } from "../storage/mod.ts";
import type { Tree } from "../tree/mod.ts";
import { statisticsValues } from "./statistics.ts";
import type { ModelCard, Weights } from "./types.ts";

/**
 * What a calibration of n micro clips normalises with: their own statistics with share n / (n + n₀), the running ones of θ
 * with the rest, n₀ = `normPrior`. A handful of clips says little about means and variances, and nothing about those of
 * expressions that it does not show. Values belong to the surrounding scope.
 */
export function supportNormOf(base: Weights, { config }: ModelCard, clips: number): NormOptions {
  if (config.normPrior === 0) return {};
  const { stats } = base as { stats: Tree<StoredTensor> };
  return { statistics: statisticsValues(stats, config.backbone), ownShare: clips / (clips + config.normPrior) };
}
