import { type Architecture, type BackboneName, BACKBONES, parameterShapes } from "../model/mod.ts";
import type { StoredTensor } from "../storage/mod.ts";
import { flattenTree, type Tree } from "../tree/mod.ts";

/** The backbone all of whose layers are among the paths. */
function backboneAmong(paths: ReadonlyMap<string, unknown>): BackboneName | undefined {
  const names = Object.keys(BACKBONES) as BackboneName[];
  return names.find((name) => BACKBONES[name].plan(1, 1).shapes.every(([path]) => paths.has(path)));
}

/**
 * Checks that parameters are those of a network, before a backend sees them.
 *
 * @param params θ or θ′ at rest.
 * @param architecture The network of the model card.
 * @returns Nothing.
 * @throws {TypeError} When they are another backbone's, or one is missing, too many or of another shape.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { checkWeights } from "./mod.ts";
 * const network = { decoder: "none", channels: 2, frames: 1, inputChannels: 1, classes: 2 } as const;
 * assertThrows(() => checkWeights({}, network), TypeError, "expected conv1.w [3,3,1,2] of a conv4 network, got none");
 * ```
 */
export function checkWeights(params: Tree<StoredTensor>, architecture: Architecture): void {
  const { backbone = "conv4" } = architecture;
  const stored = new Map(flattenTree(params));
  const fail = (expected: string, got: string): never => {
    throw new TypeError(`Cannot use the weights: expected ${expected}, got ${got}`);
  };
  const found = backboneAmong(stored);
  if (found !== undefined && found !== backbone) fail(`a ${backbone} network`, `the layers of ${found}`);
  const expected = new Map(parameterShapes(architecture));
  for (const [path, shape] of expected) {
    const tensor = stored.get(path);
    if (String(tensor?.shape) !== String(shape)) {
      fail(`${path} [${shape}] of a ${backbone} network`, tensor === undefined ? "none" : `[${tensor.shape}]`);
    }
  }
  for (const path of stored.keys()) {
    if (!expected.has(path)) fail(`the parameters of a ${backbone} network`, `${path} as well`);
  }
}
