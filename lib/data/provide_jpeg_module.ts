import { setJpegModule } from "./_jpeg_codec.ts";

/**
 * Hands over the JPEG decoder, where it cannot be found by its package's name: in a bundle, or in a process
 * that may not read the package folder.
 *
 * Without this call, {@linkcode decodeImage} finds it by itself when the first JPEG comes. Each thread has its own.
 *
 * @param compile Gives `codec/dec/mozjpeg_dec.wasm` of `@jsquash/jpeg`, compiled, when the first JPEG comes.
 * @returns Nothing.
 *
 * @example
 * ```ts
 * import { provideJpegModule } from "./mod.ts";
 * const file = new URL(import.meta.resolve("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm"));
 * provideJpegModule(async () => await WebAssembly.compile(await Deno.readFile(file)));
 * ```
 */
export function provideJpegModule(compile: () => Promise<WebAssembly.Module>): void {
  setJpegModule(compile);
}
