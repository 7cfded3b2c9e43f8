import { farneback } from "./_farneback.ts";
import { axisWeights, resize } from "./_resize.ts";
import { scaleFlow } from "./_scale_flow.ts";
import { strain } from "./_strain.ts";
import type { FlowRecipe } from "./flow_recipe.ts";

/**
 * Flow of one clip from its onset: bytes `[n, H, W, 3]` of u, v and strain.
 *
 * Flow is computed at `flow.size` and averaged by area to `size`; u and v are then pixels of the output picture, and
 * strain is taken of them.
 *
 * @param pictures `[1 + n, flow.size, flow.size]` grey bytes, the onset first.
 */
export async function flowClip(pictures: Uint8Array, size: number, flow: FlowRecipe): Promise<Uint8Array> {
  const area = flow.size * flow.size;
  const count = pictures.length / area - 1;
  const all = await farneback(pictures, flow.size);
  const axis = axisWeights(flow.size, size);
  const values = new Float32Array(count * size * size * 3); // [n, H, W, 3]
  for (let m = 0; m < count; m++) {
    const fine = all.subarray(m * area * 2, (m + 1) * area * 2);
    const uv = resize(fine, { width: flow.size, channels: 2 }, axis, axis).map((value) => value * size / flow.size);
    strain(uv, size).forEach((value, i) => {
      const at = (m * size * size + i) * 3;
      [values[at], values[at + 1], values[at + 2]] = [uv[2 * i]!, uv[2 * i + 1]!, value];
    });
  }
  return scaleFlow(values, flow);
}
