import * as z from "zod";
import type { ApiRoute } from "../../lib/http/mod.ts";
import {
  inferAnswerSchema,
  inferRequestSchema,
  modelMetadataSchema,
  modelReadySchema,
  serverMetadataSchema,
} from "./infer_schema.ts";

const version = z.string().regex(/^[0-9a-f]{16}$/);
const octets = {
  type: "string",
  contentMediaType: "application/octet-stream",
  description: "the JSON, of the length that Inference-Header-Content-Length says, and the tensor's bytes",
};

/** The routes of one model, or of one version of it. */
function modelRoutes(path: string, suffix: string): ApiRoute[] {
  const params = suffix === "" ? {} : { params: { version } };
  return [
    {
      ...{ method: "get", path, id: `modelMetadata${suffix}`, ...params },
      summary: "Tells a model's inputs and outputs.",
      answers: { 200: { description: "Metadata.", schema: modelMetadataSchema } },
      problems: [404, 422],
    },
    {
      ...{ method: "get", path: `${path}/ready`, id: `modelReady${suffix}`, ...params },
      summary: "Tells whether a model can answer.",
      answers: { 200: { description: "It can.", schema: modelReadySchema } },
      problems: [404, 422],
    },
    {
      ...{ method: "post", path: `${path}/infer`, id: `infer${suffix}`, ...params },
      summary: "Predicts clips, by the Open Inference Protocol v2.",
      headers: { "Inference-Header-Content-Length": { type: "integer", description: "bytes of the JSON" } },
      body: { "application/json": inferRequestSchema, "application/octet-stream": octets },
      answers: { 200: { description: "Probabilities.", schema: inferAnswerSchema, binary: octets } },
      problems: [400, 404, 408, 409, 413, 415, 422, 503],
    },
  ];
}

/** What the routes of the Open Inference Protocol take and give. */
export const OPEN_INFERENCE_ROUTES: readonly ApiRoute[] = [
  {
    method: "get",
    path: "/v2",
    id: "serverMetadata",
    summary: "Tells name, version and extensions of the server.",
    answers: { 200: { description: "Metadata.", schema: serverMetadataSchema } },
  },
  ...modelRoutes("/v2/models/{model}", ""),
  ...modelRoutes("/v2/models/{model}/versions/{version}", "OfVersion"),
];
