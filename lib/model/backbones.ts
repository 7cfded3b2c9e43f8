import { conv4, conv4Plan } from "./conv4.ts";
import { densenet, densenetPlan } from "./densenet.ts";
import { resnet, resnetPlan } from "./resnet.ts";
import type { Backbone, BackboneName } from "./types.ts";
import { vgg19, vgg19Plan } from "./vgg19.ts";

/**
 * The backbones by name: what turns frames into maps at 1/2, 1/4, 1/8 and 1/16, and what parameters it has.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { BACKBONES } from "./mod.ts";
 * assertEquals(BACKBONES.resnet.plan(16, 1).widths, [16, 32, 64, 128]);
 * ```
 *
 * Source: paper 4.1 and Table 3.
 */
export const BACKBONES: Readonly<Record<BackboneName, Backbone>> = {
  conv4: { run: conv4, plan: conv4Plan, memory: [1, 1, 1] },
  resnet: { run: resnet, plan: resnetPlan, memory: [2.1, 2, 2] },
  vgg19: { run: vgg19, plan: vgg19Plan, memory: [2.2, 1.9, 1.9] },
  densenet: { run: densenet, plan: densenetPlan, memory: [3.4, 2.9, 2.7] },
};
