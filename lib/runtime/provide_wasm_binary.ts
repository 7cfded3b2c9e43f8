import { setWasmBinary } from "./_wasm_binary.ts";

/**
 * Hands over the WASM backend's binary, where it cannot be found beside its package: in a bundle.
 *
 * A bundle carries no other backend, so from now on `auto` means wasm and no adapter is looked for.
 *
 * @param load Gives `wasm-out/tfjs-backend-wasm-simd.wasm` of `@tensorflow/tfjs-backend-wasm`, when the backend starts.
 * @returns Nothing.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chooseBackend, provideWasmBinary } from "./mod.ts";
 * const file = "npm:@tensorflow/tfjs-backend-wasm@4.22.0/wasm-out/tfjs-backend-wasm-simd.wasm";
 * provideWasmBinary(() => Deno.readFile(new URL(import.meta.resolve(file))));
 * assertEquals((await chooseBackend("auto")).name, "wasm");
 * ```
 */
export function provideWasmBinary(load: () => Promise<Uint8Array<ArrayBuffer>>): void {
  setWasmBinary(load);
}
