import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { Job } from "../../lib/training/_jobs.ts";
import { runningStatistics } from "../../lib/training/_running_statistics.ts";
import { fakeRunner, THETA } from "./_util/fake_runner.ts";
import { tinyClips } from "./_util/tiny_run.ts";

function clipsOf(job: Job): readonly number[] {
  return job.kind === "statistics" ? job.clips : [];
}

const theta = { params: THETA, rates: null };

Deno.test("runningStatistics() passes once over every micro clip of the training subjects and over no other", async () => {
  const set = tinyClips({ micro: () => 13, macro: 4 });
  const layers = Array.from({ length: 4 }, () => ({ channels: 1, data: Float32Array.of(0, 1) }));
  const runner = fakeRunner((job) => ({ clips: clipsOf(job).length, layers }));
  await runningStatistics(runner, theta, set, [0, 2], 0);
  const batches = runner.jobs.map(clipsOf);
  const wanted = [...set.labels.keys()].filter((i) => set.kinds[i] === "micro" && set.subjects[i] !== 1);
  assertEquals(batches.flat().sort((a, b) => a - b), wanted);
  // 78 clips: two batches of 39.
  assertEquals(batches.map((batch) => batch.length), [39, 39]);
});

Deno.test("runningStatistics() gives mean and variance over all clips, whatever the batches", async () => {
  const set = tinyClips({ micro: () => 11 });
  // A clip's one activation is a number of its own; statistics of a batch are those of its numbers.
  const value = (clip: number) => (clip * 37 % 101) / 10;
  const moments = (clips: readonly number[]) => {
    const mean = clips.reduce((sum, clip) => sum + value(clip), 0) / clips.length;
    return [mean, clips.reduce((sum, clip) => sum + (value(clip) - mean) ** 2, 0) / clips.length];
  };
  const runner = fakeRunner((job) => {
    const clips = clipsOf(job);
    const data = Float32Array.from(moments(clips));
    return { clips: clips.length, layers: Array.from({ length: 4 }, () => ({ channels: 1, data })) };
  });
  const stats = await runningStatistics(runner, theta, set, [0, 1], 0) as unknown as Record<
    string,
    Record<string, { data: Float32Array }>
  >;
  const wanted = [...set.labels.keys()].filter((i) => set.kinds[i] === "micro" && set.subjects[i]! < 2);
  const [mean, variance] = moments(wanted);
  assertEquals(Object.keys(stats), ["conv1", "conv2", "conv3", "conv4"]);
  for (const layer of Object.values(stats)) {
    assertAlmostEquals(layer.mean!.data[0]!, mean!, 1e-5);
    assertAlmostEquals(layer.variance!.data[0]!, variance!, 1e-4);
  }
});
