import { assertEquals } from "@std/assert";
import { createAdaptApp } from "../../functions/adapt/mod.ts";
import { createPredictApp } from "../../functions/predict/mod.ts";
import { createMetrics } from "../../lib/http/mod.ts";
import { checked } from "../_util/checked.ts";
import { fakeEngine } from "../_util/fake_engine.ts";
import { greyClip, json, publishMain, testDeps } from "../_util/http_fixture.ts";
import { setUpTrain } from "./_train.ts";

/** Values by name and labels. */
function read(text: string): Record<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(lines.map((line) => [line.replace(/ \S+$/, ""), Number(line.split(" ").at(-1))]));
}

Deno.test("GET /metrics of adapt and predict counts calibrations, predictions and the cache, and names nobody", async () => {
  const deps = { ...testDeps(), metrics: createMetrics(), engine: fakeEngine(), model: "main" };
  const version = await publishMain(deps.store);
  const [adapt, predict] = [checked(createAdaptApp(deps), deps.api), checked(createPredictApp(deps), deps.api)];
  await adapt.request("/v1/subjects/anna/calibrations", json({ clips: [greyClip(9, { label: "positive" })] }));
  await adapt.request("/v1/subjects/anna/calibrations", json({ clips: [] }));
  for (let i = 0; i < 3; i++) await predict.request("/v1/predict", json({ clips: [greyClip(9), greyClip(8)] }));
  await predict.request("/v1/predict", json({ clips: [greyClip(9)], subject: "anna" }));
  const text = await (await predict.request("/metrics")).text();
  const values = read(text);
  assertEquals([
    values["lightman_calibrations_total"],
    values['lightman_predictions_total{calibrated="false"}'],
    values['lightman_predictions_total{calibrated="true"}'],
    values["lightman_predictor_cache_entries"],
    values["lightman_predictor_cache_bytes"],
    values["lightman_predictor_cache_hits_total"],
    values["lightman_predictor_cache_misses_total"],
    values['lightman_requests_total{method="POST",route="/v1/subjects/:subject/calibrations",status="422"}'],
  ], [1, 6, 1, 2, 24, 2, 2, 1]);
  assertEquals([text.includes("anna"), text.includes(version)], [false, false]);
});

Deno.test("GET /metrics of train counts steps and runs that ended", async () => {
  const { app, trainer, post, reached, queue } = setUpTrain();
  const [one] = [await post(), await post()];
  const run = await trainer.begun(1);
  const ask = async () => read(await (await app.request("/metrics")).text());
  const during = await ask();
  assertEquals([during["lightman_runs_active"], during["lightman_runs_waiting"]], [1, 1]);
  run.finish();
  await reached(one.id, "succeeded");
  await trainer.begun(2);
  const after = await ask();
  assertEquals([after["lightman_training_steps_total"], after["lightman_runs_waiting"]], [2, 0]);
  assertEquals(after['lightman_runs_total{status="succeeded"}'], 1);
  await queue.close();
});
