import type { Calibration, CalibrationClips, ModelCard, Weights } from "../inference/mod.ts";

/** What the worker of {@linkcode answerEngineAsks} is asked: plain data, as the engine takes it. */
export type EngineAsk =
  & { readonly weights: Weights; readonly card: ModelCard }
  & (
    | { readonly do: "predict"; readonly clips: Uint8Array }
    | { readonly do: "calibrate"; readonly clips: CalibrationClips; readonly innerSteps?: number }
  );

/** What it answers: probabilities `[B, N]`, or a calibration. */
export type EngineAnswer = Float32Array | Calibration;
