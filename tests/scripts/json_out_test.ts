import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { checkFilePlace, openOutput, writeFileAtomic } from "../../scripts/_lib/json_out.ts";
import { needs } from "../_util/needs.ts";
import { UsageError } from "../../scripts/_lib/usage_error.ts";

async function inFolder(f: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await f(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const names = (folder: string) => [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();

Deno.test("openOutput() writes the file whole and leaves nothing beside it", () =>
  inFolder(async (folder) => {
    const file = join(folder, "out.json");
    await Deno.writeTextFile(file, "old");
    const output = await openOutput(file);
    assertEquals(await Deno.readTextFile(file), "old", "untouched until there is a result");
    await output.json({ accuracy: 0.5 });
    assertEquals(JSON.parse(await Deno.readTextFile(file)), { accuracy: 0.5 });
    assertEquals(names(folder), ["out.json"]);
  }));

Deno.test("openOutput() refuses a place that cannot be written, before the work", () =>
  inFolder(async (folder) => {
    await assertRejects(() => openOutput(join(folder, "no", "out.json")), UsageError, "folder does not exist");
    await assertRejects(() => openOutput(folder), UsageError, "it is a folder");
  }));

Deno.test("writeFileAtomic() cleans up when it fails", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(join(folder, "taken"));
    const taken = join(folder, "taken");
    const error = await assertRejects(() => writeFileAtomic(taken, "x"), Error);
    assertEquals(error.message, `Cannot write ${taken}: Is a directory`);
    assertEquals(names(folder), ["taken"]);
  }));

Deno.test("openOutput() with - leaves stdout to the JSON", async () => {
  const code = `import { openOutput } from "${import.meta.resolve("../../scripts/_lib/json_out.ts")}";
    const output = await openOutput("-"); output.say("hello"); await output.json({ big: "x".repeat(200000) });`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--config", new URL("../../deno.json", import.meta.url).pathname, code],
    env: { NO_COLOR: "1" },
  }).output();
  assertEquals(JSON.parse(new TextDecoder().decode(stdout)).big.length, 200000);
  assertEquals(new TextDecoder().decode(stderr).trim(), "hello");
});

Deno.test("checkFilePlace() tries the folder and leaves nothing there", () =>
  inFolder(async (folder) => {
    await checkFilePlace(join(folder, "page.html"));
    assertEquals(names(folder), []);
    await Deno.writeTextFile(join(folder, "page.html"), "old");
    await checkFilePlace(join(folder, "page.html"));
    assertEquals(await Deno.readTextFile(join(folder, "page.html")), "old");
    assertEquals(names(folder), ["page.html"]);
  }));

Deno.test({
  ...needs(Deno.build.os === "linux", "no /proc", "checkFilePlace() says why a folder takes no file"),
  async fn() {
    const error = await assertRejects(() => checkFilePlace("/proc/x.html"), UsageError);
    assertEquals(error.message, "Cannot write /proc/x.html: No such file or directory");
    await assertRejects(
      () => checkFilePlace("/dev/null"),
      UsageError,
      "Cannot write /dev/null: it is a device or pipe",
    );
  },
});
