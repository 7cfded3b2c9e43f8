import fc from "fast-check";
import { JSON_BODIES } from "./valid_bodies.ts";

/** A request of the fuzz. */
export interface FuzzRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | null;
}

/** Every place in a JSON value, as a path of keys. */
function placesOf(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  const inner = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return [
    path,
    ...inner.flatMap(([key, child]) => placesOf(child, [...path, Array.isArray(value) ? Number(key) : key])),
  ];
}

/** What may happen to a place: another value, none, or one more beside it. */
type Change = { readonly to: unknown } | "removed" | { readonly beside: string; readonly value: unknown };

function changed(value: unknown, [key, ...rest]: readonly (string | number)[], change: Change): unknown {
  if (key === undefined) {
    if (change === "removed") return null;
    if ("to" in change) return change.to;
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? { ...value, [change.beside]: change.value }
      : [value, change.value];
  }
  const child = changed((value as Record<string | number, unknown>)[key], rest, change);
  const gone = change === "removed" && rest.length === 0;
  if (Array.isArray(value)) return gone ? value.toSpliced(Number(key), 1) : value.with(Number(key), child);
  const { [key]: _, ...others } = value as Record<string | number, unknown>;
  return gone ? others : { ...others, [key]: child };
}

const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(
    -1,
    0,
    0.5,
    1e308,
    2 ** 53,
    "",
    "..",
    "../x",
    "\u0000",
    "__proto__",
    [],
    {},
    null,
    true,
    "a".repeat(300),
  ),
);

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ to: anything }),
  fc.constant<Change>("removed"),
  fc.record({
    beside: fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "path", "url")),
    value: anything,
  }),
);

/** A valid body, changed at one to three places. */
const changedBody = fc.constantFrom(...JSON_BODIES).chain(({ method, path, body }) =>
  fc.array(fc.tuple(fc.constantFrom(...placesOf(body)), change), { minLength: 1, maxLength: 3 }).map((changes) => {
    const result = changes.reduce((value, [place, one]) => {
      try {
        return changed(value, place, one);
      } catch {
        // The place went with an earlier change.
        return value;
      }
    }, body);
    return { method, path, headers: { "Content-Type": "application/json" }, body: JSON.stringify(result) };
  })
);

const name = fc.oneof(
  fc.string({ maxLength: 200 }),
  fc.constantFrom("s1", "lightman", "..", ".", "%2e%2e", "a/b", "%00", "a".repeat(129), "\u202e", "*"),
).map((text) => encodeURIComponent(text.toWellFormed()));

const path = fc.oneof(
  name.map((it) => `/v1/subjects/${it}`),
  name.map((it) => `/v1/subjects/${it}/calibrations`),
  fc.tuple(name, name).map(([a, b]) => `/v1/models/${a}/aliases/${b}`),
  name.map((it) => `/v1/models/${it}`),
  name.map((it) => `/v1/train/runs/${it}`),
  name.map((it) => `/v1/train/runs/${it}/cancel`),
  name.map((it) => `/v1/train/runs?model=${it}`),
  name.map((it) => `/v2/models/${it}/infer`),
  fc.tuple(name, name).map(([a, b]) => `/v2/models/${a}/versions/${b}`),
  fc.constantFrom("/", "/v1/predict", "/metrics", "/openapi.json", "/v2", "/v2/health/ready", "/v1/subjects"),
  fc.webPath(),
);

const header = fc.stringMatching(/^[!-~]([ -~]{0,60}[!-~])?$/);

/** Headers that are read, with values that are wrong more often than not. */
const headers = fc.record({
  "Content-Type": fc.oneof(
    header,
    fc.constantFrom(
      ...["application/json", "application/vnd.safetensors", "multipart/form-data", "multipart/form-data; boundary=x"],
      ...["application/octet-stream", "text/plain", "application/json; charset=utf-16"],
    ),
  ),
  "Authorization": header,
  "X-Request-Id": header,
  "Idempotency-Key": header,
  "Inference-Header-Content-Length": fc.oneof(header, fc.constantFrom("0", "5", "-1", "999999999")),
  "traceparent": header,
  "Last-Event-ID": fc.oneof(header, fc.constantFrom("-1", "1e400")),
}, { requiredKeys: [] });

const text = fc.oneof(
  fc.json(),
  fc.string(),
  fc.constantFrom(
    "{",
    "[]",
    "null",
    '{"clips":[],"clips":[]}',
    "[".repeat(100),
    '{"a":'.repeat(50),
    "--x\r\n\r\n\r\n--x--",
  ),
);

// What is refused before anything else is looked at: a few of them are enough.
const early = fc.oneof(
  { weight: 20, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constantFrom("https://evil.example", "null").map((Origin) => ({ Origin })) },
  {
    weight: 2,
    arbitrary: fc.oneof(header, fc.constantFrom("0", "-1", "1e9", "99999999999", "60000"))
      .map((ms) => ({ "X-Request-Timeout-Ms": ms })),
  },
);

const anyRequest = fc.record({
  method: fc.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"),
  path,
  headers: fc.tuple(headers, early).map(([all, more]) => ({ ...all, ...more })),
  body: fc.oneof(text, fc.uint8Array({ maxLength: 300 }), fc.constant(null)),
}).map((request) => ["GET", "HEAD"].includes(request.method) ? { ...request, body: null } : request);

/** Requests that are wrong in one way or many; a few are right by chance. */
export const BAD_REQUESTS: fc.Arbitrary<FuzzRequest> = fc.oneof(changedBody, anyRequest as fc.Arbitrary<FuzzRequest>);
