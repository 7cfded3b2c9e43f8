import { type ApiRoute, clipsBody } from "../../lib/http/mod.ts";
import { OPEN_INFERENCE_ROUTES } from "./_open_inference_routes.ts";
import { predictAnswerSchema, predictFieldsSchema } from "./schema.ts";

/** What the routes of the predict function take and give. */
export const PREDICT_ROUTES: readonly ApiRoute[] = [
  {
    method: "post",
    path: "/v1/predict",
    id: "predict",
    summary: "Predicts the class of clips, each on its own.",
    body: clipsBody(predictFieldsSchema),
    answers: { 200: { description: "Class probabilities.", schema: predictAnswerSchema } },
    problems: [400, 404, 408, 409, 413, 415, 422, 503],
  },
  ...OPEN_INFERENCE_ROUTES,
];
