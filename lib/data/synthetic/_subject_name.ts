/** The name of the subject with this number from 0: s01, s02, …, s100. */
export function subjectName(index: number): string {
  return `s${String(index + 1).padStart(2, "0")}`;
}
