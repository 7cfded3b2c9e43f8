/** Element types this project writes and reads. */
export type StoredDtype = "F32" | "I32" | "U8";

/** A tensor at rest: shape and typed array, no backend. */
export interface StoredTensor {
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  /** Row-major; `Float32Array` for F32, `Int32Array` for I32, `Uint8Array` for U8. */
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/** An object store: keys are `/`-separated paths, values are bytes. */
export interface ObjectStore {
  /** The URL it was opened from, for messages. */
  readonly url: string;
  /**
   * Finds out whether the store can do what will be asked of it, before work begins that would be lost. Rejects with an
   * Error that says what to change. `read` writes nothing.
   */
  check(access: "read" | "write"): Promise<void>;
  /** The object's bytes, or null when there is none. */
  get(key: string): Promise<Uint8Array | null>;
  /** Writes an object whole: at any moment, also after a crash, readers see the old or the new bytes. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Writes an object only if the key is free. Resolves to false, changing nothing, when it is taken. */
  putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean>;
  /** Keys that begin with the prefix, sorted. */
  list(prefix: string): Promise<string[]>;
  /** Removes an object; removing what is not there is no error. */
  delete(key: string): Promise<void>;
  /**
   * Removes every object whose key begins with the prefix, which ends in `/`, and whatever an interrupted write left
   * there. Resolves to whether anything was there.
   */
  deletePrefix(prefix: string): Promise<boolean>;
  /**
   * Removes what interrupted writes left below the prefix, which ends in `/`, and no object: a writer that is under way
   * there writes anew. Resolves to whether anything was there.
   */
  sweep(prefix: string): Promise<boolean>;
}

/** Keys of an S3 account. They sign requests and are never sent, logged or quoted. */
export interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Comes with temporary keys, and is sent with every request. */
  readonly sessionToken?: string | undefined;
}

/** How patient an S3 store is. Times are in milliseconds. */
export interface S3StoreOptions {
  /** How often a request is tried. @default {8} */
  readonly attempts?: number;
  /** The first wait between two tries; each further one is twice as long, at most five seconds. @default {100} */
  readonly firstDelay?: number;
  /** How long a silent server is waited for; more for large objects. @default {30000} */
  readonly timeout?: number;
  /** How long all tries of a request may take; more for large objects. @default {60000} */
  readonly deadline?: number;
}
