import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import type { ConfigInput } from "../../lib/config/mod.ts";
import type { ClipSet, Episode } from "../../lib/data/mod.ts";
import { architectureOf, toStored } from "../../lib/inference/mod.ts";
import { chooseBackend, computeOnce } from "../../lib/runtime/mod.ts";
import { flattenTree, mapTree } from "../../lib/tree/mod.ts";
import { doGradients, type GradientJob } from "../../lib/training/_do_gradients.ts";
import { doJob } from "../../lib/training/_do_job.ts";
import { groupJobs } from "../../lib/training/_group_jobs.ts";
import type { GradientResult, Theta } from "../../lib/training/_jobs.ts";
import { localRunner } from "../../lib/training/_local_runner.ts";
import { pictureSet, tinyConfig } from "../study/_util/tiny_study.ts";
import { withTensorCount } from "../_util/leaks.ts";
import { trainedParams } from "../_util/network.ts";
import { relativeError } from "../_util/numbers.ts";
import { onEachBackend } from "../_util/on_each_backend.ts";

/** Two people with four micro and two macro clips of each of two classes. */
const SET: ClipSet = pictureSet(
  ["a/1", "a/2"].flatMap((subject) =>
    ["calm", "glad"].flatMap((label) => [[subject, label, 4, "micro"], [subject, label, 2, "macro"]] as const)
  ),
);

const config = (changes: ConfigInput = {}) =>
  tinyConfig({ channels: 3, decoder: "unet", macro: "data", lambda2: 0.45, sigma: 1, ...changes });

async function makeTheta(changes: ConfigInput): Promise<Theta> {
  const params = trainedParams(architectureOf(config(changes), 2));
  const rates = mapTree(params, () => tf.scalar(0.05));
  const theta = { params: await toStored(params), rates: changes.learnInnerRates ? await toStored(rates) : null };
  for (const tree of [params, rates]) mapTree(tree, (tensor) => tensor.dispose());
  return theta;
}

function episode(first: number): Episode {
  const clips = (kind: string) =>
    [...SET.kinds.keys()].filter((i) => SET.kinds[i] === kind && i >= first && i < first + 12);
  const [micro, macro] = [clips("micro"), clips("macro")];
  return { subject: 0, ways: [0, 1], support: micro.slice(0, 5), query: micro.slice(5), macro };
}

const job = (
  theta: Theta,
  first: number,
  changes: Partial<Extract<GradientJob, { kind: "meta" }>> = {},
): GradientJob => ({
  ...{ kind: "meta", theta, episode: episode(first), flipped: [first + 1], firstOrder: false },
  ...{ labelOrder: null, stepWeights: null, ...changes },
});

const mixed = (theta: Theta, clips: number[]): GradientJob => ({
  kind: "supervised",
  theta,
  clips,
  macro: [4, 5],
  flipped: [],
});

/** Compares every tensor of two results in the norm of its kind. */
function assertClose(got: GradientResult, expected: GradientResult): void {
  assertEquals(got.accuracy, expected.accuracy);
  assert(Math.abs(got.loss - expected.loss) < 1e-5 * Math.abs(expected.loss), `${got.loss}, ${expected.loss}`);
  for (const part of ["params", "rates"] as const) {
    assertEquals(got[part] === null, expected[part] === null);
    if (got[part] === null) continue;
    const [own, other] = [flattenTree(got[part]), flattenTree(expected[part]!)];
    const floor = 1e-2 * Math.max(...other.map(([, array]) => Math.hypot(...array)));
    other.forEach(([path, array], i) => {
      assertEquals(own[i]![0], path);
      assert(relativeError(own[i]![1], array, floor) < 2e-4, `${part} ${path}`);
    });
  }
}

const KINDS: Readonly<Record<string, { changes: ConfigInput; jobs: (theta: Theta) => GradientJob[] }>> = {
  "tasks": {
    changes: { learnInnerRates: true },
    jobs: (theta) => [job(theta, 0), job(theta, 12, { labelOrder: [1, 0] })],
  },
  "tasks to first order without macro clips": {
    changes: { macro: "none", lambda2: 0 },
    jobs: (theta) => [job(theta, 0, { firstOrder: true }), job(theta, 12, { firstOrder: true })],
  },
  "batches of mixed clips with an auxiliary loss": {
    changes: { algorithm: "multitask" },
    jobs: (theta) => [mixed(theta, [0, 1, 6, 7]), mixed(theta, [12, 13, 18, 19])],
  },
};

for (const [name, { changes, jobs }] of Object.entries(KINDS)) {
  onEachBackend(`doGradients() gives for ${name} together what each gives`, async () => {
    const setup = { config: config(changes), set: SET };
    const both = jobs(await makeTheta(changes));
    const together = await withTensorCount(() => doGradients(setup, both, computeOnce));
    assertEquals(together.length, 2);
    for (const [i, one] of both.entries()) assertClose(together[i]!, await doJob(setup, one) as GradientResult);
  }, ["wasm"]);
}

onEachBackend(
  "groupJobs() joins neighbours of equal shapes on webgpu alone, and the runner does them so",
  async (backend) => {
    const setup = { config: config(), set: SET };
    const theta = await makeTheta({});
    const short = job(theta, 12);
    const jobs = [
      ...[job(theta, 0), job(theta, 12), job(theta, 0, { firstOrder: true })],
      { ...short, episode: { ...episode(12), query: episode(12).query.slice(1) } } as GradientJob,
      ...[mixed(theta, [0, 1]), mixed(theta, [6, 7]), mixed(theta, [0])],
    ];
    const lengths = groupJobs(setup, jobs).map((group) => group.length);
    assertEquals(lengths, backend === "webgpu" ? [2, 1, 1, 2, 1] : [1, 1, 1, 1, 1, 1, 1]);
    const metric = { ...setup, config: config({ algorithm: "protonet", macro: "none" }) };
    assertEquals(groupJobs(metric, jobs.slice(0, 2)).map((group) => group.length), [1, 1]);
    if (backend !== "webgpu") return;
    const pair = jobs.slice(0, 2);
    const results = await localRunner(setup, new AbortController().signal).run<"meta" | "supervised">(pair);
    await chooseBackend("wasm");
    for (const [i, one] of pair.entries()) {
      assertClose(
        results[i] as GradientResult,
        await doJob(setup, one) as GradientResult,
      );
    }
  },
  ["wasm", "webgpu"],
);

for (const [name, { changes, jobs }] of Object.entries(KINDS)) {
  onEachBackend(`the runner gives for ${name} the bits of a first run again and again`, async () => {
    const setup = { config: config(changes), set: SET };
    const runner = localRunner(setup, new AbortController().signal);
    const theta = await makeTheta(changes);
    const other = {
      ...theta,
      params: mapTree(theta.params, (stored) => ({ ...stored, data: stored.data.map((x) => 1.1 * x) })),
    };
    for (const now of [theta, theta, other, theta]) {
      const pair = jobs(now);
      const results = await withTensorCount(() => runner.run<"meta" | "supervised">(pair));
      assertEquals(results as GradientResult[], await doGradients(setup, pair, computeOnce));
    }
    runner.close();
  }, ["webgpu"]);
}
