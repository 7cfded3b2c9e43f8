import * as tf from "@tensorflow/tfjs-core";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";

/** A program in WGSL. It sees its inputs and its result as flat arrays, and its numbers in `uniforms`. */
export interface GpuProgram {
  /** Tells it from all others: what is compiled once is found again by it. */
  readonly name: string;
  /** Names of its inputs. */
  readonly inputs: readonly string[];
  /** How many float32 an element of each input holds, 1 or 4 (`vec4<f32>`). @default {1 of each} */
  readonly lanes?: readonly number[];
  /** Likewise of the result; then 4 divides its size. @default {1} */
  readonly resultLanes?: number;
  /** Names of its numbers; `size` is the count of the result's elements, and always there. */
  readonly ints?: readonly string[];
  readonly floats?: readonly string[];
  /** Threads of a workgroup. @default {64} */
  readonly threads?: number;
  /** Declarations and `fn main(index : i32)`, where index counts the threads of all workgroups. */
  readonly code: string;
}

/** What one run of a program works on. */
export interface GpuRun {
  /** In the order of the program's names. */
  readonly inputs: readonly tf.Tensor[];
  readonly ints?: readonly number[];
  readonly floats?: readonly number[];
  /** The result's shape. */
  readonly shape: readonly number[];
  /** Workgroups. Default: a thread for each element of the result, or for each four. */
  readonly groups?: number;
}

/** Whether the active backend is WebGPU. */
export function onGpu(): boolean {
  return tf.getBackend() === "webgpu";
}

/** How many elements are taken at a time where rows of this length lie one after another: `lanes` of programs. */
export function lanesOf(width: number): 1 | 4 {
  return width % 4 === 0 ? 4 : 1;
}

/** What is computed of a program's element. */
export interface ElementProgram extends Pick<GpuProgram, "name" | "inputs" | "ints" | "floats"> {
  /** Statements that set `result[index]`. `E` is the type of an element, `f32` or, of four, `vec4<f32>`. */
  readonly body: string;
}

/** A program that computes each element of its result by itself; with 4 lanes an element is four numbers, in all buffers. */
export function perElement({ body, ...program }: ElementProgram, lanes: 1 | 4 = 1): GpuProgram {
  return {
    ...program,
    name: `${program.name} ${lanes}`,
    lanes: program.inputs.map(() => lanes),
    resultLanes: lanes,
    code: `alias E = ${lanes === 4 ? "vec4<f32>" : "f32"};
fn main(index : i32) { if (index < uniforms.size) { ${body} } }`,
  };
}

/** Runs a program: one dispatch, whatever the sizes. */
export function runOnGpu(program: GpuProgram, { inputs, ints = [], floats = [], shape, groups }: GpuRun): tf.Tensor {
  const { name, threads = 64, resultLanes = 1 } = program;
  const size = shape.reduce((a, b) => a * b, 1);
  const declare = (names: readonly string[] = [], type: string) => names.map((one) => `${one} : ${type}, `).join("");
  const backend = tf.engine().backend as unknown as WebGPUBackend;
  const { dataId } = backend.runWebGPUProgram(
    {
      shaderKey: `lightmannet ${name}`,
      variableNames: [...program.inputs],
      variableComponents: [...program.lanes ?? program.inputs.map(() => 1)],
      outputComponent: resultLanes,
      uniforms: declare(program.ints, "i32") + declare(program.floats, "f32"),
      size: true,
      outputShape: [size],
      workgroupSize: [threads, 1, 1],
      dispatchLayout: { x: [0] },
      dispatch: [groups ?? Math.ceil(size / (threads * resultLanes)), 1, 1],
      getUserCode: () => program.code,
    },
    // Flat, so that one pipeline serves all ranks and shapes.
    inputs.map((input) => ({ dataId: input.dataId, shape: [input.size], dtype: input.dtype })),
    "float32",
    [
      ...ints.map((value) => ({ type: "int32", data: [value] })),
      ...floats.map((value) => ({ type: "float32", data: [value] })),
    ],
  );
  return tf.engine().makeTensorFromTensorInfo({ dataId, shape: [...shape], dtype: "float32" });
}
