/**
 * A plain nested record with leaves of one type: parameters, gradients, optimiser moments. Keys hold no dot. Leaves are
 * numbers, class instances, or records with a `shape` array (tensors at rest).
 */
export interface Tree<T> {
  readonly [name: string]: T | Tree<T>;
}

/** Tells a leaf from a branch: a branch is a plain object that is no tensor at rest. */
function isBranch<T>(node: T | Tree<T>): node is Tree<T> {
  return typeof node === "object" && node !== null && Object.getPrototypeOf(node) === Object.prototype &&
    !Array.isArray((node as { shape?: unknown }).shape);
}

/**
 * Lists the leaves of a tree with their dotted paths, in insertion order.
 *
 * @param tree The tree.
 * @returns Pairs `[path, leaf]`, the path's parts joined by dots.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { flattenTree } from "./mod.ts";
 * assertEquals(flattenTree({ head: { w: 1, b: 2 } }), [["head.w", 1], ["head.b", 2]]);
 * ```
 */
export function flattenTree<T>(tree: Tree<T>): [string, T][] {
  const leaves: [string, T][] = [];
  const walk = (node: Tree<T>, prefix: string) => {
    for (const [name, child] of Object.entries(node)) {
      const path = prefix === "" ? name : `${prefix}.${name}`;
      if (isBranch(child)) walk(child, path);
      else leaves.push([path, child]);
    }
  };
  walk(tree, "");
  return leaves;
}

/**
 * Builds a tree from dotted paths: the inverse of {@linkcode flattenTree}.
 *
 * @param leaves Pairs `[path, leaf]`.
 * @returns The nested record.
 * @throws {RangeError} When a path is empty, repeated, unsafe (`__proto__`), or a leaf stands where another path needs a branch.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { unflattenTree } from "./mod.ts";
 * assertEquals(unflattenTree([["head.w", 1], ["head.b", 2]]), { head: { w: 1, b: 2 } });
 * ```
 */
export function unflattenTree<T>(leaves: Iterable<readonly [string, T]>): Tree<T> {
  const root: Record<string, T | Tree<T>> = {};
  for (const [path, leaf] of leaves) {
    const parts = path.split(".");
    const last = parts.pop()!;
    if ([...parts, last].some((part) => part === "" || part === "__proto__")) {
      throw new RangeError(`Cannot build a tree: "${path}" is no valid path`);
    }
    let at = root;
    for (const part of parts) {
      const child = Object.hasOwn(at, part) ? at[part]! : (at[part] = {});
      if (!isBranch(child)) throw new RangeError(`Cannot build a tree: "${path}" passes through a leaf`);
      at = child as Record<string, T | Tree<T>>;
    }
    if (Object.hasOwn(at, last)) throw new RangeError(`Cannot build a tree: "${path}" appears twice`);
    at[last] = leaf;
  }
  return root;
}

/**
 * Applies a function to every leaf.
 *
 * @param tree The tree.
 * @param f Called with each leaf and its dotted path.
 * @returns A tree of the same structure.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { mapTree } from "./mod.ts";
 * assertEquals(mapTree({ a: { b: 2 } }, (x) => x * 10), { a: { b: 20 } });
 * ```
 */
export function mapTree<T, U>(tree: Tree<T>, f: (leaf: T, path: string) => U): Tree<U> {
  const walk = (node: Tree<T>, prefix: string): Tree<U> => {
    const out: Record<string, U | Tree<U>> = {};
    for (const [name, child] of Object.entries(node)) {
      const path = prefix === "" ? name : `${prefix}.${name}`;
      out[name] = isBranch(child) ? walk(child, path) : f(child, path);
    }
    return out;
  };
  return walk(tree, "");
}

/**
 * Joins two trees of the same structure leaf by leaf.
 *
 * @param a The tree that decides the structure and order.
 * @param b A tree with the same paths.
 * @param f Called with both leaves and their path.
 * @returns A tree of `a`'s structure.
 * @throws {TypeError} When the paths differ.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { zipTrees } from "./mod.ts";
 * assertEquals(zipTrees({ a: 1 }, { a: 2 }, (x, y) => x + y), { a: 3 });
 * ```
 */
export function zipTrees<T, U, V>(a: Tree<T>, b: Tree<U>, f: (a: T, b: U, path: string) => V): Tree<V> {
  const others = new Map(flattenTree(b));
  const missing: string[] = [];
  const out = mapTree(a, (leaf, path) => {
    if (!others.has(path)) {
      missing.push(path);
      return undefined as V;
    }
    const other = others.get(path)!;
    others.delete(path);
    return f(leaf, other, path);
  });
  if (missing.length > 0 || others.size > 0) {
    throw new TypeError(`Cannot join trees: paths differ at ${[...missing, ...others.keys()].slice(0, 5).join(", ")}`);
  }
  return out;
}
