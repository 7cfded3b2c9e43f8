import { assertEquals, assertThrows } from "@std/assert";
import { openStore } from "../../lib/storage/mod.ts";

Deno.test("openStore() opens memory: and file: stores", async () => {
  assertEquals(openStore("memory:").url, "memory:");
  assertEquals(openStore("file:./store").url, "file:./store");
  assertEquals(openStore("file:///srv/store/").url, "file:/srv/store");
  const folder = await Deno.makeTempDir();
  await openStore(`file:${folder}`).put("a", new Uint8Array([1]));
  assertEquals(await openStore(`file:${folder}`).get("a"), new Uint8Array([1]));
  await Deno.remove(folder, { recursive: true });
});

for (
  const [url, message] of [
    ["s3://bucket/prefix", "this version has memory: and file: stores only"],
    ["gs://bucket", "expected memory: or file:PATH"],
    ["./store", 'got a path; write "file:./store"'],
    ["/proc/store", 'got a path; write "file:/proc/store"'],
    ["file:", "got no path"],
    ["file:50%", "write %25 for %"],
  ] as const
) {
  Deno.test(`openStore() refuses ${url}`, () => {
    assertThrows(() => openStore(url), RangeError, message);
  });
}
