import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { encode } from "fast-png";
import { openStore } from "../../lib/storage/mod.ts";
import { trainModel } from "../../lib/training/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { needs } from "../_util/needs.ts";
import { tinyClips, tinyConfig, tinyOptions, writeSet } from "../training/_util/tiny_run.ts";
import { filesBelow, type Finished, type Project, TINY, withProject } from "./_util/project.ts";

const HEADER = "id,database,subject,label,kind,path,crop";
const picture = (side: number) =>
  encode({ width: side, height: side, channels: 1, data: new Uint8Array(side * side).fill(99) });

/** Writes files below `bad/`. */
async function write(project: Project, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(project.folder, "bad", name);
    await Deno.mkdir(join(path, ".."), { recursive: true });
    await Deno.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
  }
}

/** A manifest of rows `subject,label,path` or `subject,label,path,crop`, all micro. */
function manifest(rows: readonly string[]): string {
  const lines = rows.map((row, i) => {
    const [subject, label, path, crop = ""] = row.split(",");
    return `c${i},d,${subject},${label},micro,${path},${crop}`;
  });
  return `${[HEADER, ...lines].join("\n")}\n`;
}

/** One line that says what is wrong, the exit code, and nothing written: no store, report, JSON or part of them. */
async function refuses(project: Project, finished: Finished, code: number, words: RegExp): Promise<void> {
  const lines = finished.stderr.split("\n").filter((line) => /^(train|evaluate): /.test(line));
  assertEquals([finished.code, lines.length], [code, 1], finished.stderr);
  assertMatch(lines[0]!, words);
  assert(!finished.stderr.includes("    at "), "no stack");
  const left = (await filesBelow(project.folder)).filter((path) => !/^(bad|data)\/|^deno\.json$|^model\//.test(path));
  assertEquals(left, [], "nothing is written");
}

const train = (project: Project, data: string, ...flags: string[]) =>
  project.script("train", ["--backend", "cpu", ...TINY, "--data", data, "--json", "out.json", ...flags]);

Deno.test("train refuses data that are missing, empty, broken, mixed or of one class: one line, nothing written", () =>
  withProject(async (project) => {
    const good = Object.fromEntries([1, 2].map((i) => [`clip/${i}.png`, picture(16)]));
    const pairs = ["s1,a,clip", "s1,b,clip", "s2,a,clip", "s2,b,clip", "s3,a,clip", "s3,b,clip"];
    await write(project, {
      ...good,
      "empty.csv": "",
      "header.csv": `${HEADER}\n`,
      "broken/1.png": picture(16),
      "broken/2.png": picture(16).subarray(0, 40),
      "broken.csv": manifest([...pairs, "s1,a,broken"]),
      "mixed/1.png": picture(16),
      "mixed/2.png": picture(12),
      "mixed.csv": manifest([...pairs, "s1,a,mixed,0 0 8 8"]),
      "gone.csv": manifest([...pairs, "s1,a,nowhere"]),
      "single.csv": manifest(["s1,a,clip", "s1,a,clip", "s2,a,clip", "s2,a,clip", "s3,a,clip", "s3,a,clip"]),
    });
    for (
      const [data, code, words] of [
        ["missing.csv", 2, /^train: Cannot use data "bad\/missing\.csv": .* got no such file$/],
        ["empty.csv", 1, /^train: Cannot read manifest .*empty\.csv.*: expected a header row, got an empty file$/],
        [
          "header.csv",
          1,
          /^train: Cannot read manifest .*header\.csv.*: expected at least one clip, got the header alone$/,
        ],
        ["broken.csv", 1, /^train: .*broken\.csv.*line 8 \(c6\).*2\.png/],
        ["mixed.csv", 1, /^train: .*mixed\.csv.*line 8 \(c6\).*16 x 16.*12 x 12/],
        ["gone.csv", 1, /^train: .*gone\.csv.*line 8 \(c6\).*nowhere/],
        ["single.csv", 1, /^train: Cannot train: expected micro clips of two classes or more, got only a$/m],
      ] as const
    ) await refuses(project, await train(project, `bad/${data}`), code, words);
  }));

Deno.test("train refuses a packed set that is cut off or hostile: one line, nothing written", () =>
  withProject(async (project) => {
    await write(project, {});
    const path = join(project.folder, "bad", "set.safetensors");
    await Deno.mkdir(join(project.folder, "bad"));
    await writeSet(path, tinyClips());
    const whole = await Deno.readFile(path);
    const header = `{"clips":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,1]}}`;
    const hostile = new Uint8Array(8 + header.length + 1);
    new DataView(hostile.buffer).setBigUint64(0, BigInt(header.length), true);
    hostile.set(new TextEncoder().encode(header), 8);
    await write(project, { "cut.safetensors": whole.subarray(0, whole.length / 2), "hostile.safetensors": hostile });
    const words = (name: string, what: string) =>
      new RegExp(`^train: Cannot read bad/${name}\\.safetensors: .*${what}`);
    await refuses(project, await train(project, "bad/cut.safetensors"), 1, words("cut", "data_offsets"));
    await refuses(project, await train(project, "bad/hostile.safetensors"), 1, words("hostile", "countable number"));
  }));

Deno.test("train refuses a store that cannot be written before it begins", () =>
  withProject(async (project) => {
    await write(project, { "file": "no folder" });
    const finished = await train(project, "synthetic", "--store", "file:bad/file/store");
    await refuses(
      project,
      finished,
      2,
      /^train: Cannot write "probe" to store file:bad\/file\/store: /,
    );
    assertEquals(await filesBelow(join(project.folder, "data")), [], "nothing is rendered either");
  }));

Deno.test("evaluate refuses data with a label that the model does not know: one line, nothing written", () =>
  withProject(async (project) => {
    const path = join(project.folder, "bad", "set.safetensors");
    await Deno.mkdir(join(project.folder, "bad"));
    await writeSet(path, tinyClips());
    await chooseBackend("cpu");
    const store = openStore(`file:${join(project.folder, "model")}`);
    await trainModel(tinyConfig(path, { outerSteps: 0 }), tinyOptions({ store, name: "lightman" }));
    await writeSet(path, { ...tinyClips(), classes: ["negative", "positive", "tense"] });
    const flags = ["--backend", "cpu", "--workers", "0", "--store", "file:model", "--data", "bad/set.safetensors"];
    const before = await filesBelow(join(project.folder, "model"));
    const finished = await project.script("evaluate", [...flags, "--json", "out.json"]);
    const words = /^evaluate: Cannot evaluate on bad\/set\.safetensors: expected classes .*, got also tense$/;
    await refuses(project, finished, 1, words);
    assertEquals(await filesBelow(join(project.folder, "model")), before);
  }));

/** Mounts a disk of so many bytes, where that is allowed. */
async function mount(folder: string, bytes: number): Promise<boolean> {
  return await new Deno.Command("mount", {
    args: ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder],
    stderr: "null",
  })
    .output().then(({ success }) => success, () => false);
}

