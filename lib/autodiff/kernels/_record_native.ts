import type * as tf from "@tensorflow/tfjs-core";
import {
  ADDRESSES,
  addressOf,
  makeEmpty,
  type NativeKernels,
  nativeKernels,
  type NativeWatcher,
  numbersAt,
  watchNative,
} from "./_native.ts";

/** Addresses are multiples of this. */
const ALIGNMENT = 16;

/** Memory that the computation made for itself, from the first call that uses it to the last. */
interface Own {
  readonly bytes: number;
  first: number;
  last: number;
  /** Where it lies in what the program holds. */
  offset: number;
}

/** A call of a kernel; what `own` and `given` say takes the place of arguments. */
interface Call {
  readonly name: keyof NativeKernels;
  readonly args: number[];
  readonly own: readonly (readonly [argument: number, own: Own])[];
  readonly given: readonly (readonly [argument: number, index: number])[];
}

/** A computation as calls of kernels. */
export interface NativeTape {
  readonly calls: readonly Call[];
  readonly input: Own;
  readonly result: Own;
  /** Bytes that all of its memory takes, where what is not needed at the same time lies in the same place. */
  readonly bytes: number;
}

/** Gives each memory its place: the lowest that none has which is needed at the same time. */
function place(all: readonly Own[]): number {
  const placed: Own[] = [];
  let bytes = 0;
  for (const own of all.toSorted((a, b) => a.first - b.first || b.bytes - a.bytes)) {
    const others = placed.filter(({ first, last }) => first <= own.last && own.first <= last)
      .toSorted((a, b) => a.offset - b.offset);
    for (const other of others) {
      if (own.offset + own.bytes <= other.offset) break;
      own.offset = Math.max(own.offset, Math.ceil((other.offset + other.bytes) / ALIGNMENT) * ALIGNMENT);
    }
    placed.push(own);
    bytes = Math.max(bytes, own.offset + own.bytes);
  }
  return bytes;
}

/**
 * Does a computation and writes down which kernels it calls.
 *
 * @param input What it begins with.
 * @param given Addresses of what it is handed besides.
 * @param compute Gives the result; called inside `tf.tidy`.
 * @returns The result's tape; null where something else than this project's kernels took part.
 */
export function recordTape(
  input: tf.Tensor,
  given: readonly number[],
  compute: () => tf.Tensor,
): { readonly result: tf.Tensor; readonly tape: NativeTape | null } {
  const kernels = nativeKernels();
  if (kernels === null) return { result: compute(), tape: null };
  const calls: Call[] = [];
  const all: Own[] = [];
  const owns = new Map<number, Own>();
  const own = (address: number, bytes: number) => {
    const made = { bytes, first: Infinity, last: -1, offset: 0 };
    all.push(made);
    owns.set(address, made);
    return made;
  };
  const places = new Map(given.map((address, index) => [address, index]));
  let foreign = false;

  function note(name: keyof NativeKernels, args: number[]): void {
    const [inOwn, inGiven]: [[number, Own][], [number, number][]] = [[], []];
    for (const argument of ADDRESSES[name]) {
      const address = args[argument]!;
      const [made, index] = [owns.get(address), places.get(address)];
      if (made !== undefined) {
        made.first = Math.min(made.first, calls.length);
        made.last = calls.length;
        inOwn.push([argument, made]);
      } else if (index !== undefined) inGiven.push([argument, index]);
      else if (address !== 0) foreign = true;
    }
    calls.push({ name, args: [...args], own: inOwn, given: inGiven });
  }

  const watching: Record<string, unknown> = {};
  for (const name of Object.keys(ADDRESSES) as (keyof NativeKernels)[]) {
    const kernel = kernels[name] as (...args: number[]) => number;
    watching[name] = (...args: number[]) => {
      // What takes no address only tells a size.
      if (ADDRESSES[name].length > 0) note(name, args);
      return kernel(...args);
    };
  }
  const start = own(addressOf(input), 4 * input.size);
  start.first = -1;
  const watcher: NativeWatcher = {
    kernels: watching as unknown as NativeKernels,
    made: own,
    freed: (address) => void owns.delete(address),
  };
  const result = watchNative(watcher, compute);
  const end = owns.get(addressOf(result));
  if (foreign || end === undefined) return { result, tape: null };
  end.last = Infinity;
  return { result, tape: { calls, input: start, result: end, bytes: place(all) } };
}

/** A tape made ready: calls of kernels in memory of its own. */
export interface NativeRun {
  /** Does the calls with what `fill` makes the input and with what is handed in besides, by address. */
  (fill: (input: Float32Array) => void, given: readonly number[]): Float32Array;
}

/**
 * Makes a tape ready.
 *
 * @param tape What to do.
 * @param arena Memory of as many bytes as the tape says; borrowed.
 */
export function runTape({ calls, input, result }: NativeTape, arena: tf.Tensor): NativeRun {
  const kernels = nativeKernels()!;
  const base = addressOf(arena);
  const ready = calls.map(({ name, args, own, given }) => {
    const own_ = [...args];
    for (const [argument, { offset }] of own) own_[argument] = base + offset;
    return { kernel: kernels[name] as (...args: number[]) => void, args: own_, given };
  });
  return (fill, addresses) => {
    fill(numbersAt(base + input.offset, input.bytes / 4));
    for (const { kernel, args, given } of ready) {
      for (const [argument, index] of given) args[argument] = addresses[index]!;
      kernel(...args);
    }
    return numbersAt(base + result.offset, result.bytes / 4).slice();
  };
}

/** Memory for a tape, filled with what is no number: what reads before it writes is found out. */
export function makeArena(bytes: number): tf.Tensor {
  const arena = makeEmpty([Math.ceil(bytes / 4)]);
  numbersAt(addressOf(arena), arena.size).fill(NaN);
  return arena;
}
