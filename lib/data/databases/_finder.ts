import type { Explored } from "./_explore.ts";
import type { Annotations, AnnotationSpec } from "./_find_annotations.ts";

/** Finds a database's annotations among what lies under its root, or those that the user gives. */
export type Finder = <T>(explored: Explored, spec: AnnotationSpec<T>) => Promise<Annotations<T>[] | null>;
