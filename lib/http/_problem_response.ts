import { ConflictError, NotFoundError } from "../storage/mod.ts";
import { ProblemError } from "./problem_error.ts";

/** Turns what a handler threw into a problem; null when the client may not see it. */
export function toProblem(error: unknown): ProblemError | null {
  if (error instanceof ProblemError) return error;
  if (error instanceof NotFoundError) return new ProblemError(404, error.message);
  if (error instanceof ConflictError) return new ProblemError(409, error.message);
  return null;
}

/** An `application/problem+json` response (RFC 9457); below /v2 with the `error` of the Open Inference Protocol. */
export function problemResponse(problem: ProblemError, requestId: string, path: string): Response {
  const body = {
    type: "about:blank",
    title: problem.title,
    status: problem.status,
    detail: problem.message,
    requestId,
    ...(/^\/v2(\/|$)/.test(path) ? { error: problem.message } : {}),
    ...(problem.errors.length > 0 ? { errors: problem.errors } : {}),
  };
  return new Response(JSON.stringify(body) + "\n", {
    status: problem.status,
    headers: { ...problem.headers, "Content-Type": "application/problem+json" },
  });
}
