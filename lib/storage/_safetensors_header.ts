import { ELEMENT_BYTES, isStoredDtype } from "./_dtypes.ts";
import { duplicateKey } from "./duplicate_key.ts";
import type { StoredTensor } from "./types.ts";

/** Longest header read, as in the reference implementation: 100 MB. */
const MAX_HEADER_BYTES = 100_000_000;

/** One tensor's place in the data behind the header. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: StoredTensor["dtype"];
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** What a header says. */
export interface SafetensorsHeader {
  readonly metadata: Record<string, string>;
  /** In file order. */
  readonly entries: readonly SafetensorsEntry[];
}

function fail(what: string, expected: string, got: unknown): never {
  throw new SyntaxError(`Cannot decode safetensors${what}: expected ${expected}, got ${got}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The header's length, from the file's first 8 bytes; it is checked before anything is read or allocated for it.
 */
export function headerLength(bytes: Uint8Array, fileBytes: number): number {
  if (bytes.length < 8) fail("", "8 bytes of header length", `${bytes.length} bytes`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES) fail(" header", `at most ${MAX_HEADER_BYTES} bytes`, length);
  if (length > fileBytes - 8) fail(" header", `${length} bytes as announced`, `${fileBytes - 8}`);
  return length;
}

function readMetadata(value: unknown): Record<string, string> {
  if (!isRecord(value)) fail(" __metadata__", "an object of strings", JSON.stringify(value));
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") fail(` __metadata__ "${key}"`, "a string", JSON.stringify(text));
  }
  return value as Record<string, string>;
}

function readEntry(name: string, value: unknown, dataBytes: number): SafetensorsEntry {
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
 * Reads a header, trusting nothing, in a file of `dataBytes` behind it, which the tensors must cover exactly. Throws
 * SyntaxError.
 */
export function parseSafetensorsHeader(text: Uint8Array, dataBytes: number): SafetensorsHeader {
  let json: string;
  try {
    json = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(text);
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
  let metadata: Record<string, string> = {};
  const entries: SafetensorsEntry[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__") metadata = readMetadata(value);
    else entries.push(readEntry(name, value, dataBytes));
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== covered) fail(` tensor "${name}"`, `data from byte ${covered}, no hole or overlap`, `byte ${begin}`);
    covered = end;
  }
  if (covered !== dataBytes) fail("", `${covered} bytes of data`, `${dataBytes}: data that no tensor owns`);
  return { metadata, entries };
}
