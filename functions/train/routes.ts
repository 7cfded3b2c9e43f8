import * as z from "zod";
import type { ApiRoute } from "../../lib/http/mod.ts";
import {
  aliasAnswerSchema,
  aliasBodySchema,
  modelAnswerSchema,
  modelsAnswerSchema,
  runAnswerSchema,
  runBodySchema,
  runsAnswerSchema,
} from "./schema.ts";

/** What the routes of the train function take and give. */
export const TRAIN_ROUTES: readonly ApiRoute[] = [
  {
    method: "post",
    path: "/v1/train/runs",
    id: "startRun",
    summary: "Queues a training run.",
    query: { model: z.string().describe("name of the model that the run publishes") },
    body: { "application/json": runBodySchema },
    answers: { 202: { description: "Queued.", schema: runAnswerSchema } },
    problems: [400, 408, 413, 415, 422],
  },
  {
    method: "get",
    path: "/v1/train/runs",
    id: "listRuns",
    summary: "Lists the runs, oldest first.",
    answers: { 200: { description: "The runs.", schema: runsAnswerSchema } },
  },
  {
    method: "get",
    path: "/v1/train/runs/{id}",
    id: "getRun",
    summary: "Tells how a run is getting on.",
    answers: { 200: { description: "The run.", schema: runAnswerSchema } },
    problems: [404, 422],
  },
  {
    method: "get",
    path: "/v1/train/runs/{id}/events",
    id: "streamRun",
    summary: "Streams a run's events until it ends.",
    description: "Events state, status, progress, step and checkpoint.",
    headers: { "Last-Event-ID": { type: "integer", description: "resumes after that event" } },
    answers: {
      200: { description: "Server-sent events.", schema: { type: "string" }, type: "text/event-stream" },
    },
    problems: [404, 422],
  },
  {
    method: "post",
    path: "/v1/train/runs/{id}/cancel",
    id: "cancelRun",
    summary: "Cancels a run that waits or works.",
    answers: { 200: { description: "Cancelled.", schema: runAnswerSchema } },
    problems: [404, 409, 422, 503],
  },
  {
    method: "get",
    path: "/v1/models",
    id: "listModels",
    summary: "Lists the models.",
    answers: { 200: { description: "Names, versions, aliases.", schema: modelsAnswerSchema } },
  },
  {
    method: "get",
    path: "/v1/models/{name}",
    id: "getModel",
    summary: "Tells everything about a model.",
    answers: { 200: { description: "The model, with its cards.", schema: modelAnswerSchema } },
    problems: [404, 422],
  },
  {
    method: "put",
    path: "/v1/models/{name}/aliases/{alias}",
    id: "promote",
    summary: "Promotes a version, or rolls back to one; stable is served.",
    body: { "application/json": aliasBodySchema },
    answers: { 200: { description: "Done.", schema: aliasAnswerSchema } },
    problems: [400, 404, 408, 409, 413, 415, 422],
  },
];
