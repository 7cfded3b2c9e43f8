import type { Config } from "../config/mod.ts";
import { type BackendName, chooseBackend, type WorkerFailure, workerFailure } from "../runtime/mod.ts";
import { remoteStore, type StoreCall, type StoreReply } from "./_remote_store.ts";
import { trainModel } from "./train_model.ts";
import type { TrainingEvent, TrainingOptions, TrainingResult } from "./types.ts";

/** What a training worker is told: first of all its run. */
export type TrainingAsk =
  | {
    readonly config: Config;
    readonly options: Omit<TrainingOptions, "store" | "signal" | "onEvent">;
    readonly store: string;
    readonly backend: BackendName;
  }
  | { readonly reply: StoreReply }
  | { readonly abort: string };

/** What it tells. */
export type TrainingNews =
  | { readonly event: TrainingEvent }
  | { readonly call: StoreCall }
  | { readonly result: TrainingResult }
  | { readonly failure: WorkerFailure };

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<TrainingAsk>) => void) | null;
  postMessage(news: TrainingNews): void;
};

const controller = new AbortController();
let remote: ReturnType<typeof remoteStore> | undefined;

scope.onmessage = async ({ data }) => {
  if ("reply" in data) return remote!.settle(data.reply);
  if ("abort" in data) return controller.abort(new DOMException(data.abort, "AbortError"));
  const { config, options, store, backend } = data;
  remote = remoteStore(store, (call) => scope.postMessage({ call }));
  try {
    await chooseBackend(backend);
    const { name, version, metrics } = await trainModel(config, {
      ...options,
      store: remote.store,
      signal: controller.signal,
      onEvent: (event) => scope.postMessage({ event }),
    });
    scope.postMessage({ result: { name, version, metrics } });
  } catch (error) {
    scope.postMessage({ failure: workerFailure(error) });
  }
};
