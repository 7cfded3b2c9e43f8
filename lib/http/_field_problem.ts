import { ProblemError } from "./problem_error.ts";

/** A problem with one field: 422, or 413 beyond a limit. */
export function fieldProblem(field: string, message: string, status: 413 | 422 = 422): ProblemError {
  return new ProblemError(status, `Cannot accept the request: ${field}: ${message}`, [{ field, message }]);
}

/** Runs lib/data on a client's bytes: what it refuses is the client's problem with this field. */
export async function forField<T>(field: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) throw fieldProblem(field, error.message);
    throw error;
  }
}
