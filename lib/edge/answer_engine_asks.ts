import { createInferenceEngine } from "../inference/mod.ts";
import { answerAsks, chooseBackend } from "../runtime/mod.ts";
import type { EngineAnswer, EngineAsk } from "./engine_ask.ts";

/**
 * Makes this worker compute what a `WorkerHand` of runtime asks of it, on a backend of its own.
 *
 * @returns Nothing.
 *
 * @example
 * ```ts ignore
 * import { answerEngineAsks } from "./mod.ts";
 * answerEngineAsks();
 * ```
 */
export function answerEngineAsks(): void {
  let backend: Promise<unknown> | null = null;
  answerAsks<EngineAsk, EngineAnswer>(async (ask) => {
    backend ??= chooseBackend("auto");
    await backend;
    const engine = createInferenceEngine();
    if (ask.do === "calibrate") {
      const { innerSteps } = ask;
      return await engine.calibrate(ask.weights, ask.card, ask.clips, innerSteps === undefined ? {} : { innerSteps });
    }
    const predictor = await engine.createPredictor(ask.weights, ask.card);
    try {
      return await predictor.predict(ask.clips);
    } finally {
      predictor.dispose();
    }
  });
}
