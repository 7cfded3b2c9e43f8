import { assertEquals, assertThrows } from "@std/assert";
import { encodeSafetensors, type StoredTensor } from "../../lib/storage/mod.ts";

const f: StoredTensor = { dtype: "F32", shape: [1], data: new Float32Array([1]) };
const u: StoredTensor = { dtype: "U8", shape: [3], data: new Uint8Array([7, 8, 9]) };

Deno.test("encodeSafetensors() writes the bytes of the format", () => {
  const bytes = encodeSafetensors({ u, f });
  const header =
    '{"f":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"u":{"dtype":"U8","shape":[3],"data_offsets":[4,7]}}';
  const padded = header.padEnd(Math.ceil(header.length / 8) * 8, " ");
  assertEquals(new DataView(bytes.buffer).getBigUint64(0, true), BigInt(padded.length));
  assertEquals(new TextDecoder().decode(bytes.subarray(8, 8 + padded.length)), padded);
  assertEquals([...bytes.subarray(8 + padded.length)], [0, 0, 0x80, 0x3f, 7, 8, 9]);
});

Deno.test("encodeSafetensors() gives the same bytes for the same content in any order", () => {
  assertEquals(encodeSafetensors({ u, f }, { b: "1", a: "2" }), encodeSafetensors({ f, u }, { a: "2", b: "1" }));
});

Deno.test("encodeSafetensors() aligns wider elements whatever their names", () => {
  const text = new TextDecoder().decode(encodeSafetensors({ a: u, z: f }).subarray(8));
  assertEquals(text.includes('"z":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}'), true);
});

Deno.test("encodeSafetensors() writes a view of a larger buffer only", () => {
  const view = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
  const bytes = encodeSafetensors({ view: { dtype: "U8", shape: [2], data: view } });
  assertEquals([...bytes.subarray(-2)], [2, 3]);
});

const BAD: readonly [why: string, name: string, tensor: StoredTensor, message: string][] = [
  ["the reserved name", "__metadata__", f, "reserved"],
  [
    "an array of another dtype",
    "a",
    { ...f, data: new Uint8Array(1) },
    "expected Float32Array for F32, got Uint8Array",
  ],
  ["a shape of other size", "a", { ...f, shape: [2] }, "expected 2 elements for shape [2], got 1"],
  ["a negative shape", "a", { ...f, shape: [-1, -1] }, "non-negative integers, got [-1,-1]"],
];
for (const [why, name, tensor, message] of BAD) {
  Deno.test(`encodeSafetensors() refuses ${why}`, () => {
    assertThrows(() => encodeSafetensors({ [name]: tensor }), TypeError, message);
  });
}
