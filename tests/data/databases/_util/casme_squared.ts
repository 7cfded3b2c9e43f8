import { type Files, frames, pad } from "./files.ts";
import { type CellSpec, xlsx } from "./xlsx.ts";

/** Number in the folders' names of each subject's code 1 to 22. */
const NUMBERS = [15, 16, 19, 20, 21, 22, 23, 24, 25, 26, 27, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 40];
const STIMULI: Readonly<Record<string, string>> = {
  ...{ disgust1: "0101disgustingteeth", disgust2: "0102eatingworms", anger1: "0401girlcrashing" },
  ...{ anger2: "0402beatingpregnantwoman", happy1: "0502funnyerrors" },
};

/** One row of the first sheet. */
export interface CasmeSquaredSpec {
  readonly code: number;
  readonly clip: string;
  readonly onset: CellSpec;
  readonly apex: CellSpec;
  readonly offset: CellSpec;
  readonly units: CellSpec;
  readonly valence: string;
  readonly kind: string;
  readonly selfReport: string;
  /** Frames on disk; null: none. */
  readonly disk: readonly [number, number] | null;
}

/** An invented row: five frames from `onset`. */
export function casmeSquaredRow(code: number, clip: string, onset: number, rest: Partial<CasmeSquaredSpec> = {}) {
  return {
    ...{ code, clip, onset, apex: onset + 2, offset: onset + 4, units: "4+10", valence: "negative" },
    ...{ kind: "micro-expression", selfReport: "disgust", disk: [onset, onset + 4] as const },
    ...rest,
  } satisfies CasmeSquaredSpec as CasmeSquaredSpec;
}

/** 57 micro and 300 macro expressions of 22 subjects. */
export function allCasmeSquaredRows(): CasmeSquaredSpec[] {
  const stimuli = Object.keys(STIMULI);
  const valences = ["negative", "positive", "surprise", "others"];
  const reports = ["disgust", "happiness", "surprise", "helpness"];
  return Array.from({ length: 357 }, (_, i) => {
    const code = (i % 22) + 1;
    const n = Math.floor(i / 22);
    const clip = `${stimuli[n % 5]}_${Math.floor(n / 5) + 1}`;
    const label = { valence: valences[i % 4]!, selfReport: reports[i % 4]! };
    return casmeSquaredRow(code, clip, 100 + 20 * n, {
      ...label,
      kind: i < 57 ? "micro-expression" : "macro-expression",
    });
  });
}

/** The workbook: three sheets, no header in any. The first stimulus' code has lost its zero, as a number does. */
export function casmeSquaredWorkbook(rows: readonly CasmeSquaredSpec[]): Uint8Array {
  const codes = Object.entries(STIMULI).map((
    [name, folder],
    i,
  ): CellSpec[] => [i === 0 ? 101 : folder.slice(0, 4), name]);
  return xlsx([
    {
      name: "CASFEcode_final",
      rows: rows.map(({ code, clip, onset, apex, offset, units, valence, kind, selfReport }) => [
        ...[code, clip, onset, apex, offset, units, valence, kind, selfReport],
      ]),
    },
    { name: "naming rule1", rows: NUMBERS.map((number, i) => [number, `s${number}`, i + 1]) },
    { name: "naming rule2", rows: codes },
  ]);
}

/** Whole videos, or one folder an expression. */
export function casmeSquaredFrames(rows: readonly CasmeSquaredSpec[], layout: "rawpic" | "cropped"): Files {
  const files: Files = {};
  for (const { code, clip, disk } of rows) {
    const number = NUMBERS[code - 1]!;
    const folder = layout === "rawpic"
      ? `rawpic/s${number}/${number}_${STIMULI[clip.split("_")[0]!]}`
      : `cropped/${code}/${clip}`;
    const name = (frame: number) => `img${pad(frame, layout === "rawpic" ? 3 : 1)}.jpg`;
    if (disk !== null) Object.assign(files, frames(folder, disk, name));
  }
  return files;
}

/** CAS(ME)² as handed out, in one of its layouts. */
export function casmeSquaredFiles(rows: readonly CasmeSquaredSpec[], layout: "rawpic" | "cropped" = "rawpic"): Files {
  return { "CAS(ME)^2code_final.xlsx": casmeSquaredWorkbook(rows), ...casmeSquaredFrames(rows, layout) };
}
