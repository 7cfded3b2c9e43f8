import { add, conv2d, relu, subsample, type Value } from "../autodiff/mod.ts";
import { layer } from "./_layers.ts";
import { convNormShapes, createNormaliser } from "./_normaliser.ts";
import type { BackboneOutput, BackbonePlan, NormOptions, Params } from "./types.ts";

/** Stages of one basic block each, at 1/2, 1/4, 1/8 and 1/16 of the input's side. */
const STAGES = 4;

/**
 * ResNet-10 for small inputs: a stem of 3×3 convolution, norm, ReLU and 2×2 max pool (in place of 7×7 with stride 2 and
 * 3×3 pooling, which would end 32×32 at one pixel), then four stages of one basic block,
 * y = relu(norm(conv(relu(norm(conv(x))))) + shortcut(x)). Stages 2 to 4 halve the side in their first convolution and
 * double the channels; their shortcut is every second pixel through a 1×1 convolution and a norm.
 *
 * @param params `stem`, `stage1` `{conv1, conv2}`, `stage2` … `stage4` `{conv1, conv2, shortcut}`, each layer `{w, gamma,
 * beta}`; widths C, 2 C, 4 C, 8 C.
 * @param frames `[B, H, W, C]`, sides multiples of 16.
 * @param options Statistics of the 12 normalised layers; without them the batch's own.
 * @returns Maps and statistics.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant } from "../autodiff/mod.ts";
 * import { createRandom } from "../random/mod.ts";
 * import { mapTree } from "../tree/mod.ts";
 * import { initParams, resnet } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const shape = {
 *   backbone: "resnet", decoder: "none", channels: 2, frames: 1, inputChannels: 1, classes: 2,
 * } as const;
 * const params = mapTree(initParams(shape, createRandom(0)), constant);
 * assertEquals(resnet(params, constant(tf.zeros([1, 16, 16, 1]))).maps[3]!.tensor.shape, [1, 1, 1, 16]);
 * ```
 *
 * Source: He et al., Deep Residual Learning for Image Recognition (CVPR 2016), option B; ten layers as in Chen et al., A
 * Closer Look at Few-shot Classification (ICLR 2019).
 */
export function resnet(params: Params, frames: Value, options: NormOptions = {}): BackboneOutput {
  const normaliser = createNormaliser(options);
  const maps: Value[] = [];
  let x = normaliser.convNormPool(frames, layer(params, "stem")); // [B, H/2, W/2, C]
  for (let stage = 1; stage <= STAGES; stage++) {
    const part = (name: string) => layer(params, `stage${stage}`, name);
    const stride = stage === 1 ? 1 : 2;
    const padding = [[1, 1], [1, 1]] as const;
    const [first, second] = [part("conv1"), part("conv2")];
    const inner = relu(normaliser.norm(conv2d(x, first.w!, { stride, padding }), first));
    const residual = normaliser.norm(conv2d(inner, second.w!), second);
    let shortcut = x;
    if (stage > 1) {
      const projection = part("shortcut");
      shortcut = normaliser.norm(conv2d(subsample(x, stride), projection.w!), projection);
    }
    x = relu(add(residual, shortcut)); // [B, h, w, 2^(stage − 1) C]
    maps.push(x);
  }
  return { maps, statistics: normaliser.used };
}

/**
 * Widths C, 2 C, 4 C, 8 C: those of the paper's ResNets for C = 64. The last norm of residual and shortcut starts with γ =
 * 1/√2, so that their sum has the variance of one normalised map and the inner step keeps the size it has for Conv4 (with γ
 * = 1 the first gradients are two to four times larger; with γ = 0 the branches learn nothing from the first inner step).
 */
export function resnetPlan(c: number, inputChannels: number): BackbonePlan {
  const widths = [c, 2 * c, 4 * c, 8 * c] as const;
  const stages = widths.flatMap((width, i): [string, number[]][] => {
    const cin = widths[i - 1] ?? c;
    const path = `stage${i + 1}`;
    return [
      ...convNormShapes(`${path}.conv1`, 3, cin, width),
      ...convNormShapes(`${path}.conv2`, 3, width, width),
      ...(i === 0 ? [] : convNormShapes(`${path}.shortcut`, 1, cin, width)),
    ];
  });
  const last = ["stage1.conv2", ...[2, 3, 4].flatMap((i) => [`stage${i}.conv2`, `stage${i}.shortcut`])];
  return {
    shapes: [...convNormShapes("stem", 3, inputChannels, c), ...stages],
    widths,
    gains: Object.fromEntries(last.map((path) => [`${path}.gamma`, Math.SQRT1_2])),
  };
}
