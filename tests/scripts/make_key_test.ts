import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { hashKey, loadKeyring } from "../../lib/http/mod.ts";
import { makeKey } from "../../scripts/make_key.ts";

Deno.test("key prints a key whose hash alone is added to the file", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/keys.json`;
    const one = await makeKey({ tenant: "a", scopes: "adapt,predict", file });
    const two = await makeKey({ tenant: "b", scopes: "train", file });
    assertMatch(one, /^lm_[A-Za-z0-9_-]{43}$/);
    const text = await Deno.readTextFile(file);
    assertEquals([text.includes(one), text.includes(two)], [false, false]);
    const ring = await loadKeyring(file, "--keys");
    assertEquals(await ring.find(one), { sha256: await hashKey(one), tenant: "a", scopes: ["adapt", "predict"] });
    assertEquals((await ring.find(two))?.tenant, "b");

    for (
      const [changes, why] of [[{ tenant: "../x" }, "--tenant"], [
        { scopes: "root" },
        'Cannot use --scopes: expected some of train, adapt and predict, got "root"',
      ]] as const
    ) {
      await assertRejects(() => makeKey({ tenant: "a", scopes: "train", file, ...changes }), Error, why);
    }
    assertEquals(await Deno.readTextFile(file), text);
    await Deno.writeTextFile(file, "no keys");
    await assertRejects(() => makeKey({ tenant: "a", scopes: "train", file }), Error, "Cannot use --file");
    assertEquals(await Deno.readTextFile(file), "no keys");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
