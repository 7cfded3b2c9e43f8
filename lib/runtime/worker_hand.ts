import type { WorkerMessage } from "./answer_asks.ts";
import { workerError } from "./worker_error.ts";

/**
 * A worker that does one thing at a time.
 *
 * @example
 * ```ts ignore
 * import { WorkerHand } from "./mod.ts";
 * const hand = new WorkerHand<number, number>(new URL("./_square_worker.ts", import.meta.url));
 * console.log(await hand.ask(3)); // 9
 * hand.close();
 * ```
 */
export class WorkerHand<Ask, Answer, News = never> {
  readonly #worker: Worker;
  #waiting: PromiseWithResolvers<Answer> | null = null;
  #tell: (news: News) => void = () => {};
  #ended: string | null = null;

  /** Starts the worker, a module that calls {@linkcode answerAsks}. */
  constructor(module: URL) {
    this.#worker = new Worker(module, { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<WorkerMessage<Answer, News>>) => {
      if ("news" in data) this.#tell(data.news);
      else if ("failure" in data) this.#settled()?.reject(workerError(data.failure));
      else this.#settled()?.resolve(data.answer);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#end(`A worker failed: ${event.message}`);
    };
  }

  #settled(): PromiseWithResolvers<Answer> | null {
    const waiting = this.#waiting;
    this.#waiting = null;
    return waiting;
  }

  #end(why: string): void {
    this.#ended ??= why;
    this.#worker.terminate();
    this.#settled()?.reject(new Error(this.#ended));
  }

  /**
   * Asks the worker, which must not be at work.
   *
   * @param ask Plain data.
   * @param tell Told of progress.
   * @returns The answer; rejects when it fails, with the stack of the worker, or when the worker fails or is closed.
   */
  ask(ask: Ask, tell: (news: News) => void = () => {}): Promise<Answer> {
    // An ended worker answers nothing, for ever.
    if (this.#ended !== null) return Promise.reject(new Error(this.#ended));
    this.#waiting = Promise.withResolvers();
    this.#tell = tell;
    this.#worker.postMessage(ask);
    return this.#waiting.promise;
  }

  /** Ends the worker; what it was asked rejects. */
  close(): void {
    this.#end("The worker was stopped");
  }
}
