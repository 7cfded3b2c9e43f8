import { configSchema } from "../../lib/config/mod.ts";
import type { ModelCard, Weights } from "../../lib/inference/mod.ts";

/** A small model card for tests: three classes, clips of two 4×4 grey frames. */
export function modelCard(changes: Partial<ModelCard> = {}): ModelCard {
  return {
    formatVersion: 1,
    name: "main",
    config: configSchema.parse({ frames: 2, size: 4, input: "frames" }),
    classes: ["negative", "positive", "surprise"],
    recipe: { frames: 2, size: 4, channels: 1, input: "frames", time: "tim" },
    metrics: { accuracy: 0.5 },
    provenance: { createdAt: "2025-01-01T00:00:00Z" },
    parameters: 3,
    bytes: 12,
    ...changes,
  };
}

/** Weights for {@linkcode modelCard}: one number a class. */
export function modelWeights(values: readonly number[] = [0, 128, 255]): Weights {
  return {
    params: { head: { means: { dtype: "F32", shape: [values.length], data: Float32Array.from(values) } } },
    stats: { count: { dtype: "I32", shape: [], data: Int32Array.of(1) } },
  };
}
