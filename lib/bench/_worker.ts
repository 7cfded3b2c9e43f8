import { answerAsks, chooseBackend } from "../runtime/mod.ts";
import { type BenchTheta, type Sums, taskGradients } from "./_task_gradient.ts";
import type { BenchOrder } from "./types.ts";

/** What a worker is asked: once the order, then tasks. */
export type BenchAsk =
  | { readonly order: BenchOrder; readonly backend: "wasm" | "cpu" }
  | { readonly theta: BenchTheta; readonly index: number };

let gradient: ReturnType<typeof taskGradients>;

answerAsks<BenchAsk, Sums>(async (ask) => {
  if ("index" in ask) return await gradient(ask.theta, [ask.index]);
  await chooseBackend(ask.backend);
  gradient = taskGradients(ask.order);
  return [];
});
