import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from "../../lib/storage/mod.ts";

/** A file by hand: header text as is, `length` as announced (by default the truth). */
function file(header: string | Uint8Array, data: number[] = [], length?: bigint): Uint8Array {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

const u8 = (shape: unknown, offsets: unknown) => JSON.stringify({ dtype: "U8", shape, data_offsets: offsets });

const BAD: readonly [why: string, bytes: Uint8Array, message: string][] = [
  ["an empty file", new Uint8Array(0), "expected 8 bytes of header length, got 0 bytes"],
  ["a header longer than the file", file("{}", [], 3n), "expected 3 bytes as announced, got 2"],
  ["a header over 100 MB", file("{}", [], 100_000_001n), "expected at most 100000000 bytes, got 100000001"],
  ["a header length beyond every file", file("{}", [], 0xffff_ffff_ffff_ffffn), "expected at most 100000000"],
  ["a header that is no UTF-8", file(new Uint8Array([0x7b, 0xff, 0x7d])), "expected UTF-8"],
  ["a header that begins with a space", file(" {}"), "from the first byte"],
  ["a header that is no JSON", file("{nope}"), "expected JSON"],
  ["a header that is an array", file("[]"), "a JSON object"],
  ["a name twice", file(`{"a":${u8([0], [0, 0])},"a":${u8([0], [0, 0])}}`), '"a" twice'],
  ["a name twice in two spellings", file(`{"a":${u8([0], [0, 0])},"\\u0061":${u8([0], [0, 0])}}`), '"a" twice'],
  ["a field twice", file('{"a":{"dtype":"U8","dtype":"F32","shape":[0],"data_offsets":[0,0]}}'), '"dtype" twice'],
  ["a tensor that is no object", file('{"a":7}'), 'tensor "a": expected an object, got 7'],
  ["an unknown dtype", file('{"a":{"dtype":"F64","shape":[0],"data_offsets":[0,0]}}'), 'got "F64"'],
  ["a dtype that is a method's name", file('{"a":{"dtype":"toString","shape":[0],"data_offsets":[0,0]}}'), "dtype"],
  ["no shape", file('{"a":{"dtype":"U8","data_offsets":[0,0]}}'), 'tensor "a" shape'],
  ["a negative shape", file(`{"a":${u8([-1], [0, 0])}}`), "non-negative integers, got [-1]"],
  ["a fractional shape", file(`{"a":${u8([1.5], [0, 1])}}`, [1]), "non-negative integers, got [1.5]"],
  ["a shape that overflows", file(`{"a":${u8([2 ** 40, 2 ** 40], [0, 1])}}`, [1]), "a countable number"],
  ["one offset", file(`{"a":${u8([1], [0])}}`, [1]), "two non-negative integers"],
  ["a negative offset", file(`{"a":${u8([1], [-1, 0])}}`, [1]), "two non-negative integers"],
  ["offsets that descend", file(`{"a":${u8([1], [1, 0])}}`, [1]), "an ascending range"],
  ["offsets beyond the file", file(`{"a":${u8([2], [0, 2])}}`, [1]), "within 1 bytes, got [0, 2]"],
  ["offsets that disagree with the shape", file(`{"a":${u8([1], [0, 2])}}`, [1, 2]), "expected 1 bytes for U8 [1]"],
  ["a hole", file(`{"a":${u8([1], [0, 1])},"b":${u8([1], [2, 3])}}`, [1, 2, 3]), "from byte 1, no hole"],
  ["an overlap", file(`{"a":${u8([2], [0, 2])},"b":${u8([2], [1, 3])}}`, [1, 2, 3]), "from byte 2, no hole"],
  ["two tensors on the same bytes", file(`{"a":${u8([1], [0, 1])},"b":${u8([1], [0, 1])}}`, [1]), "from byte 1"],
  ["trailing data", file(`{"a":${u8([1], [0, 1])}}`, [1, 2]), "data that no tensor owns"],
  ["metadata that is no object", file('{"__metadata__":[]}'), "an object of strings"],
  ["metadata that is no string", file('{"__metadata__":{"n":1}}'), '__metadata__ "n": expected a string, got 1'],
];

for (const [why, bytes, message] of BAD) {
  Deno.test(`decodeSafetensors() refuses ${why}`, () => {
    assertThrows(() => decodeSafetensors(bytes), SyntaxError, message);
  });
}

Deno.test("decodeSafetensors() reads a file made by hand, unaligned and padded", () => {
  const header = '{"__metadata__":{"k":"v"},"u":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},' +
    '"f":{"dtype":"F32","shape":[],"data_offsets":[1,5]}}   ';
  const { tensors, metadata } = decodeSafetensors(file(header, [9, 0, 0, 0x80, 0x3f]));
  assertEquals(metadata, { k: "v" });
  assertEquals(tensors.u, { dtype: "U8", shape: [1], data: new Uint8Array([9]) });
  assertEquals(tensors.f, { dtype: "F32", shape: [], data: new Float32Array([1]) });
});

Deno.test("decodeSafetensors() copies: later changes of the file's bytes do not show", () => {
  const bytes = encodeSafetensors({ a: { dtype: "U8", shape: [1], data: new Uint8Array([1]) } });
  const { tensors } = decodeSafetensors(bytes);
  bytes.fill(0);
  assertEquals(tensors.a?.data[0], 1);
});

const tensor: fc.Arbitrary<StoredTensor> = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }).chain((shape) => {
  const length = shape.reduce((product, side) => product * side, 1);
  const options = { minLength: length, maxLength: length };
  return fc.oneof(
    fc.float32Array(options).map((data): StoredTensor => ({ dtype: "F32", shape, data })),
    fc.int32Array(options).map((data): StoredTensor => ({ dtype: "I32", shape, data })),
    fc.uint8Array(options).map((data): StoredTensor => ({ dtype: "U8", shape, data })),
  );
});
const name = fc.string().filter((text) => text !== "__metadata__");

Deno.test("decodeSafetensors() gives back what encodeSafetensors() was given", () => {
  fc.assert(
    fc.property(fc.dictionary(name, tensor), fc.dictionary(fc.string(), fc.string()), (tensors, metadata) => {
      const decoded = decodeSafetensors(encodeSafetensors(tensors, metadata));
      assertEquals(new Map(Object.entries(decoded.tensors)), new Map(Object.entries(tensors)));
      assertEquals(new Map(Object.entries(decoded.metadata)), new Map(Object.entries(metadata)));
    }),
    { seed: 1, numRuns: 100 },
  );
});

Deno.test("decodeSafetensors() reads or refuses a damaged file with a SyntaxError, never otherwise", () => {
  const good = encodeSafetensors({
    a: { dtype: "F32", shape: [2], data: new Float32Array([1, 2]) },
    b: { dtype: "U8", shape: [3], data: new Uint8Array([1, 2, 3]) },
  }, { k: "v" });
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, value, length) => {
      const bytes = good.slice(0, length);
      if (at < length) bytes[at] = value;
      try {
        decodeSafetensors(bytes);
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
      }
    }),
    { seed: 2, numRuns: 500 },
  );
});
