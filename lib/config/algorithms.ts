/** What an algorithm is made of. */
export interface AlgorithmTraits {
  /**
   * How a step of training takes its gradient from a task. `meta`: through the inner loop; `reptile`: from where plain
   * steps lead; `metric`: from distances to the support set; `supervised`: no tasks, mixed clips only.
   */
  readonly training: "meta" | "reptile" | "metric" | "supervised";
  /** Whether the alignment with macro clips takes part. */
  readonly auxiliary: boolean;
  /** What turns features into logits. */
  readonly head: "linear" | "euclidean" | "cosine" | "relation";
  /** What the inner step moves. */
  readonly innerScope: "all" | "head";
  /** Gradient steps of a task and of a calibration where the configuration names none. */
  readonly innerSteps: number;
  /** α where the configuration names none. */
  readonly alpha: number;
  /** One line for people. */
  readonly summary: string;
}

const gradient = {
  training: "meta",
  auxiliary: false,
  head: "linear",
  innerScope: "all",
  innerSteps: 1,
  alpha: 0.05,
} as const;
const pooled = { ...gradient, training: "supervised", innerSteps: 5 } as const;
const metric = { training: "metric", auxiliary: false, innerScope: "all", innerSteps: 0, alpha: 0.2 } as const;

/**
 * The algorithms by name: each trains on the same episodes, is calibrated, predicts and is evaluated by the same code.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ALGORITHMS } from "./mod.ts";
 * assertEquals([ALGORITHMS.protonet.head, ALGORITHMS.reptile.innerSteps], ["euclidean", 5]);
 * ```
 *
 * Source: docs/method.md, «Other algorithms».
 */
export const ALGORITHMS = {
  lightman: { ...gradient, auxiliary: true, summary: "both branches, exact second order" },
  maml: { ...gradient, summary: "lightman without the auxiliary branch" },
  fomaml: { ...gradient, summary: "maml to first order" },
  anil: { ...gradient, innerScope: "head", alpha: 0.2, summary: "maml whose inner step moves the head only" },
  reptile: {
    ...gradient,
    training: "reptile",
    innerSteps: 5,
    summary: "towards the end of plain gradient steps",
  },
  protonet: { ...metric, head: "euclidean", summary: "distance to class means" },
  relationnet: { ...metric, head: "relation", summary: "a learned score of clip and class mean" },
  matchingnet: { ...metric, head: "cosine", summary: "attention over support clips" },
  supervised: { ...pooled, summary: "pooled cross-entropy; calibration fine-tunes it" },
  multitask: { ...pooled, auxiliary: true, summary: "supervised with the auxiliary loss beside it" },
} as const satisfies Readonly<Record<string, AlgorithmTraits>>;

/** The name of an algorithm. */
export type Algorithm = keyof typeof ALGORITHMS;
