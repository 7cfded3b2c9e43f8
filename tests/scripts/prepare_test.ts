import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { decodePacked } from "../../lib/data/mod.ts";
import { decodeSafetensors } from "../../lib/storage/mod.ts";
import { command, prepare, TINY } from "./_prepare_command.ts";
import { greyPng, namesIn, tempFolder, writeClips, writeManifest } from "../packing/_util/clips.ts";

/** A manifest of n clips in a folder of its own. */
async function manifestIn(folder: string, name: string, n: number, database = name): Promise<string> {
  const place = join(folder, name);
  await Deno.mkdir(place);
  const entries = (await writeClips(place, n)).map((entry) => ({ ...entry, id: `${name}-${entry.id}`, database }));
  for (const [i] of entries.entries()) {
    await Deno.rename(join(place, "frames", `c${i}`), join(place, "frames", `${name}-c${i}`));
  }
  return await writeManifest(place, entries);
}

async function readPacked(path: string) {
  const { tensors, metadata } = decodeSafetensors(await Deno.readFile(path));
  return { set: decodePacked(tensors, metadata), metadata };
}

Deno.test("prepare packs a manifest, given as file or folder, and prints the command that trains on it", async () => {
  await using folder = await tempFolder();
  await manifestIn(folder.path, "a", 4);
  const results = [];
  for (const root of ["a", "a/manifest.csv"]) {
    results.push(
      await prepare(folder.path, "--dataset", "manifest", "--root", root, "--out", "o.safetensors", ...TINY),
    );
  }
  for (const { code, out, err } of results) {
    assertEquals(code, 0, err);
    assertStringIncludes(out, "Wrote o.safetensors: 4 clips, 3 subjects, 2 classes");
    assertStringIncludes(
      out,
      "train --data o.safetensors --name o --set frames=3 --set size=4 --set input=frames --set time=linear",
    );
  }
  const { set, metadata } = await readPacked(join(folder.path, "o.safetensors"));
  assertEquals(set.classes, ["happy", "surprise"]);
  assertEquals(JSON.parse(metadata.provenance!), { datasets: ["manifest"], labels: "native", leftOut: [] });
  assertEquals(await namesIn(folder.path), ["a", "o.safetensors"]);
});

Deno.test("prepare makes one composite of several data sets, in order, under a mapping of labels", async () => {
  await using folder = await tempFolder();
  await manifestIn(folder.path, "b", 3);
  await manifestIn(folder.path, "a", 2);
  await Deno.writeTextFile(join(folder.path, "map.json"), JSON.stringify({ happy: "positive", surprise: null }));
  const { code, out, err } = await prepare(
    folder.path,
    ...["--dataset", "manifest", "--root", "b", "--dataset", "manifest", "--root", "a"],
    ...["--labels", "map.json", "--out", "o.safetensors", "--json", "r.json", ...TINY],
  );
  assertEquals(code, 0, err);
  const { set } = await readPacked(join(folder.path, "o.safetensors"));
  assertEquals([set.ids, set.classes], [["b-c0", "b-c2", "a-c0"], ["positive"]]);
  assertStringIncludes(out, "2 clips left out by the label set");
  const result = JSON.parse(await Deno.readTextFile(join(folder.path, "r.json")));
  assertEquals([result.out, result.databases.map(({ database }: { database: string }) => database)], [
    "o.safetensors",
    ["b", "a"],
  ]);
});

