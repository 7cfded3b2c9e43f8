import { BackendUnavailableError } from "./backend_unavailable_error.ts";
import { findAdapter, messageOf } from "./_find_adapter.ts";
import { startBackend } from "./_start_backend.ts";
import { wasmBinary } from "./_wasm_binary.ts";
import type { BackendChoice, BackendRequest, BackendSource } from "./types.ts";

const MACHINE: BackendSource = { findAdapter: () => findAdapter(), start: startBackend };

/**
 * Loads the best backend, or the one asked for, and makes it TensorFlow.js's current one.
 *
 * `auto` tries WebGPU on a real adapter, then WASM, then CPU. A software adapter is slower than WASM and runs only
 * when `webgpu` is asked for by name. Only what is tried is loaded.
 *
 * @param request A backend by name, or `auto`.
 * @param source Where adapters and backends come from. Default: this machine.
 * @returns Which backend runs, whether on a software adapter, and one sentence on why not a better one.
 * @throws {BackendUnavailableError} When the backend asked for by name, or with `auto` every one, cannot run.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chooseBackend } from "./mod.ts";
 * const backend = await chooseBackend("cpu");
 * assertEquals([backend.name, backend.software], ["cpu", false]);
 * ```
 */
export async function chooseBackend(request: BackendRequest, source: BackendSource = MACHINE): Promise<BackendChoice> {
  if (request === "auto" && wasmBinary() !== null) {
    await startOrThrow("wasm", source);
    return { name: "wasm", software: false, why: "wasm runs because it is what the bundle carries." };
  }
  if (request === "auto") return await chooseBest(source);
  if (request !== "webgpu") {
    await startOrThrow(request, source);
    return { name: request, software: false, why: `${request} was asked for by name.` };
  }
  const adapter = await source.findAdapter();
  if (!adapter.found) throw new BackendUnavailableError("webgpu", adapter.description);
  await startOrThrow("webgpu", source);
  const kind = adapter.software ? "a software adapter, correct but slow" : "a real adapter";
  return {
    name: "webgpu",
    software: adapter.software,
    why: `webgpu was asked for by name and runs on ${adapter.description}, ${kind}.`,
  };
}

async function startOrThrow(name: "webgpu" | "wasm" | "cpu", source: BackendSource): Promise<void> {
  try {
    await source.start(name);
  } catch (error) {
    throw new BackendUnavailableError(name, `it failed to start (${messageOf(error)})`, { cause: error });
  }
}

async function chooseBest(source: BackendSource): Promise<BackendChoice> {
  const refused: string[] = [];
  const adapter = await source.findAdapter();
  if (adapter.found && !adapter.software) {
    try {
      await source.start("webgpu");
      return { name: "webgpu", software: false, why: `webgpu runs on ${adapter.description}, the best backend.` };
    } catch (error) {
      refused.push(`webgpu failed to start on ${adapter.description} (${messageOf(error)})`);
    }
  } else if (adapter.found) {
    refused.push(`the only WebGPU adapter is software (${adapter.description}), slower than wasm`);
  } else {
    refused.push(adapter.description);
  }
  for (const name of ["wasm", "cpu"] as const) {
    try {
      await source.start(name);
      return { name, software: false, why: `${name} runs because ${refused.join(", and ")}.` };
    } catch (error) {
      refused.push(`${name} failed to start (${messageOf(error)})`);
    }
  }
  throw new BackendUnavailableError("auto", refused.join(", and "));
}
