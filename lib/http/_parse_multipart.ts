import { fieldProblem } from "./_field_problem.ts";
import { ProblemError } from "./problem_error.ts";

/** Bytes of the headers of one part; a browser's have some 200. */
const MAX_HEADER_BYTES = 4096;

const CR = 13;
const encoder = new TextEncoder();

/** Position of a pattern that begins with CR or `-`, from a place on; -1 when it does not come. */
function find(bytes: Uint8Array, pattern: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(pattern[0]!, from); at >= 0; at = bytes.indexOf(pattern[0]!, at + 1)) {
    let i = 1;
    while (i < pattern.length && bytes[at + i] === pattern[i]) i++;
    if (i === pattern.length) return at;
  }
  return -1;
}

function broken(what: string): ProblemError {
  return new ProblemError(400, `Cannot read the body: expected multipart/form-data, got ${what}`);
}

function boundaryOf(contentType: string): string {
  const match = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))\s*(?:;|$)/i.exec(contentType);
  const boundary = match?.[1] ?? match?.[2];
  // The characters of RFC 2046; the last is no space.
  if (boundary === undefined || !/^[A-Za-z0-9'()+_,./:=? -]*[A-Za-z0-9'()+_,./:=?-]$/.test(boundary)) {
    throw broken("no fit boundary in Content-Type");
  }
  return boundary;
}

/** A parameter of a `Content-Disposition`; the others may hold anything, a file name for instance. */
function parameterOf(disposition: string, wanted: string): string | undefined {
  const start = /^form-data[ \t]*/i.exec(disposition);
  if (start === null) throw broken("a part that is no form-data");
  let found: string | undefined;
  const parameter = /;[ \t]*([\w*.-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))[ \t]*/y;
  parameter.lastIndex = start[0].length;
  while (parameter.lastIndex < disposition.length) {
    const match = parameter.exec(disposition);
    if (match === null) throw broken("a part header that is none");
    const [, key, quoted, plain] = match;
    if (key!.toLowerCase() !== wanted) continue;
    if (found !== undefined) throw broken("a part with two names");
    // Browsers write a quote as %22, other clients with a backslash.
    found = quoted?.replace(/\\(.)/g, "$1").replaceAll("%22", '"') ?? plain;
  }
  return found;
}

/** The name that a part's headers give. */
function nameOf(headers: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(headers);
  } catch {
    throw broken("part headers that are no UTF-8");
  }
  let name: string | undefined;
  for (const line of text.split("\r\n")) {
    const [, field, value] = /^([A-Za-z-]+):[ \t]*(.*)$/s.exec(line) ?? [];
    if (field === undefined || value === undefined) throw broken("a part header that is none");
    const lower = field.toLowerCase();
    if (lower === "content-transfer-encoding" && !/^(binary|8bit|7bit)\s*$/i.test(value)) {
      throw broken("a part in another transfer encoding than binary");
    }
    if (lower !== "content-disposition") continue;
    if (name !== undefined) throw broken("a part with two names");
    name = parameterOf(value, "name");
  }
  if (name === undefined || name === "") throw broken("a part without a name");
  return name;
}

/**
 * Splits the body of a form into its parts, without copying them.
 *
 * @param body The body.
 * @param contentType Its `Content-Type`, which has the boundary.
 * @param maxParts Parts that it may have.
 * @returns Contents by name.
 * @throws {ProblemError} 400 when it is no form, 413 when it has too many parts or too long part headers, 422 when a
 * name comes twice, naming it.
 *
 * Source: RFC 7578, RFC 2046 section 5.1.1
 */
export function parseMultipart(body: Uint8Array, contentType: string, maxParts: number): Map<string, Uint8Array> {
  const boundary = `--${boundaryOf(contentType)}`;
  const delimiter = encoder.encode(`\r\n${boundary}`);
  const blank = encoder.encode("\r\n\r\n");
  const opening = encoder.encode(boundary);
  // The first one may stand at the very beginning, without the line break.
  let at = find(body.subarray(0, opening.length), opening, 0) === 0 ? opening.length : find(body, delimiter, 0);
  if (at < 0) throw broken("no part");
  if (at !== opening.length) at += delimiter.length;
  const parts = new Map<string, Uint8Array>();
  while (body[at] !== 45 || body[at + 1] !== 45) {
    while (body[at] === 32 || body[at] === 9) at++;
    if (body[at] !== CR || body[at + 1] !== 10) throw broken("a boundary that goes on");
    if (parts.size >= maxParts) {
      throw new ProblemError(413, `Cannot read the body: expected at most ${maxParts} parts`);
    }
    const head = body.subarray(at + 2, at + 2 + MAX_HEADER_BYTES);
    const length = find(head, blank, 0);
    if (length < 0 && head.length === MAX_HEADER_BYTES) {
      throw new ProblemError(413, `Cannot read the body: expected part headers of at most ${MAX_HEADER_BYTES} bytes`);
    }
    if (length < 0) throw broken("a part without end of headers");
    const name = nameOf(head.subarray(0, length));
    const start = at + 2 + length + blank.length;
    // An empty part's line break is that of its headers.
    const end = find(body, delimiter, start - 2);
    if (end < 0) throw broken("a part without end");
    if (parts.has(name)) throw fieldProblem(name.slice(0, 100), "expected one part of this name");
    parts.set(name, body.subarray(start, Math.max(start, end)));
    at = end + delimiter.length;
  }
  return parts;
}
