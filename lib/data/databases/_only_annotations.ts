import type { Annotations, AnnotationSpec } from "./_find_annotations.ts";

/** Demands one file. */
export function onlyAnnotations<T>(
  found: Annotations<T>[] | null,
  spec: AnnotationSpec<T>,
  root: string,
): Annotations<T> {
  if (found?.length === 1) return found[0]!;
  const names = found?.map(({ file }) => file).join(", ");
  throw new RangeError(
    `Cannot read ${spec.title} from ${root}: expected one annotation file under it or beside it (${spec.expected}), ` +
      (found === null ? "got none: give its path as the annotations" : `got ${names}: give one as the annotations`),
  );
}
