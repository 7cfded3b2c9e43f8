/** Printed figure and half width of its 95 % interval, percent; null where nothing was printed. */
export type PrintedFigure = readonly [value: number, half: number] | null;

/** UF1 and UAR as printed, shares; null where nothing was printed. */
export type PrintedPair = readonly [uf1: number, uar: number] | null;

/** A line of the MEGC2019 table. */
export interface PublishedComposite {
  readonly method: string;
  readonly full: PrintedPair;
  readonly smic: PrintedPair;
  readonly casme2: PrintedPair;
  readonly samm: PrintedPair;
  readonly source: string;
  /** Keys of the caveats that apply. */
  readonly caveats: readonly string[];
}

/** A table of the paper. */
export interface PublishedTable {
  readonly title: string;
  /** Pairs of columns: accuracy and F1 of a database; or single columns. */
  readonly columns: readonly string[];
  readonly rows: readonly { readonly method: string; readonly figures: readonly PrintedFigure[] }[];
}

const T3 = "STSTNet, table 3";
const T2 = "HTNet, table 2";

/** A line of the MEGC2019 table: full, SMIC, CASME II, SAMM. */
function composite(
  method: string,
  [full, smic, casme2, samm]: readonly [PrintedPair, PrintedPair, PrintedPair, PrintedPair],
  source: string,
  ...caveats: string[]
): PublishedComposite {
  return { method, full, smic, casme2, samm, source, caveats };
}

/** A line of tables 1 and 2: accuracy, half width, F1, half width of SAMM, SMIC, CASME, CASME II, CAS(ME)². */
function line(method: string, ...databases: (readonly [number, number, number, number] | null)[]) {
  return {
    method,
    figures: databases.flatMap((one): PrintedFigure[] => one ? [[one[0], one[1]], [one[2], one[3]]] : [null, null]),
  };
}

const DATABASES = ["SAMM", "SMIC", "CASME", "CASME II", "CAS(ME)²"].flatMap((name) => [`${name} ACC`, `${name} F1`]);

const LIGHTMAN = line(
  "LightmanNet",
  [81.83, 0.44, 82.93, 0.35],
  [85.19, 0.34, 83.83, 0.34],
  [87.83, 0.60, 89.78, 0.59],
  [93.48, 0.42, 90.49, 0.47],
  [85.23, 0.26, 82.22, 0.29],
);

/**
 * What others printed, with what is known of how it was obtained.
 *
 * `composite` is the MEGC2019 composite database (leave one subject out; UF1 / UAR), `tables` are tables 1 to 3 of the
 * LightmanNet paper as far as they concern what is implemented here, `claims` what the paper says of each protocol.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { PUBLISHED } from "./mod.ts";
 * const ststnet = PUBLISHED.composite.find((row) => row.method === "STSTNet");
 * assertEquals([ststnet!.full![0], ststnet!.caveats], [0.7353, ["c"]]);
 * ```
 *
 * Source: MEGC2019 organisers' report; STSTNet, table 3; HTNet, table 2; Wang et al., ACM MM 2024, tables 1 to 3.
 */