async function unmount(folder: string): Promise<void> {
  await new Deno.Command("umount", { args: [folder] }).output();
}

const mountable = await (async () => {
  const folder = await Deno.makeTempDir();
  const done = Deno.build.os === "linux" && await mount(folder, 4096);
  if (done) await unmount(folder);
  await Deno.remove(folder);
  return done;
})();

Deno.test({
  ...needs(
    mountable,
    "no right to mount a small disk",
    "train on a full disk says so, exits 1, and resumes once there is room",
  ),
  fn: () =>
    withProject(async (project) => {
      const disk = join(project.folder, "bad", "disk");
      await Deno.mkdir(disk, { recursive: true });
      await writeSet(join(project.folder, "bad", "set.safetensors"), tinyClips());
      const set = ["frames=2", "channels=2", "shots=1", "queries=1", "checkpointEvery=1", 'holdout=["t/s3"]'];
      const flags = [...set.flatMap((text) => ["--set", text]), "--steps", "3", "--workers", "0", "--decoder", "none"];
      const run = (store: string) => train(project, "bad/set.safetensors", ...flags, "--store", store, "--resume");
      assert(await mount(disk, 24576));
      try {
        const finished = await run("file:bad/disk/store");
        await refuses(
          project,
          finished,
          1,
          /^train: Cannot write "tenants\/default\/runs\/.*" to store .*: No space left/,
        );
        const kept = (await filesBelow(disk)).map((path) => path.replace(/^.*\//, ""));
        assertEquals(kept.filter((name) => name.endsWith(".~tmp")), []);
        assert(kept.includes("000001.json"), `the first checkpoint is kept: ${kept}`);
        await new Deno.Command("mount", { args: ["-o", "remount,size=1m", disk] }).output();
        const resumed = await run("file:bad/disk/store");
        assertEquals(resumed.code, 0, resumed.stderr);
        assertMatch(resumed.stderr, /resuming after step [12]\n/);
        const version = async () => JSON.parse(await Deno.readTextFile(join(project.folder, "out.json"))).version;
        const interrupted = await version();
        const whole = await run("file:whole");
        assertEquals(whole.code, 0, whole.stderr);
        assertEquals(interrupted, await version());
      } finally {
        await unmount(disk);
      }
    }),
});
