import { type Files, frames, pad, spread } from "./files.ts";
import { type CellSpec, xlsx } from "./xlsx.ts";

/** One row of the workbook and its folder. */
export interface Casme2Row {
  readonly subject: number;
  readonly clip: string;
  readonly label: string;
  readonly onset: CellSpec;
  readonly apex: CellSpec;
  readonly offset: CellSpec;
  /** As the subject's cell holds it. @default text of two digits */
  readonly cell?: CellSpec;
  /** Action units. @default one of several forms */
  readonly units?: CellSpec;
  /** Frames on disk; null: no folder. @default 46 to 50 */
  readonly disk?: readonly [number, number] | null;
}

/** An invented row: frames 46 to 50. */
export function casme2Row(subject: number, clip: string, label: string, rest: Partial<Casme2Row> = {}): Casme2Row {
  return { subject, clip, label, onset: 46, apex: 48, offset: 50, ...rest };
}

/** 255 invented rows with the classes, the subjects, and the rows without folders of the distributed sheet. */
export function allCasme2Rows(): Casme2Row[] {
  const rows: Casme2Row[] = [
    casme2Row(4, "EP12_01f", "disgust", { apex: "/" }),
    casme2Row(5, "EP09_05f", "disgust", { apex: 46 }),
    casme2Row(12, "EP09_06", "disgust", { apex: 50 }),
    casme2Row(19, "EP06_02f", "others", { disk: null }),
    casme2Row(3, "EP01_2", "others"),
    casme2Row(7, "EP06_02_01", "others"),
    casme2Row(9, "EP09f", "others"),
    // Two subjects have nothing of the three classes.
    ...[10, 18].flatMap((subject) => [1, 2].map((n) => casme2Row(subject, `EP80_${pad(n, 2)}`, "others"))),
  ];
  const rest = spread({ others: 91, disgust: 60, happiness: 32, repression: 27, surprise: 25, sadness: 7, fear: 2 });
  const subjects = Array.from({ length: 26 }, (_, i) => i + 1).filter((subject) => subject !== 10 && subject !== 18);
  rest.forEach((label, i) => {
    const disk = label === "sadness" || label === "fear" ? { disk: null } : {};
    // Names repeat from subject to subject, as they do.
    const clip = `EP9${Math.floor(i / subjects.length)}_01${i % 2 === 0 ? "f" : ""}`;
    rows.push(casme2Row(subjects[i % subjects.length]!, clip, label, disk));
  });
  return rows;
}

const HEADER = [
  ...["Subject", "Filename", null, "OnsetFrame", "ApexFrame", "OffsetFrame", null],
  ...["Action Units", "Estimated Emotion"],
];

/** The workbook with its two blank columns and two empty sheets; without the columns as later versions have it. */
export function casme2Workbook(rows: readonly Casme2Row[], { blanks = true } = {}): Uint8Array {
  const forms: CellSpec[] = [4, "4+7", "R1+R2", "?"];
  const all = [
    HEADER,
    ...rows.map(({ subject, cell, clip, onset, apex, offset, units, label }, i) => [
      ...[
        cell ?? pad(subject, 2),
        clip,
        null,
        onset,
        apex,
        offset,
        null,
        units === undefined ? forms[i % forms.length]! : units,
        label,
      ],
    ]),
  ];
  const kept = all.map((cells) => (blanks ? cells : cells.filter((_, i) => i !== 2 && i !== 6)));
  return xlsx([{ name: "Sheet1", rows: kept }, { name: "Sheet2", rows: [] }, { name: "Sheet3", rows: [] }]);
}

/** Where the frames lie, and how they are named. */
export interface Casme2Layout {
  /** @default {"Cropped"} */
  readonly folder?: string;
  /** @default {"reg_img"} */
  readonly prefix?: string;
  /** @default {1} */
  readonly digits?: number;
  /** Folders without a row. @default {[]} */
  readonly extra?: readonly (readonly [number, string])[];
}

/** The frames alone. */
export function casme2Frames(rows: readonly Casme2Row[], layout: Casme2Layout = {}): Files {
  const { folder = "Cropped", prefix = "reg_img", digits = 1, extra = [] } = layout;
  const files: Files = {};
  const name = (number: number) => `${prefix}${pad(number, digits)}.jpg`;
  for (const { subject, clip, disk = [46, 50] as const } of rows) {
    if (disk !== null) Object.assign(files, frames(`${folder}/sub${pad(subject, 2)}/${clip}`, disk, name));
  }
  for (const [subject, clip] of extra) {
    Object.assign(files, frames(`${folder}/sub${pad(subject, 2)}/${clip}`, [46, 50], name));
  }
  return files;
}

/** CASME II as handed out: the workbook beside the folder of frames. */
export function casme2Files(rows: readonly Casme2Row[], layout: Casme2Layout = {}): Files {
  return { "CASME2-coding-20140508.xlsx": casme2Workbook(rows), ...casme2Frames(rows, layout) };
}
