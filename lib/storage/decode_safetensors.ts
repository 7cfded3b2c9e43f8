import { ARRAYS, ELEMENT_BYTES, isStoredDtype } from "./_dtypes.ts";
import { duplicateKey } from "./duplicate_key.ts";
import type { StoredTensor } from "./types.ts";

/** Longest header read, as in the reference implementation: 100 MB. */
const MAX_HEADER_BYTES = 100_000_000;

interface Entry {
  readonly name: string;
  readonly dtype: StoredTensor["dtype"];
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function fail(what: string, expected: string, got: unknown): never {
  throw new SyntaxError(`Cannot decode safetensors${what}: expected ${expected}, got ${got}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The header as text and the position of the data. */
function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < 8) fail("", "8 bytes of header length", `${bytes.length} bytes`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES) fail(" header", `at most ${MAX_HEADER_BYTES} bytes`, length);
  if (length > bytes.length - 8) fail(" header", `${length} bytes as announced`, `${bytes.length - 8}`);
  let json: string;
  try {
    json = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, 8 + length));
  } catch {
    fail(" header", "UTF-8", "other bytes");
  }
  if (!json.startsWith("{")) fail(" header", "a JSON object from the first byte", JSON.stringify(json.slice(0, 20)));
  let header: unknown;
  try {
    header = JSON.parse(json);
  } catch (error) {
    fail(" header", "JSON", (error as Error).message);
  }
  if (!isRecord(header)) fail(" header", "a JSON object", typeof header);
  const twice = duplicateKey(json);
  if (twice !== null) fail(" header", "every key once", `"${twice}" twice`);
  return { header, dataStart: 8 + length };
}

function readMetadata(value: unknown): Record<string, string> {
  if (!isRecord(value)) fail(" __metadata__", "an object of strings", JSON.stringify(value));
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") fail(` __metadata__ "${key}"`, "a string", JSON.stringify(text));
  }
  return value as Record<string, string>;
}

function readEntry(name: string, value: unknown, dataBytes: number): Entry {
  const what = ` tensor "${name}"`;
  if (!isRecord(value)) fail(what, "an object", JSON.stringify(value));
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isStoredDtype(dtype)) fail(`${what} dtype`, "F32, I32 or U8", JSON.stringify(dtype));
  if (!Array.isArray(shape) || !shape.every((side) => Number.isSafeInteger(side) && side >= 0)) {
    fail(`${what} shape`, "non-negative integers", JSON.stringify(shape));
  }
  let elements = 1;
  for (const side of shape as number[]) {
    elements *= side;
    // A zero later in the shape does not excuse an overflow before it: the reference implementation refuses it too.
    if (elements * ELEMENT_BYTES[dtype] > Number.MAX_SAFE_INTEGER) {
      fail(`${what} shape`, "a countable number of elements", JSON.stringify(shape));
    }
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every((o) => Number.isSafeInteger(o) && o >= 0)) {
    fail(`${what} data_offsets`, "two non-negative integers", JSON.stringify(offsets));
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > dataBytes) {
    fail(`${what} data_offsets`, `an ascending range within ${dataBytes} bytes`, `[${begin}, ${end}]`);
  }
  if (end - begin !== elements * ELEMENT_BYTES[dtype]) {
    fail(what, `${elements * ELEMENT_BYTES[dtype]} bytes for ${dtype} [${shape}]`, `${end - begin}`);
  }
  return { name, dtype, shape: shape as number[], begin, end };
}

/**
 * Reads a safetensors file, trusting nothing.
 *
 * The data must be covered exactly: sorted by offset, each tensor begins where the one before it ends, and the last
 * ends with the file. Arrays are copies, so the result does not hold on to the file's bytes.
 *
 * @param bytes The whole file.
 * @returns The tensors by name, in file order, and the strings of `__metadata__` (empty when there is none).
 * @throws {SyntaxError} When the header is too long, cut off or no JSON object; a key appears twice; a dtype is
 * other than F32, I32 or U8; a shape is negative, fractional or overflows; offsets leave holes, overlap, leave the
 * file or disagree with the shape; bytes trail; `__metadata__` is not string to string.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { decodeSafetensors } from "./mod.ts";
 * assertThrows(() => decodeSafetensors(new Uint8Array(4)), SyntaxError, "expected 8 bytes");
 * ```
 *
 * Source: https://huggingface.co/docs/safetensors
 */
export function decodeSafetensors(
  bytes: Uint8Array,
): { tensors: Record<string, StoredTensor>; metadata: Record<string, string> } {
  const { header, dataStart } = readHeader(bytes);
  let metadata: Record<string, string> = {};
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__") metadata = readMetadata(value);
    else entries.push(readEntry(name, value, bytes.length - dataStart));
  }
  const byOffset = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of byOffset) {
    if (begin !== covered) fail(` tensor "${name}"`, `data from byte ${covered}, no hole or overlap`, `byte ${begin}`);
    covered = end;
  }
  if (dataStart + covered !== bytes.length) {
    fail("", `${dataStart + covered} bytes`, `${bytes.length}: data that no tensor owns`);
  }
  const tensors = byOffset.map(({ name, dtype, shape, begin, end }): [string, StoredTensor] => {
    // The constructor copies for every subclass; slice() of a Node Buffer would not.
    const copy = new Uint8Array(bytes.subarray(dataStart + begin, dataStart + end));
    return [name, { dtype, shape, data: new ARRAYS[dtype](copy.buffer) }];
  });
  return { tensors: Object.fromEntries(tensors), metadata };
}
