import * as z from "zod";
import { decodeSafetensors } from "../storage/mod.ts";
import { fieldProblem } from "./_field_problem.ts";
import { clipsOfTensor } from "./clips_of_tensor.ts";
import type { ClipsRequest } from "./clips_request.ts";
import type { Limits } from "./limits.ts";
import { parseFields } from "./parse_fields.ts";
import { ProblemError } from "./problem_error.ts";

/** A JSON array of B strings in `__metadata__`, or null. */
function readNames(metadata: Record<string, string>, field: string, count: number): string[] | null {
  const text = metadata[field];
  if (text === undefined) return null;
  const at = `__metadata__.${field}`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fieldProblem(at, "expected a JSON array of strings");
  }
  const names = parseFields(z.object({ [at]: z.array(z.string().min(1).max(128)) }), { [at]: value })[at]!;
  if (names.length !== count) throw fieldProblem(at, `expected ${count} entries, one a clip, got ${names.length}`);
  return names;
}

/** Bytes of a header with one tensor, 64 labels, 64 kinds and some fields, ten times over. */
const MAX_HEADER_BYTES = 256 * 1024;

/** Refuses a header of so many tensors or texts that reading it would keep the process busy. */
function checkHeader(body: Uint8Array): void {
  if (body.length < 8) return;
  const length = new DataView(body.buffer, body.byteOffset, 8).getBigUint64(0, true);
  // A length beyond the file is a damaged file, not a large one.
  if (length > MAX_HEADER_BYTES && length <= body.length - 8) {
    throw new ProblemError(413, `Cannot read the body: expected a header of at most ${MAX_HEADER_BYTES} bytes`);
  }
}

/** The clips of a safetensors body. */
export function readTensorClips(body: Uint8Array, limits: Limits): Omit<ClipsRequest, "digest"> {
  checkHeader(body);
  let file: ReturnType<typeof decodeSafetensors>;
  try {
    file = decodeSafetensors(body);
  } catch (error) {
    if (error instanceof SyntaxError) throw new ProblemError(400, error.message);
    throw error;
  }
  const { clips: tensor, ...others } = file.tensors;
  if (tensor === undefined) throw fieldProblem("clips", "expected a tensor of this name");
  for (const name of Object.keys(others)) throw fieldProblem(name.slice(0, 100), "expected the tensor clips only");
  // Some writers note their framework here; it says nothing about clips.
  const { labels: _labels, kinds: _kinds, format: _format, ...fields } = file.metadata;
  // No clip, or no dimension at all, is for the tensor's own checks.
  const count = tensor.shape[0] ?? 0;
  const labels = readNames(file.metadata, "labels", count);
  const kinds = readNames(file.metadata, "kinds", count)?.map((kind, i) => {
    if (kind === "micro" || kind === "macro") return kind;
    throw fieldProblem(`__metadata__.kinds.${i}`, `expected micro or macro, got ${kind}`);
  }) ?? null;
  return { clips: clipsOfTensor(tensor, limits, { labels, kinds }), fields };
}
