import { type ConfigInput, configSchema } from "../../lib/config/mod.ts";
import { architectureOf, nameStatistics, recipeOf } from "../../lib/inference/mod.ts";
import { normLayers, parameterShapes } from "../../lib/model/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { type ObjectStore, promote, publishModel, type StoredTensor } from "../../lib/storage/mod.ts";
import { unflattenTree } from "../../lib/tree/mod.ts";

/**
 * Publishes and promotes a model that has learnt nothing, at once and without a backend: it costs what a trained one
 * costs, and its answers are finite.
 *
 * @returns Its version.
 */
export async function publishUntrained(
  store: ObjectStore,
  { config: input = {}, name = "lightman", seed = 0 }: {
    readonly config?: ConfigInput;
    readonly name?: string;
    readonly seed?: number;
  } = {},
): Promise<string> {
  const config = configSchema.parse(input);
  const classes = ["negative", "positive", "surprise"];
  const random = createRandom(seed, "untrained");
  const entries = parameterShapes(architectureOf(config, classes.length)).map(
    ([path, shape]): [string, StoredTensor] => {
      const size = shape.reduce((product, side) => product * side, 1);
      const fan = size / (shape.at(-1) ?? 1);
      const value = path.endsWith(".gamma") ? () => 1 : () => Math.sqrt(2 / fan) * random.normal();
      return [path, { dtype: "F32", shape: [...shape], data: Float32Array.from({ length: size }, value) }];
    },
  );
  const rows = normLayers({ backbone: config.backbone, channels: config.channels }).map(([, channels]) => ({
    channels,
    data: Float32Array.from({ length: 2 * channels }, (_, i) => i < channels ? 0 : 1),
  }));
  const weights = { params: unflattenTree(entries), stats: nameStatistics(rows, config.backbone) };
  const parameters = entries.reduce((sum, [, { data }]) => sum + data.length, 0);
  const version = await publishModel(store, "default", name, weights, {
    ...{ formatVersion: 1, name, config, classes, recipe: recipeOf(config), metrics: {}, parameters },
    provenance: { note: "untrained" },
    bytes: 4 * parameters,
  });
  await promote(store, "default", name, "stable", version);
  return version;
}
