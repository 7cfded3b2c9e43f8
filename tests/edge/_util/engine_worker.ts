import { answerEngineAsks } from "../../../lib/edge/mod.ts";
import { provideWasmBinary } from "../../../lib/runtime/mod.ts";

// As a bundle does: then `auto` is wasm.
const file = "npm:@tensorflow/tfjs-backend-wasm@4.22.0/wasm-out/tfjs-backend-wasm-simd.wasm";
provideWasmBinary(() => Deno.readFile(new URL(import.meta.resolve(file))));
answerEngineAsks();