Deno.test("prepare --check writes nothing but the sheet, reads every frame, and exits 1 with file, row and frame", async () => {
  await using folder = await tempFolder();
  await manifestIn(folder.path, "a", 4);
  const args = ["--dataset", "manifest", "--root", "a", "--check", "--json", "-", ...TINY];
  const good = await prepare(folder.path, ...args);
  assertEquals(good.code, 0, good.err);
  assertEquals(await namesIn(folder.path), ["a", "prepare-check.html"]);
  const { databases, clips } = JSON.parse(good.out);
  assertEquals([databases[0].clips, databases[0].frames, clips.length], [4, { min: 4, median: 4, max: 4 }, 4]);
  assertStringIncludes(good.err, "faces, which are personal data");

  const frame = join(folder.path, "a/frames/a-c1/img2.png");
  await Deno.writeFile(frame, (await Deno.readFile(frame)).slice(0, 45));
  const bad = await prepare(folder.path, ...args);
  assertEquals(bad.code, 1);
  assertMatch(bad.err, /1 clip cannot be read:\n.*clip a-c1 \(.*manifest\.csv, line 3\): Cannot decode .*img2\.png/);
  assertMatch(bad.err, /^Read 3 clips, /m);
  const packing = await prepare(folder.path, ...args.filter((arg) => arg !== "--check"), "--out", "o.safetensors");
  assertEquals(packing.code, 1);
  assertMatch(packing.err, /^prepare: Cannot read clip a-c1 \(.*line 3\): Cannot decode .*img2\.png/m);
  assert(!(await namesIn(folder.path)).includes("o.safetensors"));
});

Deno.test("prepare answers wrong flags with one line and exit code 2, before any work", async () => {
  await using folder = await tempFolder();
  await manifestIn(folder.path, "a", 1);
  await Deno.mkdir(join(folder.path, "empty"));
  await Deno.writeTextFile(join(folder.path, "set.zip"), "PK\x03\x04");
  const set = ["--dataset", "manifest", "--root", "a"];
  const cases: [string[], number, string][] = [
    [[], 2, "Cannot go on without --dataset NAME --root DIR"],
    [["--root", "a"], 2, "expected --dataset before it"],
    [["--dataset", "samm", "--check"], 2, "without --root DIR after --dataset samm"],
    [["--dataset", "fer2013", "--root", "a"], 2, "expected one of samm, smic"],
    [["--dataset", "samm", "--root", "nowhere", "--check"], 2, "Cannot use --root nowhere: no such file or folder"],
    [["--dataset", "samm", "--root", "set.zip", "--check"], 2, "set.zip"],
    [["--dataset", "samm", "--root", "empty", "--check"], 1, "empty"],
    [["--dataset", "manifest", "--root", "empty", "--check"], 1, "manifest.csv"],
    [set, 2, "Cannot go on without --out FILE.safetensors (or --check)"],
    [[...set, "--out", "a.zip"], 2, "expected a name that ends in .safetensors"],
    [[...set, "--out", "nowhere/a.safetensors"], 2, "its folder does not exist"],
    [[...set, "--out", "a.safetensors", "--report", "a.html"], 2, "Cannot use --report without --check"],
    [[...set, "--check", "--channels", "2"], 2, "expected 1 or 3, got 2"],
    [[...set, "--check", "--frames", "1"], 2, "a clip of one frame has no difference"],
    [[...set, "--check", "--labels", "7"], 2, "expected native, 5, megc3 or a .json file"],
  ];
  await Promise.all(cases.map(async ([args, code, message]) => {
    const result = await prepare(folder.path, ...args);
    assertEquals([result.code, result.err.trimEnd().split("\n").length], [code, 1], `${args}: ${result.err}`);
    assertStringIncludes(result.err, message);
  }));
  assertEquals(await namesIn(folder.path), ["a", "empty", "set.zip"]);
});

Deno.test("prepare --strict refuses findings and names them", async () => {
  await using folder = await tempFolder();
  // A SMIC folder whose name disagrees with its place: a finding, not an error.
  for (const name of ["s3_ne_01", "odd"]) {
    const clip = join(folder.path, "smic/HS/s3/micro/negative", name);
    await Deno.mkdir(clip, { recursive: true });
    for (const i of [1, 2]) await Deno.writeFile(join(clip, `img${i}.png`), greyPng(i));
  }
  const args = ["--dataset", "smic", "--root", "smic", "--check", ...TINY];
  const loose = await prepare(folder.path, ...args);
  assertEquals(loose.code, 0, loose.err);
  assertStringIncludes(loose.out, "Next: the same command with --out");
  assertStringIncludes(loose.out, "1 finding:");
  const strict = await prepare(folder.path, ...args, "--strict");
  assertEquals(strict.code, 1);
  assertStringIncludes(strict.err, "Cannot accept 1 finding with --strict");
  assert(!strict.out.includes("Next:"), "what fails has no next command");
});

