import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { encode } from "fast-png";
import { createClient } from "../../lib/client/mod.ts";
import { openStore } from "../../lib/storage/mod.ts";
import { ROOT } from "../../scripts/_lib/files.ts";
import { publishUntrained } from "../../scripts/_lib/publish_untrained.ts";
import { needs } from "../_util/needs.ts";
import { background } from "./_util/background.ts";
import { type Project, withProject } from "./_util/project.ts";

const DOC = await Deno.readTextFile(join(ROOT, "docs/http.md"));

/** The shell blocks of the page that call curl, in order. */
const BLOCKS = [...DOC.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block!).filter((it) =>
  it.includes("curl")
);

/** Where a block stands, by a text that only it has. */
function blockWith(text: string): string {
  const found = BLOCKS.filter((block) => block.includes(text));
  assertEquals(found.length, 1, `blocks of docs/http.md with ${text}`);
  return found[0]!;
}

const has = async (program: string) =>
  await new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" }).output().then(
    ({ success }) => success,
    () => false,
  );
const tools = needs(await has("bash") && await has("curl"), "no bash or no curl", "");

const SIZE = 16;
const frame = (value: number) =>
  encode({
    ...{ width: SIZE, height: SIZE, channels: 1 },
    data: Uint8Array.from({ length: SIZE * SIZE }, (_, i) => (i * value) % 251),
  });

/** A folder of three frames. */
async function writeClip(folder: string, value: number): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (let i = 1; i <= 3; i++) await Deno.writeFile(join(folder, `${i}.png`), frame(value + i));
}

/** The files that the page's commands name: a held-out person of a data set, folders and pictures of one's own. */
async function writeFiles({ folder }: Project, dataFolder: string): Promise<void> {
  const rows = ["id,database,subject,label,kind,path,onset,apex,offset,fps"];
  for (const [k, label] of ["negative", "positive", "surprise"].entries()) {
    for (let i = 0; i < 6; i++) {
      await writeClip(join(folder, dataFolder, `${label}-${i}`), 7 * i + k + 1);
      rows.push(`${label}-${i},synthetic,s25,${label},micro,${label}-${i},,,,`);
    }
  }
  await Deno.writeTextFile(join(folder, dataFolder, "manifest.csv"), rows.join("\n"));
  for (const [i, name] of ["smile-1", "smile-2", "frown-1", "unknown-1"].entries()) {
    await writeClip(join(folder, name), 3 * i + 2);
  }
  await Deno.writeFile(join(folder, "onset.png"), frame(3));
  await Deno.writeFile(join(folder, "apex.png"), frame(5));
}

/** Runs a block as it is printed but for the port; a curl that is answered with an error fails. */
async function runBlock(
  project: Project,
  block: string,
  url: string,
  env: Record<string, string> = {},
): Promise<string> {
  const text = block.replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, url);
  const script = `curl() { command curl --fail-with-body -sS "$@"; }\n${text}`;
  const { code, stdout, stderr } = await project.run("bash", ["-euo", "pipefail", "-c", script], { env });
  assertEquals(code, 0, `${text}\n${stdout}\n${stderr}`);
  return stdout;
}

/** Starts `deno task serve` and gives its address. */
async function serve(project: Project, env: Record<string, string> = {}) {
  const flags = ["--port", "0", "--backend", "wasm", "--workers", "1"];
  const server = background(project, "deno", ["task", "serve", ...flags], env);
  const [, url] = await server.until(/Serving train, adapt, predict at (\S+\d)/);
  return { server, url: url! };
}

Deno.test("every curl example of docs/http.md is run by a test of this file", () => {
  const known = [
    "deno task key",
    "--shots 5 |",
    "--as s25 |",
    "smile-1",
    "-F a=@onset.png",
    "/infer",
    "/v1/train/runs/ID",
  ];
  for (const text of known) blockWith(text);
  assertEquals(BLOCKS.length, known.length);
});

Deno.test({
  ...tools,
  name: `the curl examples of docs/http.md work as they are printed${tools.name}`,
  fn: () =>
    withProject(async (project) => {
      const store = openStore(`file:${join(project.folder, "store")}`);
      const config = { size: SIZE, channels: 4, frames: 3, decoder: "none" } as const;
      const version = await publishUntrained(store, { config });
      const data = /^DATA=(.*)$/m.exec(blockWith("--shots 5 |"))![1]!;
      await writeFiles(project, data);
      const { server, url } = await serve(project);
      try {
        // The variable of the first block is meant for the next one too.
        const env = { DATA: data };
        assertEquals(JSON.parse(await runBlock(project, blockWith("--shots 5 |"), url)).subject, "s25");
        const answers = (await runBlock(project, blockWith("--as s25 |"), url, env)).trim().split("\n");
        assertEquals(answers.map((line) => JSON.parse(line).subject?.id ?? null), ["s25", null]);
        await runBlock(project, blockWith("smile-1"), url);
        assertEquals(await createClient(url).subjects(), ["s25"]);
        assertEquals(JSON.parse(await runBlock(project, blockWith("-F a=@onset.png"), url)).subject, "alice");
        const inferred = JSON.parse(await runBlock(project, blockWith("/infer"), url));
        assertEquals([inferred.id, inferred.outputs[0].shape], ["1", [1, 3]]);

        const [start, events, promote, ...rest] = blockWith("/v1/train/runs/ID").split(/(?<=[^\\])\n(?=curl)/);
        assertEquals(rest, []);
        const run = JSON.parse(await runBlock(project, start!, url));
        assertMatch(run.status, /queued|running/);
        await createClient(url).cancelRun(run.id);
        const stream = await runBlock(project, events!.replace("/ID/", `/${run.id}/`), url);
        assert(/^event: (state|status)$/m.test(stream) && stream.includes("cancelled"), stream);
        const promoted = await runBlock(project, promote!.replace(/[0-9a-f]{16}/, version), url);
        assertEquals(JSON.parse(promoted), { name: "lightman", alias: "stable", version });
      } finally {
        server.kill("SIGTERM");
        await server.end();
      }
    }),
});

Deno.test({
  ...tools,
  name: `the example of keys in docs/http.md works as it is printed${tools.name}`,
  fn: () =>
    withProject(async (project) => {
      await publishUntrained(openStore(`file:${join(project.folder, "store")}`), {
        config: { size: SIZE, channels: 2, frames: 2 },
      });
      const [make, start, call, ...rest] = blockWith("deno task key").trim().split("\n");
      assertEquals([rest, start], [[], "LIGHTMAN_KEYS=keys.json deno task serve"]);
      const key = (await runBlock(project, `${make}\nprintf %s "$KEY"`, "")).trim();
      const { server, url } = await serve(project, { LIGHTMAN_KEYS: "keys.json" });
      try {
        assertEquals(JSON.parse(await runBlock(project, call!, url, { KEY: key })), { subjects: [] });
      } finally {
        server.kill("SIGTERM");
        await server.end();
      }
    }),
});
