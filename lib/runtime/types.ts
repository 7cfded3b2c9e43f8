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
