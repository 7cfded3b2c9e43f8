/** A clip of a request. */
export interface ClientClip {
  /** The pictures in order: PNG, JPEG or BMP files, as bytes or in base64. */
  readonly frames: readonly (Uint8Array | string)[];
  /** A class of the model; needed to calibrate. */
  readonly label?: string;
  /** @default {"micro"} */
  readonly kind?: "micro" | "macro";
  /** `[x, y, w, h]` in pixels. */
  readonly crop?: readonly [number, number, number, number];
  /** Indices of frames, from 0. */
  readonly onset?: number;
  readonly apex?: number;
  readonly offset?: number;
}

/** Which version of which model. */
export interface ModelVersion {
  readonly name: string;
  readonly version: string;
}

/** Loss and accuracy on the calibration clips. */
export interface ClientFit {
  readonly loss: number;
  readonly accuracy: number;
}

/** The answer to a calibration. */
export interface CalibrationAnswer {
  readonly subject: string;
  readonly version: string;
  readonly model: ModelVersion;
  readonly innerSteps: number;
  readonly before: ClientFit;
  readonly after: ClientFit;
  readonly classes: readonly string[];
}

/** What is known of a calibrated person. */
export interface SubjectAnswer extends CalibrationAnswer {
  readonly createdAt: string;
  readonly stale: boolean;
}

/** The answer to a prediction. */
export interface PredictAnswer {
  readonly predictions: readonly {
    readonly label: string | null;
    readonly probabilities: Readonly<Record<string, number>>;
  }[];
  readonly model: ModelVersion;
  readonly subject: { readonly id: string; readonly version: string; readonly stale: boolean } | null;
}

/** A model in the list of models. */
export interface ModelEntry {
  readonly name: string;
  readonly aliases: Readonly<Record<string, string>>;
  readonly versions: readonly string[];
}

/** A model with the cards of its versions. */
export interface ModelAnswer extends Omit<ModelEntry, "versions"> {
  readonly versions: readonly { readonly version: string; readonly classes: readonly string[] }[];
}

/** A training run. */
export interface RunAnswer {
  readonly id: string;
  readonly status: "queued" | "running" | "succeeded" | "failed" | "cancelled";
  readonly model: string;
  readonly createdAt: string;
  readonly result: ModelVersion & { readonly metrics: Readonly<Record<string, number>> } | null;
  readonly error: string | null;
  readonly progress: {
    readonly step: number;
    readonly steps: number;
    readonly loss: number;
    readonly accuracy: number;
    readonly secondsLeft: number;
  } | null;
}

/** A run whose stored state is damaged. */
export interface UnreadableRun {
  readonly id: string;
  readonly status: "unreadable";
}

/** Something that happened in a run. */
export interface RunEvent {
  /** Counts from 1; null for the single event of a run that ended in another process. */
  readonly id: number | null;
  /** `state`, `status`, `step`, `checkpoint`. */
  readonly type: string;
  readonly data: unknown;
}

/** Options of every call. */
export interface CallOptions {
  /** Gives up. */
  readonly signal?: AbortSignal;
}

/** A client of the functions. */
export interface Client {
  /** Calibrates a person; with a key of its own the call may be repeated safely. */
  calibrate(
    subject: string,
    request: {
      readonly clips: readonly ClientClip[];
      readonly model?: string;
      readonly modelVersion?: string;
      readonly innerSteps?: number;
    },
    options?: CallOptions & { readonly idempotencyKey?: string },
  ): Promise<CalibrationAnswer>;
  predict(
    request: {
      readonly clips: readonly ClientClip[];
      readonly subject?: string;
      readonly model?: string;
      /** A clip whose highest probability is below this has the label null. */
      readonly abstainBelow?: number;
    },
    options?: CallOptions,
  ): Promise<PredictAnswer>;
  subjects(options?: CallOptions): Promise<readonly string[]>;
  subject(id: string, options?: CallOptions): Promise<SubjectAnswer>;
  /** Erases a person: every object of that subject is gone. */
  erase(subject: string, options?: CallOptions): Promise<void>;
  models(options?: CallOptions): Promise<readonly ModelEntry[]>;
  model(name: string, options?: CallOptions): Promise<ModelAnswer>;
  /** Promotes a version, or rolls back to one; `stable` is served. */
  promote(name: string, alias: string, version: string, options?: CallOptions): Promise<void>;
  /** Queues a training run. */
  startRun(
    config: Readonly<Record<string, unknown>>,
    options?: CallOptions & { readonly model?: string },
  ): Promise<RunAnswer>;
  runs(options?: CallOptions): Promise<readonly (RunAnswer | UnreadableRun)[]>;
  run(id: string, options?: CallOptions): Promise<RunAnswer>;
  cancelRun(id: string, options?: CallOptions): Promise<RunAnswer>;
  /** The events of a run until it ends; a connection that breaks is taken up again after the last event. */
  runEvents(id: string, options?: CallOptions & { readonly after?: number }): AsyncGenerator<RunEvent, void, void>;
}
