import type * as tf from "@tensorflow/tfjs-core";
import { type GpuProgram, perElement, runOnGpu } from "./_gpu.ts";

type Shape4 = readonly [number, number, number, number];

const ints = ["h", "w", "c"];

/** From an element of the pooled map to `first`, its window's first element in the map. */
const WINDOW = `
  let ph = uniforms.h / 2;
  let pw = uniforms.w / 2;
  let row = index / uniforms.c;
  let column = row % pw;
  let line = row / pw;
  let first = ((line / ph * uniforms.h + 2 * (line % ph)) * uniforms.w + 2 * column) * uniforms.c + index % uniforms.c;
`;

/** From place 0 to 3 to the distance from the first element. */
const STEP = "(place / 2) * uniforms.w * uniforms.c + (place % 2) * uniforms.c";

const PLACE: GpuProgram = {
  name: "pool place",
  inputs: ["x"],
  ints,
  code: perElement(`
    ${WINDOW}
    var best = x[first];
    var found = 0;
    for (var place = 1; place < 4; place++) {
      let value = x[first + ${STEP}];
      if (value > best) { best = value; found = place; }
    }
    result[index] = f32(found);`),
};

const UNPOOL: GpuProgram = {
  name: "unpool",
  inputs: ["dy", "places"],
  ints,
  code: perElement(`
    let ph = uniforms.h / 2;
    let pw = uniforms.w / 2;
    let pixel = index / uniforms.c;
    let column = pixel % uniforms.w;
    let line = pixel / uniforms.w;
    let row = line % uniforms.h;
    var value = 0.0;
    if (row / 2 < ph && column / 2 < pw) {
      let source = ((line / uniforms.h * ph + row / 2) * pw + column / 2) * uniforms.c + index % uniforms.c;
      if (i32(places[source]) == row % 2 * 2 + column % 2) { value = dy[source]; }
    }
    result[index] = value;`),
};

const REPOOL: GpuProgram = {
  name: "repool",
  inputs: ["g", "places"],
  ints,
  code: perElement(`
    ${WINDOW}
    let place = i32(places[index]);
    result[index] = g[first + ${STEP}];`),
};

const pooledShape = ([b, h, w, c]: Shape4) => [b, h >> 1, w >> 1, c];

/** Where the first maximum of each 2×2 window is, 0 to 3 row by row, as float32; the pooled map's shape. */
export function gpuPlaces(x: tf.Tensor): tf.Tensor {
  const shape = x.shape as unknown as Shape4;
  return runOnGpu(PLACE, { inputs: [x], ints: shape.slice(1), shape: pooledShape(shape) });
}

/** Sends each element to its window's place; zero elsewhere. */
export function gpuUnpool(dy: tf.Tensor, places: tf.Tensor, shape: Shape4): tf.Tensor {
  return runOnGpu(UNPOOL, { inputs: [dy, places], ints: shape.slice(1), shape });
}

/** Takes the element at each window's place. */
export function gpuRepool(g: tf.Tensor, places: tf.Tensor, shape: Shape4): tf.Tensor {
  return runOnGpu(REPOOL, { inputs: [g, places], ints: shape.slice(1), shape: pooledShape(shape) });
}
