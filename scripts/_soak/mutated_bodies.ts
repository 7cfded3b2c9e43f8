import fc from "fast-check";
import { crc32 } from "node:zlib";
import type { FuzzRequest } from "./bad_requests.ts";
import { FORM, PICTURES, SAFETENSORS } from "./valid_bodies.ts";

/** One damage to a file. */
interface Damage {
  readonly how: string;
  /** Whether within the header, which decides most. */
  readonly early: boolean;
  readonly at: number;
  readonly value: number;
  readonly length: number;
}

// Without bias: fast-check prefers small numbers, and every damage to the first byte ends at the first check.
const damage: fc.Arbitrary<Damage> = fc.noBias(fc.record({
  how: fc.constantFrom("bit", "byte", "word", "cut", "insert", "repeat", "zero"),
  early: fc.boolean(),
  at: fc.nat(1_000_000),
  value: fc.nat(255),
  length: fc.integer({ min: 1, max: 40 }),
}));

function damaged(bytes: Uint8Array, { how, early, at, value, length }: Damage): Uint8Array {
  const from = at % Math.max(1, early ? Math.min(100, bytes.length) : bytes.length);
  const out = bytes.slice();
  const join = (...parts: Uint8Array[]) => new Uint8Array(parts.flatMap((part) => [...part]));
  switch (how) {
    case "bit":
      if (from < out.length) out[from]! ^= 1 << (value & 7);
      return out;
    case "byte":
      if (from < out.length) out[from] = value;
      return out;
    case "word":
      return out.fill(value > 127 ? 255 : 0, from, from + 4);
    case "zero":
      return out.fill(0, from, from + length);
    case "cut":
      return out.subarray(0, from);
    case "insert":
      return join(out.subarray(0, from), new Uint8Array(length).fill(value), out.subarray(from));
    default:
      return join(out.subarray(0, from), out.subarray(from, from + length), out.subarray(from));
  }
}

/** Writes fit checksums into a damaged PNG, as far as its chunks can be followed, so that what lies behind them is reached. */
function resealed(bytes: Uint8Array): Uint8Array {
  const out = bytes.slice();
  const view = new DataView(out.buffer);
  for (let at = 8; at + 12 <= out.length;) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > out.length) break;
    view.setUint32(end, crc32(out.subarray(at + 4, end)));
    at = end + 4;
  }
  return out;
}

const changed = (bytes: Uint8Array) =>
  fc.array(damage, { minLength: 1, maxLength: 3 }).map((all) => all.reduce<Uint8Array>(damaged, bytes));

const picture = fc.oneof(
  fc.constantFrom(...Object.values(PICTURES)).chain(changed),
  changed(PICTURES.png!).map(resealed),
);

/** Pictures, forms and safetensors files that were damaged at one to three places, as bodies of predictions and calibrations. */
export const MUTATED_BODIES: fc.Arbitrary<FuzzRequest> = fc.oneof(
  {
    weight: 1,
    arbitrary: changed(FORM).map((body): FuzzRequest => ({
      method: "POST",
      path: "/v1/predict",
      headers: { "Content-Type": "multipart/form-data; boundary=limit" },
      body,
    })),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(picture, fc.boolean()).map(([bytes, calibrates]): FuzzRequest => {
      const frame = bytes.toBase64();
      return {
        method: "POST",
        path: calibrates ? "/v1/subjects/fuzz/calibrations" : "/v1/predict",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ clips: [{ frames: [frame, frame], label: "positive" }] }),
      };
    }),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(changed(SAFETENSORS), fc.boolean()).map(([body, calibrates]): FuzzRequest => ({
      method: "POST",
      path: calibrates ? "/v1/subjects/fuzz/calibrations" : "/v1/predict",
      headers: { "Content-Type": "application/vnd.safetensors" },
      body,
    })),
  },
);
