import * as tf from "@tensorflow/tfjs-core";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";

/** A program in WGSL. It sees its inputs and its result as flat arrays of float32, and its numbers in `uniforms`. */
export interface GpuProgram {
  /** Tells it from all others: what is compiled once is found again by it. */
  readonly name: string;
  /** Names of its inputs. */
  readonly inputs: readonly string[];
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
  /** Workgroups. Default: a thread for each element of the result. */
  readonly groups?: number;
}

/** Whether the active backend is WebGPU. */
export function onGpu(): boolean {
  return tf.getBackend() === "webgpu";
}

/** The body of a program that computes each element of its result by itself. */
export function perElement(body: string): string {
  return `fn main(index : i32) { if (index < uniforms.size) { ${body} } }`;
}

/** Runs a program: one dispatch, whatever the sizes. */
export function runOnGpu(program: GpuProgram, { inputs, ints = [], floats = [], shape, groups }: GpuRun): tf.Tensor {
  const { name, threads = 64 } = program;
  const size = shape.reduce((a, b) => a * b, 1);
  const declare = (names: readonly string[] = [], type: string) => names.map((one) => `${one} : ${type}, `).join("");
  const backend = tf.engine().backend as unknown as WebGPUBackend;
  const { dataId } = backend.runWebGPUProgram(
    {
      shaderKey: `lightmannet ${name}`,
      variableNames: [...program.inputs],
      uniforms: declare(program.ints, "i32") + declare(program.floats, "f32"),
      size: true,
      outputShape: [size],
      workgroupSize: [threads, 1, 1],
      dispatchLayout: { x: [0] },
      dispatch: [groups ?? Math.ceil(size / threads), 1, 1],
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
