import type { z } from "zod";
import type { ProblemError } from "./problem_error.ts";

/** A schema of zod, or one written by hand for what zod cannot say: bytes, forms, event streams. */
export type ApiSchema = z.ZodType | Readonly<Record<string, unknown>>;

/** One answer of a route that is no problem. */
export interface ApiAnswer {
  readonly description: string;
  /** @default {nothing: an answer without body} */
  readonly schema?: ApiSchema;
  /** @default {"application/json"} */
  readonly type?: string;
  /** What the same answer is as `application/octet-stream`, where the request may ask for that. */
  readonly binary?: ApiSchema;
}

/** What a route takes and gives: one operation of `/openapi.json`. */
export interface ApiRoute {
  readonly method: "get" | "post" | "put" | "delete";
  /** With parameters in braces, `/v1/subjects/{subject}`. */
  readonly path: string;
  /** The operation's name for generated clients. */
  readonly id: string;
  /** One line. */
  readonly summary: string;
  readonly description?: string;
  /** Path parameters that are no names. */
  readonly params?: Readonly<Record<string, ApiSchema>>;
  /** Query parameters and headers, none of them required. */
  readonly query?: Readonly<Record<string, ApiSchema>>;
  readonly headers?: Readonly<Record<string, ApiSchema>>;
  /** Schema of the body by media type. */
  readonly body?: Readonly<Record<string, ApiSchema>>;
  readonly answers: Readonly<Record<number, ApiAnswer>>;
  /** Statuses of problems, besides those that every route has. */
  readonly problems?: readonly ProblemError["status"][];
  /** Whether the route needs no key. @default {false} */
  readonly open?: boolean;
}
