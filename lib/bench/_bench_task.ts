import * as tf from "@tensorflow/tfjs-core";
import { constant } from "../autodiff/mod.ts";
import type { MetaOptions, TaskClips } from "../meta/mod.ts";
import type { Architecture } from "../model/mod.ts";
import { createRandom } from "../random/mod.ts";
import type { Workload } from "./workloads.ts";

/** The network of a workload. */
export function benchArchitecture({ channels, frames, ways }: Workload, decoder: "none" | "unet"): Architecture {
  return { decoder, channels, frames, inputChannels: 3, classes: ways };
}

/** The objective of a workload: the product's weights, σ as the peer has it. */
export function benchObjective(workload: Workload, decoder: "none" | "unet", firstOrder: boolean): MetaOptions {
  return {
    architecture: benchArchitecture(workload, decoder),
    ...{ alpha: 0.2, innerSteps: 1, firstOrder, lambda1: 0.55, lambda2: 0.45, aux: "mmd", sigma: 1, norm: "support" },
  };
}

/** Uniform noise of `count` clips on the current backend, `[count, M, H, W, 3]`, the same for the same name. */
export function benchClips({ frames, size }: Workload, count: number, name: string): tf.Tensor {
  const random = createRandom(0, name);
  const shape = [count, frames, size, size, 3];
  const noise = new Float32Array(count * frames * size * size * 3);
  for (let i = 0; i < noise.length; i++) noise[i] = random.uniform();
  return tf.tensor(noise, shape);
}

/** Task number `index` of a workload; its tensors live until the backend ends. */
export function benchTask(workload: Workload, index: number): TaskClips {
  const { ways, shots, queries, macro } = workload;
  const labels = (count: number) => Array.from({ length: ways * count }, (_, i) => i % ways);
  const clips = (count: number, part: string) => constant(benchClips(workload, count, `${part} ${index}`));
  return {
    support: clips(ways * shots, "support"),
    supportLabels: labels(shots),
    query: clips(ways * queries, "query"),
    queryLabels: labels(queries),
    macro: clips(macro, "macro"),
  };
}
