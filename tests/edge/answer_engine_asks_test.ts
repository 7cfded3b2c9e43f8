import { assertEquals, assertRejects } from "@std/assert";
import type { EngineAnswer, EngineAsk } from "../../lib/edge/mod.ts";
import { createInferenceEngine } from "../../lib/inference/mod.ts";
import { chooseBackend, WorkerHand } from "../../lib/runtime/mod.ts";
import { calibrationClips, smallCard, smallClips, smallWeights } from "../inference/_subject.ts";

const hand = () => new WorkerHand<EngineAsk, EngineAnswer>(new URL("_util/engine_worker.ts", import.meta.url));

Deno.test("a worker of answerEngineAsks() predicts and calibrates to the bit as the engine here", async () => {
  await chooseBackend("wasm");
  const engine = createInferenceEngine();
  const card = smallCard();
  const weights = await smallWeights(card);
  const worker = hand();
  try {
    const clips = smallClips(card, 3, "query");
    const predictor = await engine.createPredictor(weights, card);
    assertEquals(await worker.ask({ do: "predict", weights, card, clips }), await predictor.predict(clips));
    predictor.dispose();
    const own = calibrationClips(card, [0, 1, 2]);
    const calibration = await engine.calibrate(weights, card, own, { innerSteps: 2 });
    assertEquals(await worker.ask({ do: "calibrate", weights, card, clips: own, innerSteps: 2 }), calibration);
    await assertRejects(
      () => worker.ask({ do: "calibrate", weights, card, clips: calibrationClips(card, []) }),
      Error,
      "expected at least one micro clip",
    );
  } finally {
    worker.close();
  }
});
