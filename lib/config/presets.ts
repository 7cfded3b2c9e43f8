import type { ConfigInput } from "./config.ts";

/**
 * Named starting points. `default` is the schema's own defaults, the setting that was found to train well on tuning
 * data sets; `paper` is what the paper prints, without any of the extras.
 *
 * Source: paper 5.1; docs/method.md.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { PRESETS } from "./mod.ts";
 * assertEquals(PRESETS.paper.beta, 0.1);
 * ```
 */
export const PRESETS: { readonly default: ConfigInput; readonly paper: ConfigInput } = {
  default: {},
  paper: {
    alpha: 0.2,
    beta: 0.1,
    lambda1: 0.55,
    lambda2: 0.45,
    innerSteps: 1,
    multiStepLoss: false,
    firstOrder: false,
    warmupSteps: 0,
    learnInnerRates: false,
    schedule: "constant",
    clipNorm: null,
    weightDecay: 1e-4,
    uncalibratedWeight: 0,
    augment: "none",
    validation: null,
    classWeights: false,
    aux: "mmd",
    norm: "support",
    normPrior: 0,
  },
};
