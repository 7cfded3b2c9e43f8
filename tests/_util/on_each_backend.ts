import { availableBackends, type BackendName, chooseBackend } from "../../lib/runtime/mod.ts";
import { needs } from "./needs.ts";

const offered = new Set((await availableBackends({ includeSoftware: true })).map((backend) => backend.name));

/**
 * Registers one test a backend. The backend is process-global, so each test chooses its own first; one that the machine
 * lacks is skipped with the reason.
 *
 * @param name The test's name, in front of the backend's.
 * @param test Run on the backend.
 * @param backends Default: all three; a software WebGPU adapter counts.
 */
export function onEachBackend(
  name: string,
  test: (backend: BackendName) => Promise<void> | void,
  backends: readonly BackendName[] = ["cpu", "wasm", "webgpu"],
): void {
  for (const backend of backends) {
    Deno.test({
      ...needs(offered.has(backend), `this machine has no ${backend}`, `${name}: ${backend}`),
      // tfjs keeps the device for the life of the process.
      sanitizeResources: backend !== "webgpu",
      async fn() {
        await chooseBackend(backend);
        await test(backend);
      },
    });
  }
}
