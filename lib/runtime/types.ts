import type { Tensor } from "@tensorflow/tfjs-core";

/** A TensorFlow.js backend this project runs on, from the fastest to the reference. */
export type BackendName = "webgpu" | "wasm" | "cpu";

/** What a user may ask for: `auto` takes the best real one. */
export type BackendRequest = "auto" | BackendName;

/** The backend that runs, and why not a better one. */
export interface BackendChoice {
  readonly name: BackendName;
  /** True for WebGPU on a software adapter (llvmpipe, SwiftShader): correct and slow. */
  readonly software: boolean;
  /** One sentence for people. */
  readonly why: string;
}

/** What the machine offers under `navigator.gpu`. */
export interface AdapterFinding {
  /** Whether there is an adapter at all. */
  readonly found: boolean;
  /** Whether it computes on the CPU. */
  readonly software: boolean;
  /** The adapter's name, or why there is none. */
  readonly description: string;
}

/** Where backends come from; replaced in tests. */
export interface BackendSource {
  /** Looks for a WebGPU adapter; never throws. */
  findAdapter(): Promise<AdapterFinding>;
  /** Loads a backend and makes it TensorFlow.js's current one. Throws with the reason when it cannot. */
  start(name: BackendName): Promise<void>;
}

/** Numbers that a computation is done on: from the host, or float32 on the device, borrowed. */
export interface ComputeInput {
  readonly shape: readonly number[];
  readonly data: Float32Array | Tensor;
}

/** Does a computation, known by its key, on arrays. */
export type Compute = (
  key: string,
  inputs: readonly ComputeInput[],
  compute: (tensors: readonly Tensor[]) => readonly Tensor[],
) => Promise<Float32Array[]>;

/** Does computations and keeps what makes them fast the next time. */
export interface Computer {
  readonly compute: Compute;
  close(): void;
}
