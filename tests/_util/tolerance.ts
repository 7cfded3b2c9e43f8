import type { BackendName } from "../../lib/runtime/mod.ts";

/**
 * The largest relative error of a tensor, ‖a − b‖ / max(‖b‖, 1e-2 × its case's largest norm), against float64.
 *
 * All are float32. cpu sums in float64; wasm sums one by one in float32, its worst on means of large maps.
 */
export function tolerance(backend: BackendName): number {
  return { cpu: 5e-5, webgpu: 1e-4, wasm: 1e-4 }[backend];
}
