import type { ObjectStore } from "../storage/mod.ts";

/** The operations of a store that a worker may ask for. */
const OPERATIONS = ["check", "get", "put", "putIfAbsent", "list", "delete", "deletePrefix", "sweep"] as const;

type Operation = typeof OPERATIONS[number];

/** What a worker asks of the store that another thread has. */
export interface StoreCall {
  readonly id: number;
  readonly operation: Operation;
  readonly args: readonly unknown[];
}

/** What it gets. */
export type StoreReply = { readonly id: number } & ({ readonly value: unknown } | { readonly error: string });

/** Does what a worker asks of a store. */
export async function answerStoreCall(store: ObjectStore, { id, operation, args }: StoreCall): Promise<StoreReply> {
  try {
    if (!OPERATIONS.includes(operation)) throw new Error(`Cannot use a store: it has no ${operation}`);
    const work = store[operation] as (...args: readonly unknown[]) => Promise<unknown>;
    return { id, value: await work(...args) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Makes a worker's view of a store that another thread has: its connections and keys stay there, and a store in memory
 * is the same one.
 *
 * @param url The store's, for messages.
 * @param send Sends a call to the other thread.
 * @returns The store, and what is to be told each reply.
 */
export function remoteStore(
  url: string,
  send: (call: StoreCall) => void,
): { readonly store: ObjectStore; settle(reply: StoreReply): void } {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let calls = 0;
  const call = (operation: Operation) => (...args: readonly unknown[]) => {
    const id = ++calls;
    const reply = Promise.withResolvers<unknown>();
    waiting.set(id, reply);
    send({ id, operation, args });
    return reply.promise;
  };
  const operations = Object.fromEntries(OPERATIONS.map((operation) => [operation, call(operation)]));
  return {
    store: { url, ...operations } as unknown as ObjectStore,
    settle(reply) {
      const { resolve, reject } = waiting.get(reply.id)!;
      waiting.delete(reply.id);
      if ("error" in reply) reject(new Error(reply.error));
      else resolve(reply.value);
    },
  };
}
