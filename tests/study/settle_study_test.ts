import { assertEquals } from "@std/assert";
import { planStudy, settleStudy } from "../../lib/study/mod.ts";
import { FOUR_PEOPLE, tinyConfig } from "./_util/tiny_study.ts";

Deno.test("settleStudy() says what ran: no value is left open, and what differs is in the rows", () => {
  const plan = planStudy("loso", tinyConfig({ seed: 3 }), FOUR_PEOPLE, { algorithms: ["maml", "reptile"], runs: 2 });
  const { config, rows } = settleStudy(plan, FOUR_PEOPLE);
  assertEquals([config.seed, config.lambda1, config.lambda2], [3, 1, 0]);
  assertEquals(rows.map(({ algorithm }) => algorithm), ["maml", "reptile", "maml", "reptile"]);
  for (const row of rows) {
    const whole = { ...config, ...row };
    assertEquals([typeof whole.alpha, typeof whole.innerSteps], ["number", "number"]);
  }
  assertEquals(Object.keys(rows[0]!), Object.keys(rows[1]!));
  assertEquals("algorithm" in config, false);
});

Deno.test("settleStudy() leaves class weights of the folds as they were asked for", () => {
  const plan = planStudy("loso", tinyConfig({ classWeights: true }), FOUR_PEOPLE);
  assertEquals(settleStudy(plan, FOUR_PEOPLE).config.classWeights, true);
});
