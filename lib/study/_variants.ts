import type { Config } from "../config/mod.ts";
import type { EvaluateOptions } from "../training/mod.ts";
import type { Corruption, Protocol } from "./types.ts";

/** What one row of a table changes, and where a plot puts it. */
export interface Variant {
  readonly name: string;
  readonly changes: Partial<Config>;
  readonly evaluation: EvaluateOptions;
  readonly corruption?: Corruption;
  readonly x?: number;
  readonly series?: string;
  /** Rows that are compared with the first of them. */
  readonly group?: string;
}

/** What a protocol varies. */
export interface VariantOptions {
  readonly algorithms: readonly Config["algorithm"][];
  readonly backbones: readonly Config["backbone"][];
  /** K of the rows that calibrate; none for loso and cde where nobody can be. */
  readonly shots: readonly number[];
  /** Kinds of corruption that the clips can show. */
  readonly kinds: readonly Corruption["kind"][];
}

/** λ1 of the sweep, λ2 = 1 − λ1 (paper 5.4: 0.3 to 0.7, best at 0.55). */
const LAMBDAS = [0.3, 0.4, 0.5, 0.55, 0.6, 0.7];

/** Inner steps of the sweep. */
const STEPS = [0, 1, 2, 3, 4, 5];

/** Shares of corrupted clips (paper 5.3). */
const SHARES = [0.1, 0.3, 0.5];

/** The rows of a protocol's table. */
export function variantsOf(protocol: Protocol, config: Config, options: VariantOptions): Variant[] {
  const { algorithms, backbones, shots, kinds } = options;
  const [first] = shots;
  const evaluation = { shots: first ?? 0 };
  const rows: Record<Protocol, () => Variant[]> = {
    // Without calibration every clip is predicted, as published tables have it.
    loso: () => [
      ...algorithms.map((algorithm) => ({ name: algorithm, changes: { algorithm }, evaluation: { shots: 0 } })),
      ...(first === undefined ? [] : algorithms.map((algorithm) => ({
        name: `${algorithm}, K = ${first}`,
        changes: { algorithm },
        evaluation,
      }))),
    ],
    cde: () => rows.loso(),
    fewshot: () =>
      algorithms.flatMap((algorithm) =>
        shots.map((k) => ({
          name: `${algorithm}, K = ${k}`,
          changes: { algorithm, shots: k },
          evaluation: { shots: k },
          x: k,
          series: algorithm,
        }))
      ),
    noise: () =>
      algorithms.flatMap((algorithm) => [
        { name: `${algorithm}, clean`, changes: { algorithm }, evaluation, x: 0, series: algorithm, group: algorithm },
        ...kinds.flatMap((kind) =>
          SHARES.map((share) => ({
            name: `${algorithm}, ${kind} ${100 * share} %`,
            changes: { algorithm },
            evaluation,
            corruption: { kind, share },
            x: share,
            series: `${algorithm}, ${kind}`,
            group: algorithm,
          }))
        ),
      ]),
    ablation: () => [
      { name: "neither (supervised)", changes: { algorithm: "supervised" }, evaluation },
      { name: "auxiliary task only", changes: { algorithm: "multitask" }, evaluation },
      { name: "bi-level only (MAML)", changes: { algorithm: "maml" }, evaluation },
      { name: "LightmanNet", changes: { algorithm: "lightman" }, evaluation },
      ...backbones.filter((backbone) => backbone !== config.backbone).map((backbone): Variant => ({
        name: `LightmanNet, ${backbone}`,
        changes: { algorithm: "lightman", backbone },
        evaluation,
      })),
    ],
    lambda: () =>
      LAMBDAS.map((lambda1) => ({
        name: `λ1 = ${lambda1}`,
        changes: { lambda1, lambda2: Number((1 - lambda1).toFixed(2)) },
        evaluation,
        x: lambda1,
        series: config.algorithm,
      })),
    steps: () =>
      STEPS.map((innerSteps) => ({
        name: innerSteps === 1 ? "1 inner step" : `${innerSteps} inner steps`,
        changes: {},
        evaluation: { ...evaluation, innerSteps },
        x: innerSteps,
        series: config.algorithm,
      })),
  };
  return rows[protocol]();
}
