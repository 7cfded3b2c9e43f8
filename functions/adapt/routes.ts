import { type ApiRoute, clipsBody } from "../../lib/http/mod.ts";
import {
  calibrationAnswerSchema,
  calibrationFieldsSchema,
  subjectAnswerSchema,
  subjectsAnswerSchema,
} from "./schema.ts";

/** What the routes of the adapt function take and give. */
export const ADAPT_ROUTES: readonly ApiRoute[] = [
  {
    method: "post",
    path: "/v1/subjects/{subject}/calibrations",
    id: "calibrate",
    summary: "Calibrates a person with labelled clips.",
    description: "Starts from the model's stable version and replaces the subject's earlier calibration.",
    headers: {
      "Idempotency-Key": {
        type: "string",
        pattern: "^[!-~]{1,128}$",
        description: "the same key, the same answer, once done",
      },
    },
    body: clipsBody(calibrationFieldsSchema),
    answers: { 201: { description: "Calibrated and stored.", schema: calibrationAnswerSchema } },
    problems: [400, 404, 408, 409, 413, 415, 422, 503],
  },
  {
    method: "get",
    path: "/v1/subjects",
    id: "listSubjects",
    summary: "Lists the subjects.",
    answers: { 200: { description: "Their ids.", schema: subjectsAnswerSchema } },
  },
  {
    method: "get",
    path: "/v1/subjects/{subject}",
    id: "getSubject",
    summary: "Tells how a subject was calibrated.",
    answers: { 200: { description: "The report.", schema: subjectAnswerSchema } },
    problems: [404, 422],
  },
  {
    method: "delete",
    path: "/v1/subjects/{subject}",
    id: "deleteSubject",
    summary: "Erases everything of a subject.",
    answers: { 204: { description: "Every object of the subject is gone." } },
    problems: [404, 422],
  },
];
