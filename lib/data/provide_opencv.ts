import { setOpenCvSource } from "./_load_opencv.ts";

/**
 * Hands over OpenCV, which computes optical flow, where it cannot be found by its package's name: in a bundle.
 *
 * @param source Gives `dist/opencv.js` of `@techstark/opencv-js`, when the first flow is computed.
 * @returns Nothing.
 *
 * @example
 * ```ts
 * import { provideOpenCv } from "./mod.ts";
 * provideOpenCv(() => Deno.readTextFile(new URL(import.meta.resolve("@techstark/opencv-js"))));
 * ```
 */
export function provideOpenCv(source: () => Promise<string>): void {
  setOpenCvSource(source);
}