export const PUBLISHED: {
  readonly composite: readonly PublishedComposite[];
  readonly caveats: Readonly<Record<string, string>>;
  /** UAR of STSTNet counted again from its authors' log, by column. */
  readonly recounted: Readonly<Record<string, Readonly<Record<"full" | "smic" | "casme2" | "samm", number>>>>;
  readonly tables: readonly [PublishedTable, PublishedTable, PublishedTable];
  /** What is known of how the paper's tables were obtained. */
  readonly paperNotes: readonly string[];
  readonly claims: Readonly<Record<string, string>>;
} = {
  composite: [
    composite(
      "LBP-TOP (baseline)",
      [[.5882, .5785], [.2000, .5280], [.7026, .7429], [.3954, .4102]],
      "MEGC2019 organisers",
      "a",
    ),
    composite("Bi-WOOF", [[.6296, .6227], [.5727, .5829], [.7805, .8026], [.5211, .5139]], T3, "b"),
    composite("AlexNet", [[.6933, .7154], [.6201, .6373], [.7994, .8312], [.6104, .6642]], T3, "b"),
    composite("SqueezeNet", [[.5930, .6166], [.5381, .5603], [.6894, .7278], [.5039, .5362]], T3, "b"),
    composite("GoogLeNet", [[.5573, .6049], [.5123, .5511], [.5989, .6414], [.5124, .5992]], T3, "b"),
    composite("VGG16", [[.6425, .6516], [.5800, .5964], [.8166, .8202], [.4870, .4793]], T3, "b"),
    composite("OFF-ApexNet", [[.7196, .7096], [.6817, .6695], [.8764, .8681], [.5409, .5392]], T3),
    composite("CapsuleNet", [[.6520, .6506], [.5820, .5877], [.7068, .7018], [.6209, .5989]], T2, "e"),
    composite("Dual-Inception", [[.7322, .7278], [.6645, .6726], [.8621, .8560], [.5868, .5663]], T2),
    composite("STSTNet", [[.7353, .7605], [.6801, .7013], [.8382, .8686], [.6588, .6810]], T3, "c"),
    composite("EMR (adversarial)", [[.7885, .7824], [.7461, .7530], [.8293, .8209], [.7754, .7152]], T2),
    composite("RCN", [[.7432, .7190], [.6326, .6441], [.8512, .8123], [.7601, .6715]], T2),
    composite("FeatRef", [[.7838, .7832], [.7011, .7083], [.8915, .8873], [.7372, .7155]], T2),
    composite("HTNet", [[.8603, .8475], [.8049, .7905], [.9532, .9516], [.8131, .8124]], T2, "d"),
    composite("FRL-DGT", [[.812, .811], [.743, .749], [.919, .903], [.772, .758]], "not traced", "u"),
    composite("µ-BERT", [[.8903, .8842], [.8550, .8384], [.9034, .8914], [.8386, .8475]], "not traced", "u"),
    composite("SelfME", [null, [.6972, .7012], [.9078, .9290], null], "not traced", "u"),
  ],
  caveats: {
    a: "UF1 .2000 beside UAR .5280 on SMIC is impossible for its class counts: one of the two is a misprint.",
    b: "Run again by the authors of STSTNet; the column called UAR may be macro precision, as in (c). No logs exist.",
    c: "The printed UAR is macro precision. The second figure is the recall, counted again from the authors' own log.",
    d: "Oracle selection: of each held-out subject the epoch with the best accuracy on that very subject was kept. " +
      "An upper bound, not comparable with an honest last epoch.",
    e: "435 clips instead of 442.",
    u: "Not verified: the figures could not be traced to a document that was read.",
  },
  recounted: { STSTNet: { full: .7186, smic: .6703, casme2: .8190, samm: .6415 } },
  tables: [
    {
      title: "Table 1 of the paper, meta-learning rows: accuracy and F1, percent",
      columns: DATABASES,
      rows: [
        line(
          "Meta-MMFNet",
          [64.15, 0.24, 66.51, 0.37],
          [63.12, 0.33, 64.93, 0.23],
          [69.51, 0.30, 67.67, 0.33],
          [80.92, 0.27, 81.23, 0.30],
          [72.14, 0.44, 73.31, 0.55],
        ),
        line(
          "MEReMAML",
          [74.23, 0.30, 76.37, 0.31],
          [80.78, 0.24, 81.51, 0.32],
          [78.12, 0.30, 79.56, 0.28],
          [86.21, 0.20, 89.26, 0.21],
          [76.12, 0.29, 75.89, 0.18],
        ),
        LIGHTMAN,
      ],
    },
    {
      title: "Table 2 of the paper, few-shot: accuracy and F1, percent",
      columns: DATABASES,
      rows: [
        line(
          "MAML",
          [59, 0, 61, 0],
          [58, 0, 57, 0],
          [64, 0, 61, 0],
          [63, 0, 60, 0],
          [59, 0, 62, 0],
        ),
        line(
          "Reptile",
          [58.32, 0.28, 59.75, 0.34],
          [57.27, 0.43, 56.22, 0.38],
          [62.76, 0.38, 62.61, 0.39],
          [62.42, 0.19, 62.34, 0.78],
          [60.96, 0.48, 63.11, 0.32],
        ),
        line(
          "ANIL",
          [57.47, 0.37, 62.42, 0.39],
          null,
          [64.53, 0.33, 61.97, 0.12],
          null,
          [58.84, 0.32, 62.76, 0.34],
        ),
        line(
          "ProtoNet",
          [59.97, 0.33, 64.53, 0.26],
          [60.22, 0.31, 57.62, 0.25],
          [63.35, 0.43, 64.28, 0.43],
          [63.27, 0.76, 59.32, 0.46],
          [59.87, 0.43, 61.65, 0.31],
        ),
        line(
          "RelationNet",
          null,
          [58.11, 0.27, 56.37, 0.21],
          null,
          [64.63, 0.54, 61.25, 0.32],
          [60.76, 0.21, 61.96, 0.38],
        ),
        line(
          "MatchingNet",
          [61.42, 0.36, 59.51, 0.32],
          [60.46, 0.34, 58.79, 0.38],
          [65.43, 0.76, 61.74, 0.35],
          [62.54, 0.35, 61.45, 0.76],
          null,
        ),
        line(
          "Meta-MMFNet",
          [64.15, 0.24, 66.51, 0.37],
          [63.12, 0.33, 64.93, 0.23],
          [69.5, 0.30, 67.67, 0.33],
          [80.92, 0.27, 81.23, 0.30],
          [72.14, 0.44, 73.31, 0.55],
        ),
        line(
          "MEReMAML (SMIC: on a subset)",
          [79.03, 0.41, 77.12, 0.39],
          [79.36, 0.06, 81.23, 0.19],
          [81.22, 0.49, 79.15, 0.33],
          [92.97, 0.54, 91.05, 0.44],
          [84.16, 0.56, 80.19, 0.32],
        ),
        LIGHTMAN,
      ],
    },
    {
      title: "Table 3 of the paper, ablation on its composite: percent",
      columns: ["ACC", "F1", "UAR"],
      rows: [
        { method: "Conv4, auxiliary task only", figures: [[80.15, 0.33], [86.03, 0.37], [81.14, 0.33]] },
        { method: "Conv4, bi-level only", figures: [[83.36, 0.38], [86.59, 0.33], [83.77, 0.38]] },
        { method: "Conv4, both (LightmanNet)", figures: [[91.10, 0.43], [92.01, 0.42], [88.87, 0.49]] },
        { method: "ResNet, both", figures: [[91.13, 0.36], [91.96, 0.45], [88.91, 0.46]] },
        { method: "VGG-19, both", figures: [[91.05, 0.46], [92.21, 0.33], [88.96, 0.33]] },
        { method: "DenseNet, both", figures: [[91.17, 0.39], [92.09, 0.37], [89.15, 0.35]] },
      ],
    },
  ],
  paperNotes: [
    "Printed without code, splits or logs: whether held-out people were never trained on, how the final weights were " +
    "chosen and which classes were kept is not said. The figures cannot be checked.",
    "The ± is over five rounds of testing. It does not hold the differences between people, which our intervals do.",
    "Rows are “provided in the corresponding papers or obtained from the source code”: they need not share a protocol.",
    "LightmanNet's rows of tables 1 and 2 are the same in every digit, though only table 2 is said to be few-shot; " +
    "MAML's row has whole numbers with an interval of zero throughout.",
    "The paper's composite joins five databases and is not the one of MEGC2019. The text of the ablation says VGG-16 " +
    "where the table says VGG-19, and there is no row without both parts.",
  ],
  claims: {
    noise:
      "The paper (figure 6, composite): LightmanNet loses under 5 points when half of the clips are corrupted, far " +
      "less than other methods. The plotted values are not printed as numbers.",
    lambda:
      "The paper (figure 7, SAMM): accuracy is best at λ1 = 0.55, λ2 = 0.45; varied from 0.3 to 0.7. The plotted " +
      "values are not printed as numbers.",
    steps: "The paper calibrates with one inner step and prints no sweep.",
    ablation:
      "The paper (5.4): the auxiliary branch is worth more than 5 points, the bi-level step more than 7; backbones " +
      "differ little.",
    fewshot: "The paper (5.3): above every meta-learner and every recogniser of micro-expressions, on almost every " +
      "database.",
  },
};
