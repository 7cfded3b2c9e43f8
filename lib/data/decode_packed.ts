import { checkRecipe } from "./_check_recipe.ts";
import { PACKED_FORMAT, PACKED_FORMAT_VERSION } from "./_packed_format.ts";
import type { ClipKind, ClipSet, Recipe } from "./clip_set.ts";
import type { LeftTensor, PackedClipSet, PackedTensor } from "./packed_clip_set.ts";

/** Options of {@linkcode decodePacked}. */
export interface DecodePackedOptions {
  /** What the file is called in messages. @default {"packed data set"} */
  readonly name?: string;
}

/**
 * Reads a packed data set back: the inverse of {@linkcode encodePacked}, with everything checked.
 *
 * @param tensors `clips` U8 `[n, M, H, W, C]`, or its place in the file; `labels`, `subjects`, `kinds` I32 or U8 `[n]`. Others are ignored.
 * @param metadata The file's metadata; see {@linkcode PackedClipSet}.
 * @param options The file's name.
 * @returns The set; the clips' bytes are shared, not copied.
 * @throws {SyntaxError} When the metadata is missing, of another format or no JSON as expected.
 * @throws {TypeError} When a tensor is missing or has another type or shape.
 * @throws {RangeError} When the format version is unknown, an index has no name, a name or clip id repeats, or the
 * recipe is out of range.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { decodePacked } from "./mod.ts";
 * assertThrows(() => decodePacked({}, { format: "pt" }), SyntaxError, "expected format lightmannet-clips");
 * ```
 */
export function decodePacked(
  tensors: Readonly<Record<string, PackedTensor | LeftTensor>>,
  metadata: PackedClipSet["metadata"],
  options: DecodePackedOptions = {},
): ClipSet {
  const doing = `read ${options.name ?? "packed data set"}`;
  const field = (key: string) => (Object.hasOwn(metadata, key) ? metadata[key]! : "");
  if (field("format") !== PACKED_FORMAT) {
    throw new SyntaxError(`Cannot ${doing}: expected format ${PACKED_FORMAT}, got "${field("format")}"`);
  }
  if (field("formatVersion") !== PACKED_FORMAT_VERSION) {
    throw new RangeError(
      `Cannot ${doing}: expected format version ${PACKED_FORMAT_VERSION}, got "${field("formatVersion")}"`,
    );
  }
  const json = (key: string): unknown => {
    try {
      return JSON.parse(field(key));
    } catch (cause) {
      throw new SyntaxError(`Cannot ${doing}: expected metadata ${key} as JSON`, { cause });
    }
  };
  const names = (key: string): string[] => {
    const value = json(key);
    if (!Array.isArray(value) || !value.every((name) => typeof name === "string" && name !== "")) {
      throw new SyntaxError(`Cannot ${doing}: expected metadata ${key} as a list of names`);
    }
    if (new Set(value).size < value.length) throw new RangeError(`Cannot ${doing}: expected every name of ${key} once`);
    return value;
  };
  const recipe = readRecipe(json("recipe"), doing);
  const [classes, subjectNames, kindNames, ids] = [names("classes"), names("subjects"), names("kinds"), names("ids")];
  if (!kindNames.every((kind) => kind === "micro" || kind === "macro")) {
    throw new RangeError(`Cannot ${doing}: expected the kinds micro and macro, got ${kindNames.join(", ")}`);
  }
  if (classes.some((name, i) => i > 0 && classes[i - 1]! > name)) {
    throw new RangeError(`Cannot ${doing}: expected sorted classes, got ${classes.join(", ")}`);
  }
  const badSubject = subjectNames.find((name) => !/^[^/]+\/./.test(name));
  if (badSubject !== undefined) {
    throw new RangeError(`Cannot ${doing}: expected subjects as database/subject, got "${badSubject}"`);
  }

  const tensor = (key: string, dtypes: readonly string[], shape: readonly number[]) => {
    const got = Object.hasOwn(tensors, key) ? tensors[key] : undefined;
    const length = shape.reduce((a, b) => a * b, 1);
    if (
      got === undefined || !dtypes.includes(got.dtype) || got.shape.join() !== shape.join() ||
      got.data.length !== length
    ) {
      throw new TypeError(
        `Cannot ${doing}: expected tensor ${key}, ${dtypes.join(" or ")} [${shape.join(", ")}], got ` +
          (got === undefined ? "none" : `${got.dtype} [${got.shape.join(", ")}]`),
      );
    }
    return got.data;
  };
  const indices = (key: string, bound: number): Int32Array => {
    const stored = tensor(key, ["I32", "U8"], [ids.length]);
    if ("path" in stored) throw new TypeError(`Cannot ${doing}: expected tensor ${key} in memory`);
    const data = Int32Array.from(stored);
    const bad = data.findIndex((value) => value < 0 || value >= bound);
    if (bad >= 0) {
      throw new RangeError(`Cannot ${doing}: expected ${key} from 0 to ${bound - 1}, got ${data[bad]} of ${ids[bad]}`);
    }
    return data;
  };
  const { frames, size, channels } = recipe;
  const clips = tensor("clips", ["U8"], [ids.length, frames, size, size, channels]);
  if (!(clips instanceof Uint8Array || "path" in clips)) {
    throw new TypeError(`Cannot ${doing}: expected clips as bytes`);
  }
  return {
    recipe,
    clips,
    ids,
    labels: indices("labels", classes.length),
    subjects: indices("subjects", subjectNames.length),
    kinds: Array.from(indices("kinds", kindNames.length), (index) => kindNames[index] as ClipKind),
    classes,
    subjectNames,
  };
}

const RECIPE_FIELDS = ["frames", "size", "channels", "input", "time", "window", "missingApex", "amplify", "flow"];
const FLOW_FIELDS = ["method", "size", "scaling", "range", "strainRange"];

/** Checks the recipe's fields; unknown ones mean preprocessing that this code cannot repeat. */
function readRecipe(value: unknown, doing: string): Recipe {
  const recipe = (value ?? {}) as Recipe;
  checkRecipe(recipe, doing);
  const unknown = [
    ...Object.keys(recipe).filter((key) => !RECIPE_FIELDS.includes(key)),
    ...Object.keys(recipe.flow ?? {}).filter((key) => !FLOW_FIELDS.includes(key)).map((key) => `flow.${key}`),
  ];
  if (unknown.length > 0) throw new RangeError(`Cannot ${doing}: unknown recipe fields ${unknown.join(", ")}`);
  return recipe;
}
