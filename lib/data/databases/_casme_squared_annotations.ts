import type { AnnotationSpec } from "./_find_annotations.ts";
import type { Cell, Sheet } from "./_read_sheets.ts";
import { wholeNumber } from "./_whole_number.ts";

/** Which column is the label: the coders' valence or what the subject said of itself. */
export type CasmeSquaredLabel = "valence" | "self-report";

/** One row of the first sheet. */
export interface CasmeSquaredRow {
  readonly line: number;
  /** Subject's code, 1 to 22. */
  readonly code: number;
  /** `anger1_1`, in lower case. */
  readonly clip: string;
  readonly onset: Cell;
  readonly apex: Cell;
  readonly offset: Cell;
  readonly units: string | null;
  readonly valence: string | null;
  readonly kind: string;
  readonly selfReport: string | null;
}

/** The three sheets, none of which has a header. */
export interface CasmeSquaredSheets {
  readonly rows: readonly CasmeSquaredRow[];
  /** Code → number in the folders' names. */
  readonly subjectOf: ReadonlyMap<number, number>;
  /** `disgust1` → `0101`. */
  readonly stimulusOf: ReadonlyMap<string, string>;
}

const text = (cell: Cell | undefined) => (cell === null || cell === undefined ? null : String(cell));
const CLIP = /^[a-z]+\d+_\d+$/i;

function readRows(sheet: Sheet): CasmeSquaredRow[] {
  return sheet.rows.flatMap(({ line, cells }) => {
    const [code, clip] = [wholeNumber(cells[0] ?? null), text(cells[1])];
    if (code === null || clip === null || !CLIP.test(clip)) return [];
    return [{
      ...{ line, code, clip: clip.toLowerCase(), onset: cells[2] ?? null, apex: cells[3] ?? null },
      ...{ offset: cells[4] ?? null, units: text(cells[5]), valence: text(cells[6]) },
      ...{ kind: text(cells[7]) ?? "", selfReport: text(cells[8]) },
    }];
  });
}

/** Rows `15, s15, 1`. */
function readSubjects(sheet: Sheet): [number, number][] {
  return sheet.rows.flatMap(({ cells }): [number, number][] => {
    const [number, code] = [wholeNumber(cells[0] ?? null), wholeNumber(cells[2] ?? null)];
    return number !== null && code !== null && /^s\d+$/i.test(text(cells[1]) ?? "") ? [[code, number]] : [];
  });
}

/** Rows `0101, disgust1`; a number has lost its leading zero. */
function readStimuli(sheet: Sheet): [string, string][] {
  return sheet.rows.flatMap(({ cells }): [string, string][] => {
    const [code, name] = [wholeNumber(cells[0] ?? null), text(cells[1])];
    if (code === null || name === null || !/^[a-z]+\d+$/i.test(name) || /^s\d+$/i.test(name)) return [];
    return [[name.toLowerCase(), String(code).padStart(4, "0")]];
  });
}

/** How the workbook is recognised, and read: sheets by what they hold, because their names vary. */
export const CASME_SQUARED_ANNOTATIONS: AnnotationSpec<CasmeSquaredSheets> = {
  title: "CAS(ME)²",
  fileName: /^(cas[(]?me[)]?[\^]?2.*|code_final.*)\.(xlsx|xls)$/i,
  expected:
    "sheets of expressions (1, anger1_1, onset, apex, offset, …), subjects (15, s15, 1) and stimuli (0101, disgust1)",
  read(sheets) {
    const rows = sheets.map(readRows).find((all) => all.length > 0);
    const [subjects, stimuli] = [sheets.flatMap(readSubjects), sheets.flatMap(readStimuli)];
    if (rows === undefined || subjects.length === 0 || stimuli.length === 0) return null;
    return { rows, subjectOf: new Map(subjects), stimulusOf: new Map(stimuli) };
  },
};
