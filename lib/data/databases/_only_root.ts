import type { SubjectRoot } from "./_explore.ts";

/** The only root; several are an error that names them, because which one is meant cannot be known. */
export function onlyRoot(roots: readonly SubjectRoot[], title: string, root: string): SubjectRoot {
  if (roots.length === 1) return roots[0]!;
  const names = roots.map(({ path }) => path).join(", ");
  throw new RangeError(
    `Cannot read ${title} from ${root}: expected one folder of subjects, got ` +
      (roots.length === 0 ? "none with clips" : `${roots.length}: ${names}: give one of them as the root`),
  );
}
