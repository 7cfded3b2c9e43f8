/**
 * The number of a frame: the last digit run before its name's extension.
 *
 * @param name A file's name, without folders.
 * @returns The number, or null where the name has no digit.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { frameNumber } from "./mod.ts";
 * assertEquals([frameNumber("reg_img046.jpg"), frameNumber("apex.png")], [46, null]);
 * ```
 */
export function frameNumber(name: string): number | null {
  const run = name.replace(/\.[^.]*$/, "").match(/\d+(?!.*\d)/s);
  return run === null ? null : Number(run[0]);
}
