import * as tf from "@tensorflow/tfjs-core";
import { constant, variable } from "../autodiff/mod.ts";
import { createInferenceEngine } from "../inference/mod.ts";
import { cutEvenly, estimateBytes, innerLoop, tasksAtOnce } from "../meta/mod.ts";
import { forward } from "../model/mod.ts";
import { checkMemory, readTensors, WorkerHand } from "../runtime/mod.ts";
import { flattenTree, mapTree } from "../tree/mod.ts";
import { benchModel } from "./bench_model.ts";
import { benchArchitecture, benchClips, benchObjective, benchTask } from "./_bench_task.ts";
import {
  benchParams,
  type BenchTheta,
  sumOf,
  type Sums,
  taskGradients,
  taskWork,
  workloadOf,
} from "./_task_gradient.ts";
import type { BenchAsk } from "./_worker.ts";
import type { BenchOrder } from "./types.ts";
import { WORKLOADS } from "./workloads.ts";

/** Something to do again and again, and what ends it. */
export interface Work {
  once(): Promise<unknown>;
  close(): void;
}

/** The meta-gradients of all tasks, summed. */
async function metaWork(order: BenchOrder, workers: number): Promise<Work> {
  const { tasks, size } = workloadOf(order);
  const architecture = benchArchitecture(workloadOf(order), order.decoder);
  const work = taskWork(order);
  checkMemory(estimateBytes(architecture, size, work), `measure: a task of ${order.workload}`, "the workload");
  const params = flattenTree(benchParams(order));
  const theta: BenchTheta = await Promise.all(
    params.map(async ([path, tensor]) =>
      [path, { shape: tensor.shape, data: await tensor.data() as Float32Array }] as const
    ),
  );
  tf.dispose(params.map(([, tensor]) => tensor));
  const backend = tf.getBackend();
  const parallel = Math.min(workers, tasks);
  const hands = parallel > 1 && (backend === "wasm" || backend === "cpu")
    ? Array.from({ length: parallel }, () => new WorkerHand<BenchAsk, Sums>(new URL("./_worker.ts", import.meta.url)))
    : [];
  await Promise.all(hands.map((hand) => hand.ask({ order, backend: backend as "wasm" | "cpu" })));
  const here = hands.length === 0 ? taskGradients(order) : null;
  const all = Array.from({ length: tasks }, (_, i) => i);
  const groups = cutEvenly(all, tasksAtOnce(architecture, size, work));
  return {
    async once() {
      const sums: Sums[] = [];
      if (here) {
        for (const group of groups) sums.push(await here(theta, group));
      } else {
        let next = 0;
        await Promise.all(hands.map(async (hand) => {
          while (next < tasks) {
            const index = next++;
            sums[index] = await hand.ask({ theta, index });
          }
        }));
      }
      return sumOf(sums);
    },
    close: () => hands.forEach((hand) => hand.close()),
  };
}

/** One calibration step to first order and the statistics after it. */
function adaptWork(order: BenchOrder): Work {
  const workload = workloadOf(order);
  const theta = benchParams(order);
  const clips = benchTask(workload, 0);
  const options = benchObjective(workload, order.decoder, true);
  return {
    async once() {
      const statistics = tf.tidy(() => {
        const adapted = innerLoop(mapTree(theta, variable), clips, options);
        const fixed = mapTree(adapted.params, ({ tensor }) => constant(tensor));
        return forward(options.architecture, fixed, clips.support, { want: {} }).statistics.map(({ tensor }) => tensor);
      });
      await readTensors(statistics);
      tf.dispose(statistics);
    },
    close() {},
  };
}

/** uint8 clips through a predictor of the predict function, by default one. */
async function predictWork(order: BenchOrder): Promise<Work> {
  const { weights, card } = await benchModel(order);
  const predictor = await createInferenceEngine().createPredictor(weights, card);
  const noise = benchClips(workloadOf(order), order.batch ?? 1, "predict");
  const clips = Uint8Array.from(await noise.data(), (value) => Math.round(255 * value));
  noise.dispose();
  return { once: () => predictor.predict(clips), close: () => predictor.dispose() };
}

/**
 * Prepares a piece of work on the backend that is current.
 *
 * @throws {RangeError} When there is no such workload, or a task of it would not fit into WASM's memory.
 */
export async function openWork(order: BenchOrder, workers: number): Promise<Work> {
  const { what, workload } = order;
  if (!Object.hasOwn(WORKLOADS, workload)) throw new RangeError(`Cannot measure "${workload}": no such workload`);
  if (what === "predict") return await predictWork(order);
  return what === "adapt" ? adaptWork(order) : await metaWork(order, workers);
}
