import type { z } from "zod";
import { type Limits, parseFields, ProblemError } from "../../lib/http/mod.ts";
import type { StoredTensor } from "../../lib/storage/mod.ts";
import { inferRequestSchema } from "./infer_schema.ts";

/** Bytes of an element. */
const SIZES = { UINT8: 1, FP32: 4 } as const;

/** What a request asks for, checked. */
export interface InferRequest {
  readonly id: string | undefined;
  readonly subject: string | undefined;
  readonly tensor: StoredTensor;
  /** Whether the probabilities go after the JSON, as bytes. */
  readonly binary: boolean;
}

function wrong(field: string, message: string, status: 413 | 422 = 422): ProblemError {
  return new ProblemError(status, `Cannot accept the request: ${field}: ${message}`, [{ field, message }]);
}

/** Copies numbers, flat or nested as the shape says, into one array. */
function fill(target: Float32Array | Uint8Array, data: unknown[], shape: readonly number[]): void {
  let at = 0;
  const whole = target instanceof Uint8Array;
  const put = (value: unknown) => {
    if (typeof value !== "number" || (whole && (!Number.isInteger(value) || value < 0 || value > 255))) {
      throw wrong("inputs.0.data", `expected ${whole ? "integers from 0 to 255" : "numbers"} at element ${at}`);
    }
    target[at++] = value;
  };
  const walk = (value: unknown, depth: number) => {
    if (!Array.isArray(value) || value.length !== shape[depth]) {
      throw wrong("inputs.0.data", `expected a flat array, or nested arrays of shape [${shape}]`);
    }
    if (depth === shape.length - 1) value.forEach(put);
    else value.forEach((child) => walk(child, depth + 1));
  };
  if (Array.isArray(data[0])) return walk(data, 0);
  if (data.length !== target.length) {
    throw wrong("inputs.0.data", `expected ${target.length} elements for shape [${shape}], got ${data.length}`);
  }
  data.forEach(put);
}

/** How many elements a shape has; refused before an array of that size is made. */
function countElements(shape: readonly number[], { bodyBytes }: Limits): number {
  const count = shape.reduce((a, b) => a * b, 1);
  if (count > bodyBytes) throw wrong("inputs.0.shape", `expected at most ${bodyBytes} elements, got [${shape}]`, 413);
  return count;
}

/** The input's pixels: after the JSON, or in it. */
function readTensor(
  input: z.infer<typeof inferRequestSchema>["inputs"][number],
  rest: Uint8Array,
  limits: Limits,
): StoredTensor {
  const { shape, datatype, data, parameters } = input;
  const size = SIZES[datatype];
  const count = countElements(shape, limits);
  const given = parameters?.binary_data_size;
  if ((given === undefined) === (data === undefined)) {
    throw wrong("inputs.0.data", "expected either data or the parameter binary_data_size");
  }
  if (given !== undefined && given !== count * size) {
    throw wrong("inputs.0.parameters.binary_data_size", `expected ${count * size} for shape [${shape}], got ${given}`);
  }
  if (rest.length !== (given ?? 0)) {
    throw new ProblemError(
      400,
      `Cannot read the body: expected ${given ?? 0} bytes after the JSON, got ${rest.length}`,
    );
  }
  if (given !== undefined) {
    // Copied, because bytes behind a text begin anywhere.
    const bytes = rest.slice();
    return datatype === "UINT8"
      ? { dtype: "U8", shape, data: bytes }
      : { dtype: "F32", shape, data: new Float32Array(bytes.buffer) };
  }
  const target = datatype === "UINT8" ? new Uint8Array(count) : new Float32Array(count);
  fill(target, data!, shape);
  return { dtype: datatype === "UINT8" ? "U8" : "F32", shape, data: target };
}

/**
 * Checks an inference request.
 *
 * @param body The JSON.
 * @param rest The bytes after it.
 * @param model The path's model.
 */
export function inferRequest(body: unknown, rest: Uint8Array, model: string, limits: Limits): InferRequest {
  const { id, model_name: name, parameters, inputs, outputs = [] } = parseFields(inferRequestSchema, body);
  if (name !== undefined && name !== model) throw wrong("model_name", `expected the path's ${model}, got ${name}`);
  const [output] = outputs;
  return {
    id,
    subject: parameters?.subject,
    tensor: readTensor(inputs[0], rest, limits),
    binary: output?.parameters?.binary_data ?? parameters?.binary_data_output ?? false,
  };
}
