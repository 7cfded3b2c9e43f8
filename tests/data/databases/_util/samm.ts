import { type Files, frames, pad, spread } from "./files.ts";
import { type CellSpec, xlsx } from "./xlsx.ts";

/** One row of the workbook and its folder. */
export interface SammRow {
  readonly clip: string;
  readonly label: string;
  readonly onset: number;
  readonly apex: CellSpec;
  readonly offset: number;
  /** As the subject's cell holds it. @default text of three digits */
  readonly subject?: CellSpec;
  /** Action units. @default one of several forms */
  readonly units?: CellSpec;
  /** Digits of the frames' names. @default {4} */
  readonly digits?: number;
  /** Frames on disk; null: no folder. @default onset to offset */
  readonly disk?: readonly [number, number] | null;
}

/** An invented row. */
export function sammRow(clip: string, label: string, rest: Partial<SammRow> = {}): SammRow {
  return { clip, label, onset: 700, apex: 702, offset: 704, ...rest };
}

const SUBJECTS = [6, 7, 9, ...range(10, 26), 28, ...range(30, 37)];

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/** 159 invented rows with the classes, the subjects and the two bad apexes of the distributed sheet. */
export function allSammRows(): SammRow[] {
  const rows: SammRow[] = [];
  const counts = new Map<number, number>();
  const add = (subject: number, label: string, rest: Partial<SammRow> = {}) => {
    const n = (counts.get(subject) ?? 0) + 1;
    counts.set(subject, n);
    const onset = 100 + 37 * rows.length;
    const window = { onset, apex: onset + 2, offset: onset + 4, digits: rows.length % 5 === 0 ? 5 : 4 };
    rows.push(sammRow(`${pad(subject, 3)}_9_${n}`, label, { ...window, ...rest }));
  };
  // 025 has only Other; 024 and 036 have none of the five usual classes.
  for (let i = 0; i < 4; i++) add(25, "Other");
  for (const label of ["Disgust", "Fear"]) for (const subject of [24, 36]) add(subject, label);
  const rest = spread({
    Anger: 55,
    Other: 22,
    Happiness: 26,
    Surprise: 15,
    Contempt: 12,
    Disgust: 7,
    Fear: 6,
    Sadness: 6,
  });
  const others = SUBJECTS.filter((subject) => ![24, 25, 36].includes(subject));
  rest.forEach((label, i) => add(others[i % others.length]!, label));
  rows.push(sammRow("028_4_1", "Anger", { onset: 50, apex: 56, offset: 54 }));
  rows.push(sammRow("032_3_1", "Anger", { onset: 350, apex: 10, offset: 354 }));
  return rows;
}

const HEADER = [
  ...["Subject", "Filename", "Inducement Code", "Onset Frame", "Apex Frame", "Offset Frame", "Duration", "Micro"],
  ...["Action Units", "Estimated Emotion", "Objective Classes", "Notes"],
];

/** The workbook: a preamble of 13 rows, the header on row 14, the duration as a formula. */
export function sammWorkbook(rows: readonly SammRow[], { preamble = 13, stored = true } = {}): Uint8Array {
  const top: CellSpec[][] = Array.from({ length: preamble }, (_, i) => (i % 3 === 0 ? [`Preamble line ${i + 1}`] : []));
  const forms: CellSpec[] = [4, "4+7", "R12C", "12+15 ", "ref(7B)+43", "10A/B"];
  const body = rows.map(
    ({ subject, clip, onset, apex, offset, label, units }, i): CellSpec[] => {
      const line = preamble + 2 + i;
      const duration = { formula: `SUM(F${line}-D${line})+1`, ...(stored ? { value: offset - onset + 1 } : {}) };
      return [
        ...[subject ?? clip.slice(0, 3), clip, 9, onset, apex, offset, duration, "Micro - 1/2"],
        ...[units === undefined ? forms[i % forms.length]! : units, label, 7, i % 4 === 0 ? "Blinks" : null],
      ];
    },
  );
  return xlsx([{ name: "MICRO_ONLY", rows: [...top, HEADER, ...body] }]);
}

/** SAMM as handed out: subjects' folders with the workbook beside them. */
export function sammFiles(rows: readonly SammRow[], options: { preamble?: number; stored?: boolean } = {}): Files {
  const files: Files = { "SAMM/SAMM_Micro_FACS_Codes_v2.xlsx": sammWorkbook(rows, options) };
  for (const { clip, onset, offset, digits = 4, disk = [onset, offset] as const } of rows) {
    const subject = clip.slice(0, 3);
    const name = (number: number) => `${subject}_${pad(number, digits)}.jpg`;
    if (disk !== null) Object.assign(files, frames(`SAMM/${subject}/${clip}`, disk, name));
  }
  return files;
}
