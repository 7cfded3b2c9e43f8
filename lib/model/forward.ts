import {
  addBias,
  concat,
  meanOver,
  pad,
  relu,
  reshape,
  temporalConv,
  upsampleNearest,
  type Value,
} from "../autodiff/mod.ts";
import { convLayer, denseLayer, layer, squeezeMap, tasksOf } from "./_layers.ts";
import { BACKBONES } from "./backbones.ts";
import { DECODER_SCALES } from "./feature_count.ts";
import { metricLogits } from "./metric_logits.ts";
import { normLayers } from "./norm_layers.ts";
import type { Architecture, Forward, ForwardOptions, Params } from "./types.ts";

/** Sides are padded to a multiple of this. */
const SIDE = 16;

/** `[B, M, H, W, C]` → `[B·M, H′, W′, C]`, zero-padded at the bottom and right to multiples of 16. */
function toFrames(clips: Value): Value {
  const [b, m, h, w, c] = clips.tensor.shape as [number, number, number, number, number];
  const frames = reshape(clips, [b * m, h, w, c]);
  const missing = (side: number) => (SIDE - side % SIDE) % SIDE;
  return missing(h) + missing(w) === 0 ? frames : pad(frames, [[0, 0], [0, missing(h)], [0, missing(w)], [0, 0]]);
}

/** Averages a clip's maps over its frames: `[B·M, h, w, C]` → `[B, h, w, C]`. */
function overTime(map: Value, frames: number): Value {
  const [n, h, w, c] = map.tensor.shape as [number, number, number, number];
  const rows = reshape(map, [n / frames, frames, h * w, c]);
  return reshape(meanOver(rows, [frames, 1]), [n / frames, h, w, c]);
}

/**
 * One branch: its own last encoder layer, then a U-Net style decoder at 1/8, 1/4 and 1/2 of the input's resolution.
 * The map of each scale is a 1×1 convolution; as that is linear, its spatial mean is the convolution of the mean.
 */
function branch(params: Params, name: string, deepest: Value, skips: readonly Value[]): Value[] {
  let x = convLayer(deepest, layer(params, name, "encoder"));
  return DECODER_SCALES.map((scale, i) => {
    const skip = skips[skips.length - 1 - i]!;
    x = convLayer(concat([upsampleNearest(x), skip], 3), layer(params, name, `up${scale}`)); // [B, h, w, C]
    const [, h, w] = x.tensor.shape as [number, number, number];
    const { w: filter, b } = layer(params, name, `out${scale}`);
    const [tasks, matrix] = [filter!.tensor.shape.slice(0, -4), filter!.tensor.shape.slice(-2)];
    return denseLayer(squeezeMap(meanOver(x, [h, w])), { w: reshape(filter!, [...tasks, ...matrix]), b: b! }); // [B, C]
  });
}

/** What is made of the features: they themselves, and logits where wanted. */
function headOutputs(
  architecture: Architecture,
  params: Params,
  features: Value,
  { memory, want = { logits: true } }: ForwardOptions,
): { features: Value; logits: Value | null } {
  if (!want.logits) return { features, logits: null };
  const { head = "linear" } = architecture;
  if (head === "linear") return { features, logits: denseLayer(features, layer(params, "head")) };
  if (memory === undefined) {
    throw new TypeError(`Cannot run the network: expected a memory for its ${head} head, got none`);
  }
  return { features, logits: metricLogits(architecture, params, features, memory) };
}

/**
 * The network f = g ∘ {h_pri, h_aux}.
 *
 * Backbone a frame, one 3-D convolution over the frames' last maps, then `decoder: "none"` (mean over time and space,
 * dense head; the pooled vector is also the auxiliary feature) or `decoder: "unet"` (a decoder a branch; the primary
 * branch's three vectors joined feed the head, the auxiliary branch's three go to the alignment loss). Metric heads
 * compare the same features with a memory (`metricLogits`).
 *
 * @param architecture What decides the shapes.
 * @param params Parameters; see `parameterShapes`.
 * @param clips `[B, M, H, W, C]`, [0, 1], or [−1, 1] for differences.
 * @param options Statistics to normalise with, the memory of a metric head, and which outputs are wanted.
 * @returns Logits, features, auxiliary features, and the statistics used.
 * @throws {TypeError} When the clips or the number of statistics do not fit the architecture, or a metric head has no
 * memory.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant } from "../autodiff/mod.ts";
 * import { createRandom } from "../random/mod.ts";
 * import { mapTree } from "../tree/mod.ts";
 * import { forward, initParams } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const shape = { decoder: "unet", channels: 2, frames: 2, inputChannels: 1, classes: 3 } as const;
 * const params = mapTree(initParams(shape, createRandom(0)), constant);
 * const out = forward(shape, params, constant(tf.zeros([1, 2, 16, 16, 1])));
 * assertEquals(out.logits!.tensor.shape, [1, 3]);
 * assertEquals(out.auxiliary.length, 3);
 * ```
 *
 * Source: paper 4.1, Fig. 3.
 */
export function forward(
  architecture: Architecture,
  params: Params,
  clips: Value,
  options: ForwardOptions = {},
): Forward {
  const { backbone: name = "conv4", decoder, frames, inputChannels } = architecture;
  const { statistics, want = { logits: true, auxiliary: true } } = options;
  const [b, m, , , c] = clips.tensor.shape;
  if (clips.tensor.rank !== 5 || m !== frames || c !== inputChannels) {
    throw new TypeError(
      `Cannot run the network: expected clips [B, ${frames}, H, W, ${inputChannels}], got [${clips.tensor.shape}]`,
    );
  }
  const layers = normLayers(architecture).length;
  if (statistics !== undefined && statistics.length !== layers) {
    throw new TypeError(
      `Cannot run the network: expected statistics of the ${layers} normalised layers of ${name}, got ${statistics.length}`,
    );
  }
  const backbone = BACKBONES[name].run(params, toFrames(clips), options);
  const { logits = false, features = false, auxiliary = false } = want;
  const nothing = { logits: null, features: null, auxiliary: [], statistics: backbone.statistics };
  if (!logits && !features && !auxiliary) return nothing;

  const last = backbone.maps[backbone.maps.length - 1]!;
  const [, h, w, f] = last.tensor.shape as [number, number, number, number]; // [B·M, h, w, F]
  const temporal = layer(params, "temporal");
  const moments = relu(addBias(temporalConv(reshape(last, [b!, frames, h, w, f]), temporal.w!), temporal.b!)); // [S·T, B, h, w, C]
  const width = moments.tensor.shape[4]!;
  const tasks = tasksOf(temporal.b!, moments);
  const steps = moments.tensor.shape[0]! / tasks;
  const overSteps = meanOver(reshape(moments, [tasks, steps, b! / tasks * h * w, width]), [steps, 1]);
  const deepest = reshape(overSteps, [b!, h, w, width]);

  if (decoder === "none") {
    const pooled = squeezeMap(meanOver(deepest, [h, w])); // [B, C]
    return {
      ...nothing,
      ...(auxiliary && { auxiliary: [pooled] }),
      ...((logits || features) && headOutputs(architecture, params, pooled, options)),
    };
  }
  const skips = backbone.maps.slice(0, -1).map((map) => overTime(map, frames)); // 1/2, 1/4, 1/8
  const primary = () => concat(branch(params, "primary", deepest, skips), 1); // [B, 3 C]
  return {
    ...nothing,
    ...((logits || features) && headOutputs(architecture, params, primary(), options)),
    ...(auxiliary && { auxiliary: branch(params, "auxiliary", deepest, skips) }),
  };
}