Deno.test("prepare tells of a clip whose frames have several sizes, and --strict refuses it", async () => {
  await using folder = await tempFolder();
  await manifestIn(folder.path, "a", 3);
  await Deno.writeFile(join(folder.path, "a/frames/a-c1/img3.png"), greyPng(100, 9));
  const set = ["--dataset", "manifest", "--root", "a", ...TINY];
  const [loose, check, strict] = await Promise.all([
    prepare(folder.path, ...set, "--out", "loose.safetensors"),
    prepare(folder.path, ...set, "--check", "--strict"),
    prepare(folder.path, ...set, "--strict", "--out", "strict.safetensors"),
  ]);
  assertEquals([loose.code, check.code, strict.code], [0, 1, 1]);
  assertMatch(loose.out, /frame size {5}4 x 4 grey \(2\), 4 x 4 grey and others \(1\)\n/);
  assertMatch(
    loose.out,
    /1 finding:\n.*manifest\.csv, row 3: a-c1: the frames have 2 sizes: each was resized by itself/,
  );
  assertStringIncludes(check.err, "Cannot accept 1 finding with --strict");
  assertMatch(
    strict.err,
    /clip a-c1 \(.*manifest\.csv, line 3\): .*img3\.png: expected frames of one size, 4 x 4, got 9 x 9/,
  );
  const names = await namesIn(folder.path);
  assertEquals(names.filter((name) => name.endsWith("safetensors")), ["loose.safetensors"]);
  assertStringIncludes(await Deno.readTextFile(join(folder.path, "prepare-check.html")), "4 frames, 100 /s, 2 sizes");
});

Deno.test("prepare stopped by Ctrl-C while it renders says so and leaves nothing", async () => {
  await using folder = await tempFolder();
  const child = command(folder.path, ["--dataset", "synthetic", "--root", "faces", "--check"]).spawn();
  while ((await namesIn(folder.path)).length === 0) await new Promise((go) => setTimeout(go, 5));
  child.kill("SIGINT");
  const { code, stdout } = await child.output();
  assertEquals([code, new TextDecoder().decode(stdout)], [130, "Stopped while rendering; nothing was written\n"]);
  assertEquals(await namesIn(folder.path), []);
});

Deno.test("prepare stopped by Ctrl-C keeps its work, exits 130, and the same command ends with the same bytes", async () => {
  await using folder = await tempFolder();
  await manifestIn(folder.path, "a", 300);
  const args = ["--dataset", "manifest", "--root", "a", "--workers", "1", "--frames", "3", "--size", "96"];
  await prepare(folder.path, ...args, "--out", "whole.safetensors");
  const journal = join(folder.path, ".o.safetensors.journal");
  const child = command(folder.path, [...args, "--out", "o.safetensors"]).spawn();
  const lines = async () => (await Deno.readTextFile(journal).catch(() => "")).split("\n").length - 1;
  while (await lines() < 20) await new Promise((go) => setTimeout(go, 2));
  child.kill("SIGINT");
  const { code, stdout } = await child.output();
  assertEquals(code, 130);
  assertMatch(new TextDecoder().decode(stdout), /Stopped, \d+ of 300 clips kept; the same command continues/);
  const names = await namesIn(folder.path);
  assert(!names.includes("o.safetensors") && names.includes(".o.safetensors.partial"), names.join());
  const again = await prepare(folder.path, ...args, "--out", "o.safetensors");
  assertEquals(again.code, 0);
  assertMatch(again.err, /Continuing an interrupted pack: \d+ of 300 clips are there/);
  assertEquals(
    await Deno.readFile(join(folder.path, "o.safetensors")),
    await Deno.readFile(join(folder.path, "whole.safetensors")),
  );
});
