import { findAdapter } from "./_find_adapter.ts";
import type { BackendChoice } from "./types.ts";

/**
 * Lists the backends that this machine offers, best first, without starting any.
 *
 * @param options `includeSoftware`: whether WebGPU on a software adapter counts. Default false.
 * @returns One entry a backend; start one with {@linkcode chooseBackend}, which may still find that it fails.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { availableBackends } from "./mod.ts";
 * const names = (await availableBackends()).map((backend) => backend.name);
 * assert(names.includes("cpu"));
 * ```
 */
export async function availableBackends(
  options: { readonly includeSoftware?: boolean } = {},
): Promise<BackendChoice[]> {
  const backends: BackendChoice[] = [];
  const adapter = await findAdapter();
  if (adapter.found && (options.includeSoftware || !adapter.software)) {
    const why = `webgpu can run on ${adapter.description}.`;
    backends.push({ name: "webgpu", software: adapter.software, why });
  }
  if (typeof WebAssembly === "object") {
    backends.push({ name: "wasm", software: false, why: "wasm runs wherever WebAssembly does." });
  }
  backends.push({ name: "cpu", software: false, why: "cpu runs everywhere." });
  return backends;
}
