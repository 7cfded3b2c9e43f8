import { onlyRoot } from "./_only_root.ts";
import { onlyAnnotations } from "./_only_annotations.ts";
import type { CodedDatabase } from "./_coded_database.ts";

/** Whether no two of several lists share a member. */
function disjoint(lists: readonly (readonly string[])[]): boolean {
  const all = lists.flatMap((list) => [...new Set(list)]);
  return new Set(all).size === all.length;
}

/**
 * CASME: sections A and B, each with its workbook; `sub01/EP01_12/EP01_12-5.jpg`, cropped `reg_EP01_12-5.jpg`, older
 * copies `img5.jpg`. Several movements lie in one clip's folder.
 */
export const CASME: CodedDatabase = {
  name: "casme",
  title: "CASME",
  subjectFolder: /^sub\d{1,2}$/i,
  example: "sub01, sub02, …",
  subjectName: (number) => `sub${String(number).padStart(2, "0")}`,
  fileName: /^(casme(?![-_ ]?(2|II)).*|section[-_ ]?[ab].*)\.(xlsx|xls|csv)$/i,
  columns: {
    subject: ["subject"],
    clip: ["filename"],
    onset: ["onsetf"],
    apex: ["apexf1"],
    apex2: ["apexf2"],
    offset: ["offsetf"],
    label: ["emotion"],
    units: ["au", "actionunits"],
  },
  expected: "columns Subject, Filename, OnsetF, ApexF1, OffsetF, Emotion",
  clipName: /^EP\d/i,
  fps: 60,
  shared: true,
  // The sections have different subjects; raw and cropped frames have the same.
  roots: (found, root) =>
    disjoint(found.map(({ subjects }) => subjects.map((name) => String(Number(name.slice(3))))))
      ? found
      : [onlyRoot(found, "CASME", root)],
  annotations: (found, spec, root) =>
    found !== null && disjoint(found.map(({ value }) => value.map((row) => String(row.cell("subject")))))
      ? found
      : [onlyAnnotations(found, spec, root)],
};
