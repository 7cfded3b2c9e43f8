import * as z from "zod";
import type { ApiRoute, ApiSchema } from "./api_route.ts";
import { problemSchema } from "./problem_schema.ts";
import { ProblemError } from "./problem_error.ts";

type Json = Record<string, unknown>;

const name = z.string().regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,128}$/);

/** What any route that asks for a key may answer with. */
const COMMON: readonly ProblemError["status"][] = [422, 500, 504];
const KEYED: readonly ProblemError["status"][] = [401, 403, 429];

/** Collects named schemas, so that each stands in the document once. */
function createConverter() {
  const components: Record<string, unknown> = {};
  const point = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value).replaceAll('"$ref":"#/$defs/', '"$ref":"#/components/schemas/'));
  const convert = (schema: ApiSchema, io: "input" | "output"): unknown => {
    if (!(schema instanceof z.ZodType)) return schema;
    const { $schema: _, $defs, id, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
    for (const [key, { id: _, ...value }] of Object.entries($defs ?? {})) components[key] ??= point(value);
    if (id === undefined) return point(rest);
    components[id] ??= point(rest);
    return { $ref: `#/components/schemas/${id}` };
  };
  return { components, convert };
}

function content(types: readonly (readonly [type: string, schema: unknown])[]): Json {
  return Object.fromEntries(types.map(([type, schema]) => [type, { schema }]));
}

/**
 * Describes routes as an OpenAPI 3.1 document, from the schemas that also check requests.
 *
 * @param routes The routes.
 * @param options `keyed`: whether the server asks for keys.
 * @returns The document.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { openapiDocument } from "./mod.ts";
 * const answers = { 200: { description: "The list." } };
 * const { paths } = openapiDocument([{ method: "get", path: "/v1/a", id: "listAs", summary: "Lists.", answers }]);
 * assertEquals(Object.keys(paths), ["/v1/a"]);
 * ```
 *
 * Source: OpenAPI Specification 3.1.1
 */
export function openapiDocument(
  routes: readonly ApiRoute[],
  options: { readonly keyed?: boolean } = {},
): { readonly paths: Readonly<Record<string, Record<string, Json>>> } & Json {
  const { components, convert } = createConverter();
  const problem = convert(problemSchema, "output");
  const parameters = (place: string, schemas: Readonly<Record<string, ApiSchema>>, required: boolean) =>
    Object.entries(schemas).map(([key, schema]) => ({
      name: key,
      in: place,
      required,
      schema: convert(schema, "input"),
    }));

  function operation(route: ApiRoute): Json {
    const named = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, key]) =>
      [key!, route.params?.[key!] ?? name] as const
    );
    const answers: Json = {};
    for (const [status, { description, schema, type = "application/json", binary }] of Object.entries(route.answers)) {
      const types: [string, unknown][] = schema === undefined ? [] : [[type, convert(schema, "output")]];
      if (binary !== undefined) types.push(["application/octet-stream", convert(binary, "output")]);
      answers[status] = { description, ...(types.length > 0 && { content: content(types) }) };
    }
    const problems = [...COMMON, ...(route.open ? [] : KEYED), ...(route.problems ?? [])];
    for (const status of [...new Set(problems)].sort()) {
      const { title } = new ProblemError(status, "");
      answers[status] ??= { description: title, content: content([["application/problem+json", problem]]) };
    }
    return {
      operationId: route.id,
      summary: route.summary,
      ...(route.description !== undefined && { description: route.description }),
      parameters: [
        ...parameters("path", Object.fromEntries(named), true),
        ...parameters("query", route.query ?? {}, false),
        ...parameters("header", route.headers ?? {}, false),
      ],
      ...(route.body && {
        requestBody: {
          required: true,
          content: content(Object.entries(route.body).map(([type, schema]) => [type, convert(schema, "input")])),
        },
      }),
      responses: answers,
      ...(options.keyed && !route.open && { security: [{ key: [] }] }),
    };
  }

  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const methods = paths[route.path] ??= {};
    // Functions behind one port share routes.
    methods[route.method] ??= operation(route);
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "LightmanNet",
      version: "1",
      description: "Few-shot micro-expression recognition: train models, calibrate persons, predict clips.",
      license: { name: "MIT", identifier: "MIT" },
    },
    paths,
    components: { schemas: components, securitySchemes: { key: { type: "http", scheme: "bearer" } } },
  };
}
