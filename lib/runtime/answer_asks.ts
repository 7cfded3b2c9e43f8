import { type WorkerFailure, workerFailure } from "./worker_failure.ts";

/** What a worker of {@linkcode answerAsks} posts to its {@linkcode WorkerHand}. */
export type WorkerMessage<Answer, News> =
  | { readonly answer: Answer }
  | { readonly failure: WorkerFailure }
  /** Something on the way to the answer. */
  | { readonly news: News };

/**
 * Makes this worker answer what {@linkcode WorkerHand} asks of it; an answer that fails is told with
 * the stack of this worker.
 *
 * @param answer Does what is asked; may tell of its progress.
 *
 * @example
 * ```ts ignore
 * import { answerAsks } from "./mod.ts";
 * answerAsks<number, number>((ask) => Promise.resolve(ask * ask));
 * ```
 */
export function answerAsks<Ask, Answer, News = never>(
  answer: (ask: Ask, tell: (news: News) => void) => Promise<Answer>,
): void {
  const scope = globalThis as unknown as {
    onmessage: ((event: MessageEvent<Ask>) => void) | null;
    postMessage(message: WorkerMessage<Answer, News>): void;
  };
  scope.onmessage = async ({ data }) => {
    try {
      scope.postMessage({ answer: await answer(data, (news) => scope.postMessage({ news })) });
    } catch (error) {
      scope.postMessage({ failure: workerFailure(error) });
    }
  };
}
