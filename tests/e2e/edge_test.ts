import { assert, assertEquals, assertMatch } from "@std/assert";
import { createClient } from "../../lib/client/mod.ts";
import { loadModel, openStore } from "../../lib/storage/mod.ts";
import { publishUntrained } from "../../scripts/_lib/publish_untrained.ts";
import { needs } from "../_util/needs.ts";
import { s3Server } from "../_util/s3_server.ts";
import { denos } from "./_util/denos.ts";
import { frame, makeEdge, runWithWorker, startEdge } from "./_util/edge.ts";

const MEGABYTE = 2 ** 20;
const edge = await makeEdge();
const version = await publishUntrained(openStore(edge.store));
const flow = { input: "flow", frames: 1, size: 28, inputChannels: 3, channels: 4, decoder: "none" } as const;
await publishUntrained(openStore(edge.store), { name: "flow", config: flow });
globalThis.addEventListener("unload", () => Deno.removeSync(edge.folder, { recursive: true }));

/** `count` clips of eight frames of 64 × 64 pixels. */
function clips(count: number, kind: "png" | "jpeg" = "png") {
  const labels = ["negative", "positive", "surprise"];
  return Array.from({ length: count }, (_, clip) => ({
    frames: Array.from({ length: 8 }, (_, i) => frame(kind, 64, clip + i)),
    label: labels[clip % 3]!,
  }));
}

for (const { version: deno, path, reason } of await denos("2.5.0")) {
  const there = needs(path !== null, reason, "");

  Deno.test({
    ...there,
    name:
      `the bundles calibrate and predict on Deno ${deno}, predict and calibrate with 64 clips below 512 MB${there.name}`,
    async fn() {
      const env = { LIGHTMAN_STORE: edge.store };
      const { folder, bundles } = edge;
      const adapt = await startEdge(path!, { bundle: bundles.adapt, folder, write: true, env });
      const predict = await startEdge(path!, { bundle: bundles.predict, folder, write: false, env });
      const servers = [adapt, predict];
      try {
        const subject = `somebody-${deno}`;
        const client = createClient({ adapt: adapt.url, predict: predict.url });
        const calibrated = await client.calibrate(subject, { clips: clips(64) });
        assertEquals(calibrated.model.version, version);
        const own = await client.predict({ clips: clips(64), subject });
        assertEquals(own.subject?.version, calibrated.version);
        const base = await client.predict({ clips: clips(64) });
        assertEquals(base.predictions.length, 64);
        assert(JSON.stringify(own.predictions) !== JSON.stringify(base.predictions));
        for (const server of servers) {
          const peak = await server.peakBytes();
          assert(peak === null || peak < 512 * MEGABYTE, `${Math.round(peak! / MEGABYTE)} MB`);
        }
        assertEquals((await client.predict({ clips: clips(1, "jpeg") })).predictions.length, 1);
        assertEquals((await client.predict({ clips: clips(1), model: "flow" })).model.name, "flow");
        await client.erase(subject);
      } finally {
        for (const { code, output } of await Promise.all(servers.map((server) => server.stop()))) {
          assertEquals(code, 143, output);
          assertMatch(output, /"backend":"wasm"/);
          assert(!/"level":"error"/.test(output), output);
        }
      }
    },
  });

  Deno.test({
    ...there,
    name: `a bundle starts as a Worker on Deno ${deno}, and answers as the program does${there.name}`,
    async fn() {
      const { weights, card } = await loadModel(openStore(edge.store), "default", "lightman");
      const plain = JSON.stringify(
        { weights, card },
        (_, value) => ArrayBuffer.isView(value) ? [...(value as Uint8Array)] : value,
      );
      const ask = `(() => {
        const { weights, card } = ${plain};
        const typed = (tree) => Object.fromEntries(Object.entries(tree).map(([name, it]) => [name, Array.isArray(it.data)
          ? { ...it, data: it.dtype === "F32" ? Float32Array.from(it.data) : Int32Array.from(it.data) } : typed(it)]));
        return { do: "predict", weights: typed(weights), card, clips: new Uint8Array(${
        8 * 32 * 32
      }).map((_, i) => i % 251) };
      })()`;
      const { answer, error } = JSON.parse(await runWithWorker(path!, edge.bundles.predict, ask));
      assertEquals([error, answer?.length], [undefined, 3]);
      assert(Math.abs(answer.reduce((sum: number, value: number) => sum + value) - 1) < 1e-5, String(answer));
    },
  });
}

const s3 = await s3Server();
Deno.test({
  ...needs(
    typeof s3 !== "string",
    String(s3),
    "the bundle of predict answers from an S3 store, with no right to write a file",
  ),
  async fn() {
    const server = s3 as Exclude<typeof s3, string>;
    const bucket = await server.makeBucket();
    await publishUntrained(server.store(bucket));
    const env = { LIGHTMAN_STORE: server.url(bucket), ...server.env };
    const bundle = edge.bundles.predict;
    const predict = await startEdge(Deno.execPath(), { bundle, folder: edge.folder, write: false, env });
    try {
      const { model } = await createClient(predict.url).predict({ clips: clips(1) });
      assertEquals(model.name, "lightman");
    } finally {
      await predict.stop();
    }
  },
});

Deno.test("a bundle refuses a backend that it does not carry, with one line and exit code 2", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-net=127.0.0.1", "--allow-env", edge.bundles.predict],
    env: { LIGHTMAN_BACKEND: "webgpu", LIGHTMAN_STORE: "memory:", NO_COLOR: "1" },
    stdin: "null",
  }).output();
  assertEquals(code, 2);
  assertMatch(new TextDecoder().decode(stderr), /^Cannot use the webgpu backend: [^\n]+\n$/);
});
