import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { configSchema } from "../../lib/config/mod.ts";
import type { TrainedModel } from "../../lib/training/mod.ts";
import { nextCommands, sayModel, serveFlags, subjectId, trainCommand } from "../../scripts/_train_words.ts";

const RUN = {
  name: "own",
  version: "1".repeat(16),
  subjects: { train: ["d/anna"], heldout: ["d/one clip", "d/Zoë K."] },
  evaluation: { shots: 5 },
  card: { classes: ["negative", "positive"] },
} as unknown as TrainedModel;

Deno.test("subjectId() makes an id that the functions accept", () => {
  assertEquals(["s25", "Zoë K.", "..", "田中"].map(subjectId), ["s25", "Zo-K.", "subject-1", "subject-1"]);
});

Deno.test("serveFlags() names what serve would not find by its variables and defaults", () => {
  const flags = (store: string, name: string, env: Record<string, string>) =>
    serveFlags({ store, name }, (variable) => env[variable]);
  const env = { LIGHTMAN_STORE: "s3://bucket/x", LIGHTMAN_MODEL: "own" };
  assertEquals(flags("file:./store", "lightman", {}), []);
  assertEquals(flags("s3://bucket/x", "own", env), []);
  assertEquals(flags("s3://b?region=a", "own", {}), ["--store", "'s3://b?region=a'", "--model", "own"]);
  assertEquals(flags("file:./store", "lightman", env), ["--store", "file:./store", "--model", "lightman"]);
});

Deno.test("trainCommand() trains into the store and under the name that serve looks for", () => {
  const flags = (store: string, model: string) => trainCommand({ store, model }).split(" task ")[1];
  assertEquals(flags("file:./store", "lightman"), "train");
  assertEquals(flags("memory:", "lightman"), "train");
  assertEquals(flags("s3://b?region=a", "own"), "train --store 's3://b?region=a' --name own");
});

Deno.test("nextCommands() names the run's manifest, the first subject with a clip to spare, and an id", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const manifest = join(folder, "my clips.csv");
    const rows = ["one clip", "Zoë K.", "Zoë K.", "Zoë K.", "anna"].map((who, i) => `c${i},d,${who},positive,micro,c`);
    await Deno.writeTextFile(manifest, ["id,database,subject,label,kind,path", ...rows].join("\n"));
    const lines = await nextCommands(RUN, configSchema.parse({ data: manifest }), ["--model", "own"]);
    const clips = `clips --manifest '${manifest}' --subject 'Zoë K.'`;
    assertStringIncludes(lines[1]!, "task serve --model own");
    assertStringIncludes(lines[2]!, "calibrate Zo-K. and predict");
    assertStringIncludes(lines[3]!, `${clips} --shots 2 | \\`);
    assertStringIncludes(lines[4]!, "/v1/subjects/Zo-K./calibrations");
    assertStringIncludes(lines[5]!, `${clips} --skip 2 --shots 1 --as Zo-K. | \\`);
    assertStringIncludes(lines[6]!, "/v1/predict");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("nextCommands() says what a request for packed data needs", async () => {
  const lines = await nextCommands(RUN, configSchema.parse({ data: "samm.safetensors" }), []);
  assertStringIncludes(lines[2]!, "samm.safetensors is packed; a request carries the pictures it was made from");
  assertStringIncludes(lines[3]!, "clips FOLDER-1 FOLDER-2 --label negative --label positive");
});

Deno.test("sayModel() names the version that was replaced and the request that goes back", () => {
  const said = (replaces: string | null) => {
    const lines: string[] = [];
    sayModel(RUN, "file:./store", replaces, { say: (line = "") => lines.push(line), json: () => Promise.resolve() });
    return lines.join("\n");
  };
  assertEquals(said(null), `\nModel own ${"1".repeat(16)} is in file:./store.`);
  assertStringIncludes(said("2".repeat(16)), `It replaces ${"2".repeat(16)} as stable`);
  assertStringIncludes(said("2".repeat(16)), `-d '{"version": "${"2".repeat(16)}"}'`);
  assertStringIncludes(said("2".repeat(16)), "/v1/models/own/aliases/stable");
});
