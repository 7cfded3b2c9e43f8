import { digest } from "./_digest.ts";
import { fieldProblem } from "./_field_problem.ts";
import { parseJson } from "./parse_json.ts";
import { parseMultipart } from "./_parse_multipart.ts";
import { readImageClips } from "./_read_image_clips.ts";
import type { ClipsRequest } from "./clips_request.ts";
import type { Limits } from "./limits.ts";
import { ProblemError } from "./problem_error.ts";

/** Parses the part `meta`; what is wrong with it names it. */
function parseMeta(bytes: Uint8Array): unknown {
  try {
    return parseJson(bytes, { what: "the part meta" });
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    throw new ProblemError(error.status, error.message, [{ field: "meta", message: error.message }]);
  }
}

/**
 * The clips of a form: the part `meta` is the JSON body, with the names of the other parts as its frames; each of
 * them is one picture, of one frame.
 */
export function readFormClips(body: Uint8Array, contentType: string, limits: Limits): ClipsRequest {
  const parts = parseMultipart(body, contentType, limits.clips * limits.frames + 1);
  const meta = parts.get("meta");
  if (meta === undefined) throw fieldProblem("meta", "expected a part of this name");
  parts.delete("meta");
  const used = new Set<string>();
  const request = readImageClips(parseMeta(meta), limits, (field, name) => {
    const bytes = parts.get(name);
    const quoted = JSON.stringify(name.slice(0, 100));
    if (bytes === undefined) throw fieldProblem(field, `expected the name of a part, there is none named ${quoted}`);
    if (used.has(name)) throw fieldProblem(field, `expected a part of its own, ${quoted} is another frame's`);
    used.add(name);
    return bytes;
  });
  for (const name of parts.keys()) {
    if (!used.has(name)) throw fieldProblem(name.slice(0, 100), "unknown part: no frame in meta names it");
  }
  const names = [...parts.keys()].sort();
  const pieces = names.flatMap((name) => [new TextEncoder().encode(name), parts.get(name)!]);
  return { ...request, digest: () => digest([meta, ...pieces]) };
}
