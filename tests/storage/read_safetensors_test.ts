import { assertEquals, assertRejects } from "@std/assert";
import { decodeSafetensors, encodeSafetensors, layoutSafetensors, readSafetensors } from "../../lib/storage/mod.ts";

const TENSORS = {
  b: { dtype: "U8", shape: [3], data: Uint8Array.of(1, 2, 3) },
  a: { dtype: "I32", shape: [2], data: Int32Array.of(-1, 5) },
} as const;

async function onDisk(bytes: Uint8Array, use: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, bytes);
    await use(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("readSafetensors() reads what decodeSafetensors() reads, and leaves what it is told to", async () => {
  const bytes = encodeSafetensors(TENSORS, { k: "v" });
  await onDisk(bytes, async (path) => {
    const all = await readSafetensors(path);
    assertEquals([all.tensors, all.metadata, all.left], [...Object.values(decodeSafetensors(bytes)), {}] as never);
    const part = await readSafetensors(path, ["b", "absent"]);
    assertEquals(Object.keys(part.tensors), ["a"]);
    const { offset, length } = part.left.b!;
    assertEquals(bytes.slice(offset, offset + length), TENSORS.b.data);
    assertEquals(part.size, bytes.length);
  });
});

Deno.test("readSafetensors() checks tensors that it leaves: a cut file is refused at every length", async () => {
  const bytes = encodeSafetensors(TENSORS);
  for (let length = 0; length < bytes.length; length++) {
    await onDisk(bytes.slice(0, length), async (path) => {
      await assertRejects(() => readSafetensors(path, ["a", "b"]), SyntaxError, "Cannot decode safetensors");
    });
  }
});

Deno.test("readSafetensors() allocates nothing for a header that the file cannot hold", async () => {
  const claim = new Uint8Array(16);
  new DataView(claim.buffer).setBigUint64(0, 90_000_000n, true);
  await onDisk(claim, async (path) => {
    await assertRejects(() => readSafetensors(path), SyntaxError, "90000000 bytes as announced");
  });
});

Deno.test("layoutSafetensors() places data as encodeSafetensors() writes them", () => {
  const { header, places, size } = layoutSafetensors(TENSORS, { k: "v" });
  const bytes = encodeSafetensors(TENSORS, { k: "v" });
  assertEquals([bytes.length, bytes.slice(0, header.length)], [size, header]);
  assertEquals(bytes.slice(places.b!.offset, places.b!.offset + 3), TENSORS.b.data);
  assertEquals(places.a!.offset % 8, 0);
});
