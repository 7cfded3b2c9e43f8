import type * as tf from "@tensorflow/tfjs-core";
import { type ElementProgram, lanesOf, perElement, runOnGpu } from "./_gpu.ts";

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

const PLACE: ElementProgram = {
  name: "pool place",
  inputs: ["x"],
  ints,
  body: `
    ${WINDOW}
    var best = x[first];
    var found = E();
    for (var place = 1; place < 4; place++) {
      let value = x[first + ${STEP}];
      found = select(found, E(f32(place)), value > best);
      best = select(best, value, value > best);
    }
    result[index] = found;`,
};

const UNPOOL: ElementProgram = {
  name: "unpool",
  inputs: ["dy", "places"],
  ints,
  body: `
    let ph = uniforms.h / 2;
    let pw = uniforms.w / 2;
    let pixel = index / uniforms.c;
    let column = pixel % uniforms.w;
    let line = pixel / uniforms.w;
    let row = line % uniforms.h;
    var value = E();
    if (row / 2 < ph && column / 2 < pw) {
      let source = ((line / uniforms.h * ph + row / 2) * pw + column / 2) * uniforms.c + index % uniforms.c;
      value = select(value, dy[source], places[source] == E(f32(row % 2 * 2 + column % 2)));
    }
    result[index] = value;`,
};

const REPOOL: ElementProgram = {
  name: "repool",
  inputs: ["g", "places"],
  ints,
  body: `
    ${WINDOW}
    var value = g[first];
    for (var place = 1; place < 4; place++) {
      value = select(value, g[first + ${STEP}], places[index] == E(f32(place)));
    }
    result[index] = value;`,
};

/** Runs one of them on maps `[B, H, W, C]`, pooled or not. */
function run(program: ElementProgram, inputs: readonly tf.Tensor[], [, h, w, c]: Shape4, shape: readonly number[]) {
  const lanes = lanesOf(c);
  return runOnGpu(perElement(program, lanes), { inputs, ints: [h, w, c / lanes], shape });
}

const pooledShape = ([b, h, w, c]: Shape4) => [b, h >> 1, w >> 1, c];

/** Where the first maximum of each 2×2 window is, 0 to 3 row by row, as float32; the pooled map's shape. */
export function gpuPlaces(x: tf.Tensor): tf.Tensor {
  const shape = x.shape as unknown as Shape4;
  return run(PLACE, [x], shape, pooledShape(shape));
}

/** Sends each element to its window's place; zero elsewhere. */
export function gpuUnpool(dy: tf.Tensor, places: tf.Tensor, shape: Shape4): tf.Tensor {
  return run(UNPOOL, [dy, places], shape, shape);
}

/** Takes the element at each window's place. */
export function gpuRepool(g: tf.Tensor, places: tf.Tensor, shape: Shape4): tf.Tensor {
  return run(REPOOL, [g, places], shape, pooledShape(shape));
}
