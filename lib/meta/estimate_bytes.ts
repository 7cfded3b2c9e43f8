import { ownKernels } from "../autodiff/mod.ts";
import { type Architecture, BACKBONES, parameterShapes } from "../model/mod.ts";

/** A piece of work whose memory is to be known. Clips are counted. */
export interface ClipWork {
  readonly support: number;
  /** Absent in calibration. */
  readonly query?: number;
  readonly macro?: number;
  /** Inner steps; 0 for a gradient on the support clips alone. */
  readonly innerSteps: number;
  /** 0: forward alone. 1: gradients. 2: gradients through the inner steps. */
  readonly order: 0 | 1 | 2;
  /** Gradients through inner steps of the head alone (ANIL): of order 1 for the body, whose maps are kept. @default {false} */
  readonly throughHead?: boolean;
}

/** What a clip holds at the peak, in maps of one size. */
interface Held {
  /** A support or macro clip, an inner step: its graph, and the graph of its gradient to second order. */
  readonly graph: number;
  /** A clip that ran forward. */
  readonly forward: number;
  /** While the largest batch is differentiated, a clip of it. */
  readonly transient: number;
}

function heldMaps(work: ClipWork, { graph, forward, transient }: Held): number {
  const { support, query = 0, macro = 0, innerSteps, order, throughHead = false } = work;
  if (order === 0) return forward * (support + query + macro);
  const steps = innerSteps === 0 ? forward * (support + macro) : graph * innerSteps * (support + macro);
  const queries = forward * (support + query);
  const largest = transient * Math.max(support, query);
  if (order === 2 && innerSteps > 0) return steps + queries + Math.max(largest, transient * macro);
  const descent = transient * Math.max(support, macro);
  if (innerSteps === 0 || throughHead) return steps + Math.max(descent, query === 0 ? 0 : queries + largest);
  // To first order a step is done with before the next, and before the queries come; but what it leaves the heap is in pieces.
  const [less, more] = [steps / innerSteps + descent, query === 0 ? 0 : queries + largest].sort((a, b) => a - b);
  return more! + 0.35 * less!;
}

/**
 * Estimates the peak memory of a gradient, so that what does not fit can be refused beforehand.
 *
 * A clip counts M frames, with sides padded to multiples of 16, in maps of the first block (C channels) and of the input. The
 * numbers were fitted to the WASM heap and to the bytes of tfjs tensors on 45 configurations of 1 to 32 frames, 16 to 64 px, 1 to
 * 256 channels, 3 to 60 clips, both decoders, 0 to 3 inner steps and both orders, from 25 MB to 4.0 GB. Above 1 GB an estimate
 * is 3 % below to 14 % above the heap; below that it is higher, because the heap grows ahead. Other backbones than Conv4 count by
 * their measured ratio to it. On this project's own kernels (see `ownKernels`) a gradient needs less; those numbers were fitted to 12
 * configurations from 0.3 to 1.8 GB, 4 % below to 16 % above the heap; to first order to 5 from 0.5 to 1.2 GB, 2 % below to 24 % above.
 *
 * @param architecture The network.
 * @param size H = W, pixels.
 * @param work What is computed, in one scope.
 * @returns Bytes.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { estimateBytes } from "./mod.ts";
 * const small = { decoder: "none", channels: 4, frames: 2, inputChannels: 1, classes: 3 } as const;
 * const bytes = estimateBytes(small, 16, { support: 6, query: 6, innerSteps: 1, order: 2 });
 * assert(bytes < 60e6);
 * ```
 */
export function estimateBytes(architecture: Architecture, size: number, work: ClipWork): number {
  const { backbone = "conv4", decoder, frames, channels, inputChannels } = architecture;
  const second = work.order === 2;
  const unet = decoder === "unet";
  // The joins of a DenseNet take what its convolutions leave.
  const own = backbone !== "densenet" && ownKernels(channels);
  // The decoder works a clip, not a frame.
  const forward = 2.5 + (unet ? 0.1 + 3 / frames : 0);
  const secondGraph = own ? 9.2 + (unet ? 1 + 11 / frames : 0) : 13.8 + (unet ? 2 + 16 / frames : 0);
  const maps = heldMaps(work, {
    graph: second ? secondGraph : forward + 0.4,
    forward,
    transient: own ? 2.2 : 5,
  });
  const inputs = own
    ? heldMaps(work, { graph: second ? 2 : 1, forward: 1, transient: 1 })
    : heldMaps(work, { graph: second ? 8 : 1, forward: 1, transient: 8 });
  const map = frames * (16 * Math.ceil(size / 16)) ** 2 * 4;

  // Filters are flipped, transposed and packed on the way; those of the decoder less often.
  const copies = { 0: [4, 4], 1: [20, 8], 2: [40, 14] }[work.order] as [number, number];
  let filters = 0;
  for (const [path, shape] of parameterShapes(architecture)) {
    const branch = path.startsWith("primary.") || path.startsWith("auxiliary.");
    filters += copies[branch ? 1 : 0] * 4 * shape.reduce((a, b) => a * b, 1);
  }
  const resident = 40e6; // the module itself, and how far its heap grows ahead
  const width = channels * BACKBONES[backbone].memory[work.order];
  return resident + map * (width * maps + inputChannels * inputs) + filters * Math.max(1, work.innerSteps);
}
