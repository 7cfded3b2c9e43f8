import { provideJpegModule, provideOpenCv } from "../data/mod.ts";
import { provideWasmBinary } from "../runtime/mod.ts";
import type { PackedFiles } from "./packed_files.ts";

/**
 * Hands what a bundle carries to who computes and decodes with it; each is unpacked when it is first needed.
 *
 * @param files The files.
 * @returns Nothing.
 *
 * @example
 * ```ts ignore
 * import { providePacked } from "./mod.ts";
 * providePacked({ tfjs: "…", jpeg: "…", opencv: "…" });
 * ```
 */
export function providePacked(files: PackedFiles): void {
  // Emscripten's programs ask for their own folder, which a bundle does not have.
  Object.assign(globalThis, { __dirname: "/" });
  provideWasmBinary(() => Promise.resolve(Uint8Array.fromBase64(files.tfjs)));
  provideJpegModule(() => WebAssembly.compile(Uint8Array.fromBase64(files.jpeg)));
  provideOpenCv(() => {
    const packed = new Blob([Uint8Array.fromBase64(files.opencv)]).stream();
    return new Response(packed.pipeThrough(new DecompressionStream("gzip"))).text();
  });
}
