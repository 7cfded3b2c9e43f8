import { assertEquals, assertThrows } from "@std/assert";
import { type Algorithm, ALGORITHMS, type ConfigSources, makeConfig, PRESETS } from "../../lib/config/mod.ts";

Deno.test("makeConfig() lets flags win over --set, that over the file, and that over the preset", () => {
  const sources: ConfigSources = {
    preset: "paper",
    file: { beta: 0.01, alpha: 0.3, shots: 2, seed: 1 },
    set: ["alpha=0.4", "shots=3", "shots=4"],
    flags: { shots: 1 },
  };
  const { beta, alpha, shots, seed, lambda1, frames } = makeConfig(sources);
  assertEquals({ beta, alpha, shots, seed, lambda1, frames }, {
    beta: 0.01,
    alpha: 0.4,
    shots: 1,
    seed: 1,
    lambda1: 0.55,
    frames: 8,
  });
});

Deno.test("makeConfig() takes a flag that was not given for none", () => {
  const flags = { shots: undefined } as unknown as NonNullable<ConfigSources["flags"]>;
  assertEquals(makeConfig({ file: { shots: 2 }, flags }).shots, 2);
});

Deno.test("makeConfig() sets nested keys beside those of the file, and changes neither file nor preset", () => {
  const file = { synthetic: { seed: 3 } };
  const { synthetic } = makeConfig({ file, set: ["synthetic.rho=1", "synthetic.trainSubjects=2"] });
  assertEquals(synthetic, { seed: 3, rho: 1, trainSubjects: 2, holdoutSubjects: 12 });
  assertEquals(file, { synthetic: { seed: 3 } });
  assertEquals(makeConfig().synthetic.rho, 0.6);
});

/** Values of `--set`: JSON where they are, else text. */
const VALUES: readonly (readonly [string, string, unknown])[] = [
  ["clipNorm=10", "clipNorm", 10],
  ["clipNorm=null", "clipNorm", null],
  ["learnInnerRates=true", "learnInnerRates", true],
  ["data=sets/my=set.safetensors", "data", "sets/my=set.safetensors"],
  ['data="12"', "data", "12"],
  ["sigma=median", "sigma", "median"],
  ["sigma=2.5", "sigma", 2.5],
  ['holdout=["casme2/sub01"]', "holdout", ["casme2/sub01"]],
  ["holdout=0.25", "holdout", 0.25],
];

for (const [assignment, key, value] of VALUES) {
  Deno.test(`makeConfig() reads --set ${assignment}`, () => {
    assertEquals(makeConfig({ set: [assignment] })[key as "data"], value as string);
  });
}

/** Wrong sources, and the key that the one line of the message names. */
const WRONG: readonly (readonly [string, ConfigSources, string])[] = [
  ["an unknown key", { file: { alfa: 1 } }, "Cannot configure: unknown key alfa"],
  ["an unknown nested key", { set: ["synthetic.ro=1"] }, "Cannot configure: unknown key synthetic.ro"],
  ["a key below a number", { set: ["alpha.x=1"] }, "Cannot configure: alpha: "],
  ["a value out of range", { set: ["alpha=-1"] }, "Cannot configure: alpha: "],
  [
    "stored flow of one channel",
    { set: ["augment=flip-flow-minmax", "input=frames"] },
    "augment: expected flip, because",
  ],
  [
    "stored flow whose recipe is flow",
    { set: ["augment=flip-flow-fixed", "input=flow", "inputChannels=3"] },
    "augment: expected flip, because",
  ],
  ["a value past a float", { set: ["alpha=1e999"] }, "Cannot configure: alpha: "],
  ["a number as text", { file: { shots: "5" } }, "Cannot configure: shots: "],
  ["half a step", { set: ["outerSteps=1.5"] }, "Cannot configure: outerSteps: "],
  ["a wrong word", { set: ["decoder=u-net"] }, "Cannot configure: decoder: "],
  ["a share of one", { set: ["holdout=1"] }, "Cannot configure: holdout: "],
  ["no value", { set: ["alpha"] }, 'Cannot configure: expected path.to.key=value, got "alpha"'],
  ["no key", { set: ["=1"] }, 'Cannot configure: expected path.to.key=value, got "=1"'],
  ["a file that is a list", { file: [] }, "Cannot configure: expected a JSON object"],
  ["a file that is nothing", { file: null }, "Cannot configure: expected a JSON object"],
  ["an inherited key", { set: ["__proto__.alpha=1"] }, "Cannot configure: unknown key __proto__"],
  ["the prototype itself", { set: ['__proto__={"alpha":1}'] }, "Cannot configure: unknown key __proto__"],
];

for (const [what, sources, message] of WRONG) {
  Deno.test(`makeConfig() refuses ${what} in one line that names it`, () => {
    const error = assertThrows(() => makeConfig(sources), RangeError, message);
    assertEquals(error.message.includes("\n"), false);
  });
}

Deno.test("makeConfig() takes every preset, and a complete configuration gives itself", () => {
  for (const preset of Object.keys(PRESETS) as (keyof typeof PRESETS)[]) {
    const config = makeConfig({ preset });
    assertEquals(makeConfig({ file: JSON.parse(JSON.stringify(config)) }), config);
  }
  assertEquals(makeConfig(), makeConfig({ preset: "default" }));
});

Deno.test("makeConfig() of the paper's preset is what the paper prints", () => {
  const { alpha, beta, lambda1, lambda2, innerSteps, weightDecay, firstOrder } = makeConfig({ preset: "paper" });
  assertEquals([alpha, beta, lambda1, lambda2, innerSteps, weightDecay, firstOrder], [
    0.2,
    0.1,
    0.55,
    0.45,
    1,
    1e-4,
    false,
  ]);
});

Deno.test("makeConfig() knows every algorithm, and refuses another in one line that lists them", () => {
  for (const algorithm of Object.keys(ALGORITHMS) as Algorithm[]) {
    const config = makeConfig({ flags: { algorithm } });
    assertEquals([config.algorithm, config.innerSteps, config.alpha], [algorithm, null, null]);
  }
  const error = assertThrows(
    () => makeConfig({ set: ["algorithm=mamal"] }),
    RangeError,
    "Cannot configure: algorithm: ",
  );
  assertEquals(Object.keys(ALGORITHMS).every((name) => error.message.includes(name)), true);
});

Deno.test("makeConfig() of flow asks for three channels, allows one frame, and takes nested settings", () => {
  const set = ["input=flow", "inputChannels=3", "frames=1", "flow.scaling=minmax", "window=onset-apex", "amplify=2"];
  const config = makeConfig({ set });
  assertEquals([config.flow.scaling, config.flow.size, config.missingApex], ["minmax", null, "midpoint"]);
  assertThrows(() => makeConfig({ set: ["input=flow"] }), RangeError, "inputChannels: expected 3 (u, v, strain)");
  assertThrows(() => makeConfig({ set: [...set, "flow.size=16"] }), RangeError, "flow.size: expected at least size");
  assertThrows(() => makeConfig({ set: ["frames=1"] }), RangeError, "input: expected frames or flow");
});
