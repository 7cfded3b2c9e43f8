import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { decodePacked } from "../../lib/data/mod.ts";
import { decodeSafetensors } from "../../lib/storage/mod.ts";
import { allCasmeRows, casmeFiles } from "../data/databases/_util/casme.ts";
import { allCasme2Rows, casme2Files } from "../data/databases/_util/casme2.ts";
import { allCasmeSquaredRows, casmeSquaredFiles } from "../data/databases/_util/casme_squared.ts";
import { allCkplus, ckplusFiles } from "../data/databases/_util/ckplus.ts";
import { withFiles } from "../data/databases/_util/files.ts";
import { allSammRows, sammFiles } from "../data/databases/_util/samm.ts";
import { allSmicClips, smicFiles } from "../data/databases/_util/smic.ts";
import { prepare, TINY } from "./_prepare_command.ts";

const out = "o.safetensors";

Deno.test("prepare makes MEGC2019's composite of SMIC, CASME II and SAMM: 442 clips of 68 subjects", () =>
  withFiles({
    ...smicFiles(allSmicClips()),
    ...casme2Files(allCasme2Rows()),
    ...sammFiles(allSammRows()),
  }, async (root) => {
    const sets = [["smic", "SMIC_all_cropped"], ["casme2", "Cropped"], ["samm", "SAMM"]]
      .flatMap(([name, folder]) => ["--dataset", name!, "--root", folder!]);
    const done = await prepare(root, ...sets, "--labels", "megc3", "--out", out, ...TINY);
    assertEquals(done.code, 0, done.err);
    assertStringIncludes(done.out, `Wrote ${out}: 442 clips, 68 subjects, 3 classes`);
    const { tensors, metadata } = decodeSafetensors(await Deno.readFile(join(root, out)));
    const { classes, labels, subjectNames } = decodePacked(tensors, metadata);
    assertEquals(classes.map((_, k) => labels.filter((label) => label === k).length), [250, 109, 83]);
    assertEquals([classes, subjectNames.length], [["negative", "positive", "surprise"], 68]);
    const { datasets, leftOut } = JSON.parse(metadata.provenance!);
    assertEquals([datasets, leftOut.length > 0], [["smic", "casme2", "samm"], true]);
    assertEquals(metadata.provenance!.includes(root), false);
  }));

for (
  const [dataset, files, folder] of [
    ["casme", casmeFiles(allCasmeRows()), "."],
    ["casme-squared", casmeSquaredFiles(allCasmeSquaredRows()), "."],
    ["ckplus", ckplusFiles(allCkplus()), "."],
  ] as const
) {
  Deno.test(`prepare checks and packs ${dataset} as its owners hand it out`, () =>
    withFiles(files, async (root) => {
      const set = ["--dataset", dataset, "--root", folder, "--json", "r.json", ...TINY];
      const checked = await prepare(root, ...set, "--check");
      assertEquals(checked.code, 0, checked.out + checked.err);
      const { databases: [table], clips } = JSON.parse(await Deno.readTextFile(join(root, "r.json")));
      const units = clips.map(({ actionUnits }: { actionUnits: string | null }) => actionUnits);
      assert(units.some((text: string | null) => text !== null));
      assertEquals(/\bAU\b/.test(checked.out + checked.err), false);
      const packed = await prepare(root, ...set, "--out", out);
      assertEquals(packed.code, 0, packed.err);
      assertStringIncludes(packed.out, `Wrote ${out}: ${table.clips} clips, ${table.subjects} subjects, `);
      const { metadata } = decodeSafetensors(await Deno.readFile(join(root, out)));
      assertEquals(JSON.parse(metadata.actionUnits!), units);
    }));
}
