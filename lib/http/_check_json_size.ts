import { ProblemError } from "./problem_error.ts";

/** Brackets open at a time; the deepest body that means something has four. */
const MAX_DEPTH = 32;

const QUOTE = 34;
const BACKSLASH = 92;

/** Position of the quote that ends a string, or the end of the text. */
function stringEnd(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end >= 0; end = json.indexOf('"', end + 1)) {
    let slashes = 0;
    while (json.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return end;
  }
  return json.length;
}

/**
 * Refuses a JSON text of too many parts or too deep, before it is parsed: some thirty megabytes of brackets or keys
 * would keep the process busy for seconds and cost a gigabyte.
 *
 * @throws {ProblemError} 413.
 */
export function checkJsonSize(json: string, maxValues: number): void {
  let depth = 0;
  let parts = 0;
  for (let at = 0; at < json.length; at++) {
    switch (json.charCodeAt(at)) {
      case QUOTE:
        at = stringEnd(json, at);
        break;
      case 0x7b: // {
      case 0x5b: // [
        parts++;
        if (++depth > MAX_DEPTH) {
          throw new ProblemError(413, `Cannot read the body: expected at most ${MAX_DEPTH} levels of nesting`);
        }
        break;
      case 0x7d: // }
      case 0x5d: // ]
        depth--;
        break;
      case 0x2c: // ,
        parts++;
        break;
    }
    if (parts > maxValues) throw new ProblemError(413, `Cannot read the body: expected at most ${maxValues} values`);
  }
}
