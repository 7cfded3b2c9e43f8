import type { Metrics } from "../../lib/http/mod.ts";
import type { PredictorCache } from "./create_predictor_cache.ts";

/** Tells of the cache, and returns what counts predicted clips. */
export function measurePredictions(metrics: Metrics, cache: PredictorCache): ReturnType<Metrics["counter"]> {
  metrics.gauge("lightman_predictor_cache_bytes", "Bytes of the predictors in memory.", () => cache.bytes);
  metrics.gauge("lightman_predictor_cache_entries", "Predictors in memory.", () => cache.entries);
  for (const outcome of ["hits", "misses", "evictions"] as const) {
    const help = `Cumulative ${outcome} of the cache of predictors.`;
    metrics.counterOf(`lightman_predictor_cache_${outcome}_total`, help, () => cache.counts[outcome]);
  }
  return metrics.counter(
    "lightman_predictions_total",
    "Clips predicted, with a calibrated subject's weights or without.",
  );
}
