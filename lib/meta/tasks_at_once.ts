import type { Architecture } from "../model/mod.ts";
import { gpuLimits } from "../runtime/mod.ts";
import { type ClipWork, estimateBytes } from "./estimate_bytes.ts";

/**
 * How many tasks of a size are best computed together on the current backend: one where it computes on a core; on WebGPU as many
 * as its memory, and the largest of its buffers, hold.
 *
 * @param architecture The network.
 * @param size H = W, pixels.
 * @param work What one task computes.
 * @returns At least 1, Infinity for a task without clips.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chooseBackend } from "../runtime/mod.ts";
 * import { tasksAtOnce } from "./mod.ts";
 * await chooseBackend("wasm");
 * const small = { decoder: "none", channels: 4, frames: 2, inputChannels: 1, classes: 3 } as const;
 * assertEquals(tasksAtOnce(small, 16, { support: 6, query: 6, innerSteps: 1, order: 2 }), 1);
 * ```
 */
export function tasksAtOnce(architecture: Architecture, size: number, work: ClipWork): number {
  const limits = gpuLimits();
  if (limits === null) return 1;
  const { support, query = 0, macro = 0 } = work;
  const { frames, channels, inputChannels } = architecture;
  const frame = (16 * Math.ceil(size / 16)) ** 2 * Math.max(channels, inputChannels) * 4;
  const largest = Math.max(support, query, macro) * frames * frame;
  const bytes = estimateBytes(architecture, size, work);
  return Math.max(1, Math.floor(Math.min(limits.memory / bytes, limits.buffer / largest)));
}
