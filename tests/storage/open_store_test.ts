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
    ["s3://bucket/prefix", "expected its keys in the environment, got no AWS_ACCESS_KEY_ID and no AWS_SECRET"],
    ["gs://bucket", "expected memory:, file:PATH or s3://BUCKET/PREFIX"],
    ["./store", "expected memory:, file:PATH or s3://BUCKET/PREFIX"],
    ["file:", "got no path"],
    ["file:50%", "write %25 for %"],
  ] as const
) {
  Deno.test(`openStore() refuses ${url}`, () => {
    assertThrows(() => openStore(url), RangeError, message);
  });
}

const ENV: Record<string, string> = { AWS_ACCESS_KEY_ID: "the-id", AWS_SECRET_ACCESS_KEY: "the-secret" };
const env = (name: string) => ENV[name];

Deno.test("openStore() opens s3: stores with keys from the environment", () => {
  for (const url of ["s3://bucket", "s3://my.bucket-1/a/b%20c/?region=eu-west-1&endpoint=http://127.0.0.1:9000/s3"]) {
    assertEquals(openStore(url, { env }).url, url);
  }
});

for (
  const [url, message] of [
    ["s3://", "a bucket of 3 to 63"],
    ["s3:bucket", "a bucket of 3 to 63"],
    ["s3://Bucket_1/a", "a bucket of 3 to 63"],
    ["s3://bucket/a/../b", 'without "." and ".."'],
    ["s3://bucket/50%", "write %25 for %"],
    ["s3://bucket/a#b", "got a #"],
    ["s3://bucket?endpoint=127.0.0.1:9000", "expected endpoint= to be https://HOST"],
    ["s3://bucket?endpoint=https://me:hush@host", "without name, password or query"],
    ["s3://bucket?endpoint=ftp://hush", "expected endpoint= to be https://HOST"],
    ["s3://bucket?region=hush/hush", "expected region="],
    ["s3://bucket?region=a&region=b", "expected region= once"],
    ["s3://bucket?secret=hush", "keys belong into the environment"],
    ["s3://bucket?hush=1", "keys belong into the environment"],
  ] as const
) {
  Deno.test(`openStore() refuses ${url} and quotes nothing that could be secret`, () => {
    const { message: said } = assertThrows(() => openStore(url, { env }), RangeError, message);
    assertEquals(/hush|the-id|the-secret/.test(said), false, said);
  });
}

Deno.test("openStore() refuses keys with a space in them, without quoting them", () => {
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]) {
    const wrong = (key: string) => key === name ? "hush \n" : ENV[key];
    const { message } = assertThrows(() => openStore("s3://bucket", { env: wrong }), RangeError, `expected ${name}`);
    assertEquals(message.includes("hush"), false);
  }
});

Deno.test("openStore() loads the S3 client at the first operation, not before", async () => {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", new URL("../../lib/storage/mod.ts", import.meta.url).pathname],
  }).output();
  assertEquals(code, 0);
  interface Dependency {
    readonly isDynamic?: boolean;
    readonly code?: { readonly specifier: string };
  }
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    modules: { readonly specifier: string; readonly dependencies?: readonly Dependency[] }[];
  };
  const eager = (from: string, seen: Set<string>): Set<string> => {
    if (seen.has(from)) return seen;
    seen.add(from);
    for (const { isDynamic, code } of modules.find(({ specifier }) => specifier === from)?.dependencies ?? []) {
      if (!isDynamic && code) eager(code.specifier, seen);
    }
    return seen;
  };
  const all = [...eager(new URL("../../lib/storage/mod.ts", import.meta.url).href, new Set())].map((name) =>
    name.split("/").at(-1)!
  );
  assertEquals([all.includes("s3_store.ts"), all.includes("_s3_objects.ts")], [true, false]);
  assertEquals(all.some((name) => name.startsWith("aws4fetch")), false);
});
