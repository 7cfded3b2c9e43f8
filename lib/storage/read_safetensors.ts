import { ARRAYS } from "./_dtypes.ts";
import { headerLength, parseSafetensorsHeader } from "./_safetensors_header.ts";
import type { StoredDtype, StoredTensor } from "./types.ts";

/** A tensor that was left in its file. */
export interface LeftInFile {
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  /** First byte in the file, and number of bytes. */
  readonly offset: number;
  readonly length: number;
}

/** A safetensors file of which large tensors were not read. */
export interface SafetensorsFile {
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  readonly left: Readonly<Record<string, LeftInFile>>;
  readonly metadata: Readonly<Record<string, string>>;
  /** Size of the file in bytes, and when it was changed last (ms since 1970, where the system says). */
  readonly size: number;
  readonly modified: number | null;
}

/** Reads exactly `length` bytes at `offset`. */
async function readRange(file: Deno.FsFile, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  await file.seek(offset, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const read = await file.read(bytes.subarray(at));
    if (read === null) throw new SyntaxError(`Cannot decode safetensors: expected ${length - at} more bytes`);
    at += read;
  }
  return bytes;
}

/**
 * Reads a safetensors file but for some tensors, of which it tells the place: a file larger than memory opens at once.
 *
 * The header is checked as {@linkcode decodeSafetensors} does it, the tensors that are left included.
 *
 * @param path The file.
 * @param leave Names of tensors to leave in the file.
 * @returns The tensors, what was left, and the metadata.
 * @throws {SyntaxError} When the file is no safetensors file.
 * @throws {Deno.errors.NotFound} When it is not there.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { encodeSafetensors, readSafetensors } from "./mod.ts";
 * const path = await Deno.makeTempFile();
 * const w = { dtype: "U8", shape: [2], data: Uint8Array.of(1, 2) } as const;
 * await Deno.writeFile(path, encodeSafetensors({ w }));
 * const { left, size } = await readSafetensors(path, ["w"]);
 * assertEquals([left.w!.length, left.w!.offset], [2, size - 2]);
 * await Deno.remove(path);
 * ```
 */
export async function readSafetensors(path: string, leave: readonly string[] = []): Promise<SafetensorsFile> {
  using file = await Deno.open(path);
  const { size, mtime } = await file.stat();
  const start = 8 + headerLength(await readRange(file, 0, Math.min(8, size)), size);
  const { metadata, entries } = parseSafetensorsHeader(await readRange(file, 8, start - 8), size - start);
  const tensors: [string, StoredTensor][] = [];
  const left: [string, LeftInFile][] = [];
  for (const { name, dtype, shape, begin, end } of entries) {
    if (leave.includes(name)) left.push([name, { dtype, shape, offset: start + begin, length: end - begin }]);
    else {
      const { buffer } = await readRange(file, start + begin, end - begin);
      tensors.push([name, { dtype, shape, data: new ARRAYS[dtype](buffer) }]);
    }
  }
  return {
    tensors: Object.fromEntries(tensors),
    left: Object.fromEntries(left),
    metadata,
    size,
    modified: mtime?.getTime() ?? null,
  };
}
