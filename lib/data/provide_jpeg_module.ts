import { setJpegModule } from "./_jpeg_codec.ts";

/**
 * Hands over the compiled JPEG decoder, where it cannot be found by its package's name: in a bundle, or in a process
 * that may not read the package folder.
 *
 * Without this call, {@linkcode decodeImage} finds it by itself when the first JPEG comes. Each thread has its own.
 *
 * @param module `codec/dec/mozjpeg_dec.wasm` of `@jsquash/jpeg`, compiled.
 * @returns Nothing.
 *
 * @example
 * ```ts
 * import { provideJpegModule } from "./mod.ts";
 * const file = new URL(import.meta.resolve("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm"));
 * provideJpegModule(await WebAssembly.compile(await Deno.readFile(file)));
 * ```
 */
export function provideJpegModule(module: WebAssembly.Module): void {
  setJpegModule(module);
}
