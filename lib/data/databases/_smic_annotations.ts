import { basename } from "@std/path";
import type { AnnotationSpec } from "./_find_annotations.ts";
import { findTable, type TableRow } from "./_find_table.ts";

/** Cameras of SMIC: 100 frames a second, 25, and 25 in near infrared. */
export type SmicCamera = "hs" | "vis" | "nir";

const COLUMNS = {
  subject: ["subject"],
  clip: ["filename"],
  onset: ["onsetf"],
  apex: ["apexf"],
  offset: ["offsetf"],
  onset2: ["onset2f"],
  offset2: ["offset2f"],
  onset3: ["onset3f"],
  offset3: ["offset3f"],
  first: ["firstf"],
  last: ["lastf"],
  total: ["totalmf1", "totalmf"],
  label: ["emotion"],
};

/** How the workbook of one camera is recognised: by a sheet of the camera's name, or by a file of it. */
export function smicAnnotations(camera: SmicCamera): AnnotationSpec<TableRow[]> {
  const word = new RegExp(`(^|[^a-z])${camera}([^a-z]|$)`, "i");
  return {
    title: "SMIC",
    fileName: /smic.*(annot|label).*\.(xlsx|xls|csv)$/i,
    expected: `a sheet ${camera.toUpperCase()} with columns Subject, Filename, OnsetF, OffsetF`,
    read(sheets, file) {
      const named = sheets.filter(({ name }) => name.toLowerCase() === camera);
      const chosen = named.length > 0 ? named : word.test(basename(file)) ? sheets : [];
      return findTable(chosen, COLUMNS, ["subject", "clip", "onset", "offset"]);
    },
  };
}
