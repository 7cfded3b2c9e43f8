import type { TrainingEvent } from "../../lib/training/mod.ts";
import type { RunState } from "./_run_state.ts";

/** What a client of a run's event stream sees. */
export interface RunEvent {
  /** Counts from 1. */
  readonly id: number;
  readonly type: string;
  readonly data: TrainingEvent | RunState;
}

/** Events kept of a run; a client that comes later than that misses the oldest. */
const MAX_EVENTS = 1000;

/** Whether both tell how far the same work is. */
function isSameWork(last: RunEvent["data"] | undefined, data: RunEvent["data"]): boolean {
  return last !== undefined && "type" in last && "type" in data && last.type === "progress" &&
    data.type === "progress" &&
    last.what === data.what;
}

/** The events of one run: what was, and a way to wait for what comes. */
export class RunEvents {
  #events: RunEvent[] = [];
  #next = 1;
  #waiting = Promise.withResolvers<void>();
  #closed = false;
  #progress: (TrainingEvent & { type: "step" }) | null = null;

  /** The last step's event. */
  get progress(): (TrainingEvent & { type: "step" }) | null {
    return this.#progress;
  }

  /** Whether no event will follow. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Resolves at the next event or close. */
  get changed(): Promise<void> {
    return this.#waiting.promise;
  }

  add(type: string, data: TrainingEvent | RunState): void {
    // Of work that counts its clips the last count is enough: a thousand of them would push everything else out.
    if (isSameWork(this.#events.at(-1)?.data, data)) this.#events.pop();
    this.#events.push({ id: this.#next++, type, data });
    if (this.#events.length > MAX_EVENTS) this.#events.shift();
    if ("type" in data && data.type === "step") this.#progress = data;
    this.#wake();
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /** Events with an id above the given one; all when that id is not of this stream (the server restarted). */
  after(id: number): RunEvent[] {
    return id >= this.#next ? [...this.#events] : this.#events.filter((event) => event.id > id);
  }

  #wake(): void {
    this.#waiting.resolve();
    this.#waiting = Promise.withResolvers();
  }
}
