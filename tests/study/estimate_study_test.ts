import { assert, assertEquals, assertRejects } from "@std/assert";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { memoryStore } from "../../lib/storage/mod.ts";
import { estimateStudy, planStudy, runStudy } from "../../lib/study/mod.ts";
import { FOUR_PEOPLE, tinyConfig } from "./_util/tiny_study.ts";

await chooseBackend("wasm");

const where = { store: memoryStore(), tenant: "default", signal: new AbortController().signal };

Deno.test("estimateStudy() counts trainings and steps, and scales what it timed", async () => {
  const plan = (outerSteps: number) => planStudy("loso", tinyConfig({ outerSteps }), FOUR_PEOPLE, { shots: [1] });
  const short = await estimateStudy(plan(3), FOUR_PEOPLE, { workers: 0, ...where });
  assertEquals([short.trainings, short.steps], [4, 12]);
  assert(short.seconds > 0);
  // Only a few steps are timed, or this would take hours.
  const long = await estimateStudy(plan(100_000), FOUR_PEOPLE, { workers: 1, ...where });
  assertEquals(long.steps, 400_000);
  assert(long.seconds > 100 * short.seconds, `${long.seconds} s beside ${short.seconds} s`);
});

Deno.test("estimateStudy() takes off what is kept, and times nothing when all is", async () => {
  const kept = { ...where, store: memoryStore() };
  const plan = planStudy("loso", tinyConfig({ outerSteps: 3 }), FOUR_PEOPLE, { shots: [1] });
  const run = (units: typeof plan.units) =>
    runStudy({ ...plan, units }, FOUR_PEOPLE, { ...kept, workers: 0, onProgress: () => {} });
  await run(plan.units.slice(1));
  const one = await estimateStudy(plan, FOUR_PEOPLE, { workers: 1, ...kept });
  assertEquals([one.trainings, one.kept, one.steps], [4, 3, 3]);
  assert(one.seconds > 0);
  await run(plan.units);
  assertEquals(await estimateStudy(plan, FOUR_PEOPLE, { workers: 2, ...kept }), {
    ...{ trainings: 4, kept: 4, steps: 0, seconds: 0 },
  });
  const other = planStudy("loso", tinyConfig({ outerSteps: 3, seed: 1 }), FOUR_PEOPLE, { shots: [1] });
  assertEquals((await estimateStudy(other, FOUR_PEOPLE, { workers: 1, ...kept })).kept, 0);
});

Deno.test("estimateStudy() divides by workers, but never by more than there are trainings", async () => {
  const plan = planStudy("loso", tinyConfig({ outerSteps: 10_000 }), FOUR_PEOPLE, { shots: [1] });
  // The least of several: a busy machine makes some of them longer, none shorter.
  const seconds = async (workers: number) => {
    const all: number[] = [];
    for (let i = 0; i < 5; i++) all.push((await estimateStudy(plan, FOUR_PEOPLE, { workers, ...where })).seconds);
    return Math.min(...all);
  };
  const [one, four, many] = [await seconds(1), await seconds(4), await seconds(400)];
  assert(one > 1.3 * four && many > one / 40, `${one} s, ${four} s, ${many} s`);
});

Deno.test("estimateStudy() counts every score on validation subjects", async () => {
  const seconds = async (selectEvery: number) => {
    // Many splits of each validation subject: a score then takes many times a step, whatever else the machine does.
    const changes = { outerSteps: 10_000, validation: 0.4, selectEvery, repeats: 40 };
    const plan = planStudy("loso", tinyConfig(changes), FOUR_PEOPLE, { shots: [1] });
    return (await estimateStudy(plan, FOUR_PEOPLE, { workers: 1, ...where })).seconds;
  };
  const [rare, always] = [await seconds(10_000), await seconds(1)];
  assert(always > 2 * rare, `${always} s beside ${rare} s`);
});

Deno.test("estimateStudy() copes with a single step, with none, and with a training that diverges", async () => {
  for (const changes of [{ outerSteps: 1 }, { outerSteps: 0 }, { outerSteps: 50, beta: 1e30, clipNorm: null }]) {
    const plan = planStudy("loso", tinyConfig(changes), FOUR_PEOPLE, { shots: [1] });
    const { seconds } = await estimateStudy(plan, FOUR_PEOPLE, { workers: 1, ...where });
    assert(Number.isFinite(seconds) && seconds > 0, `${seconds} s for ${JSON.stringify(changes)}`);
  }
});

Deno.test("estimateStudy() stops when it is told to", async () => {
  const plan = planStudy("loso", tinyConfig(), FOUR_PEOPLE, { shots: [1] });
  await assertRejects(
    () => estimateStudy(plan, FOUR_PEOPLE, { workers: 1, ...where, signal: AbortSignal.abort(new Error("enough")) }),
    Error,
    "enough",
  );
});
