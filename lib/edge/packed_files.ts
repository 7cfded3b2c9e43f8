/** Files that a bundle carries, in base64. */
export interface PackedFiles {
  /** The kernels of `@tensorflow/tfjs-backend-wasm`, with SIMD. */
  readonly tfjs: string;
  /** The decoder of `@jsquash/jpeg`. */
  readonly jpeg: string;
  /** The JavaScript of `@techstark/opencv-js`, by gzip. */
  readonly opencv: string;
}
