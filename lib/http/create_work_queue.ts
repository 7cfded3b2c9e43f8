import { ProblemError } from "./problem_error.ts";

/** A request's place among those that decode and compute. */
export interface WorkPlace {
  /**
   * Works when it is this request's turn, in order of arrival at this line.
   *
   * @throws The signal's reason, when it aborts before the turn comes.
   */
  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Gives the place back. */
  leave(): void;
}

/** Bounds what is under way, so that memory and waiting time are bounded too. */
export interface WorkQueue {
  /** Works that go on. */
  readonly active: number;
  /** Requests that have a place. */
  readonly places: number;
  /** Takes a place; throws a ProblemError, 503 with `Retry-After`, when all are taken. */
  enter(): WorkPlace;
}

/** Options of {@linkcode createWorkQueue}. */
export interface WorkQueueOptions {
  /** Works at once. @default {4} */
  readonly active?: number;
  /** Requests that may have a place: whose body arrives, who wait or who work. @default {64} */
  readonly places?: number;
}

/**
 * Makes a bounded queue of work. A request takes a place before its body is read, so a server that is full says so
 * without taking thirty megabytes first.
 *
 * @param options How many.
 * @returns The queue.
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { createWorkQueue } from "./mod.ts";
 * const queue = createWorkQueue({ places: 1 });
 * const place = queue.enter();
 * assertThrows(() => queue.enter(), Error, "full");
 * assertEquals(await place.run(() => Promise.resolve(7)), 7);
 * place.leave();
 * ```
 */
export function createWorkQueue(options: WorkQueueOptions = {}): WorkQueue {
  const { active: maxActive = 4, places: maxPlaces = 64 } = options;
  const line: (() => void)[] = [];
  let active = 0;
  let places = 0;

  function turn(signal: AbortSignal | undefined): Promise<void> {
    if (active < maxActive) {
      active++;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        line.splice(line.indexOf(go), 1);
        reject(signal!.reason);
      };
      const go = () => {
        signal?.removeEventListener("abort", leave);
        resolve();
      };
      signal?.addEventListener("abort", leave, { once: true });
      line.push(go);
    });
  }

  async function run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    await turn(signal);
    try {
      signal?.throwIfAborted();
      return await work();
    } finally {
      // The turn goes on to the next in line; without one it is free.
      const next = line.shift();
      if (next === undefined) active--;
      else next();
    }
  }

  return {
    get active() {
      return active;
    },
    get places() {
      return places;
    },
    enter() {
      if (places >= maxPlaces) {
        throw new ProblemError(503, "Cannot accept the request: the server is full; try again", [], {
          "Retry-After": "1",
        });
      }
      places++;
      let left = false;
      return {
        run,
        leave() {
          if (!left) places--;
          left = true;
        },
      };
    },
  };
}
