import * as z from "zod";
import { predictFieldsSchema } from "./schema.ts";

const version = z.string().regex(/^[0-9a-f]{16}$/);
const parameters = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** The body of an inference, less the binary tensor that may follow it. */
export const inferRequestSchema = z.strictObject({
  id: z.string().min(1).max(256).optional().describe("comes back in the answer"),
  /** The protocol's own examples have it, though the path says it. */
  model_name: z.string().optional(),
  parameters: z.strictObject({
    subject: predictFieldsSchema.shape.subject.describe("a calibrated person"),
    binary_data_output: z.boolean().optional(),
  }).optional(),
  inputs: z.tuple([z.strictObject({
    name: z.literal("clips"),
    datatype: z.enum(["FP32", "UINT8"]).describe("FP32 in [0, 1]"),
    shape: z.array(z.int().positive()).length(5).describe("[B, M, H, W, C]"),
    parameters: z.strictObject({ binary_data_size: z.int().nonnegative().optional() }).optional(),
    data: z.array(z.unknown()).optional().describe("flat or nested, row-major; none with binary_data_size"),
  })]),
  outputs: z.array(z.strictObject({
    name: z.literal("probabilities"),
    parameters: z.strictObject({ binary_data: z.boolean().optional() }).optional(),
  })).max(1).optional(),
}).meta({ id: "InferRequest" });

/** The answer to an inference, less the binary tensor that may follow it. */
export const inferAnswerSchema = z.strictObject({
  model_name: z.string(),
  model_version: version,
  id: z.string().optional(),
  parameters: parameters.optional().describe("of a subject: its version, and whether it is stale"),
  outputs: z.array(z.strictObject({
    name: z.literal("probabilities"),
    datatype: z.literal("FP32"),
    shape: z.array(z.int()).describe("[B, N]"),
    parameters: parameters.optional(),
    data: z.array(z.number()).optional(),
  })),
}).meta({ id: "InferAnswer" });

const tensor = z.strictObject({ name: z.string(), datatype: z.string(), shape: z.array(z.int()) });

/** What a model says of itself. */
export const modelMetadataSchema = z.strictObject({
  name: z.string(),
  versions: z.array(version),
  platform: z.string(),
  inputs: z.array(tensor),
  outputs: z.array(tensor),
  parameters: z.strictObject({ classes: z.array(z.string()).describe("what the N probabilities stand for") }),
}).meta({ id: "ModelMetadata" });

/** What the server says of itself. */
export const serverMetadataSchema = z.strictObject({
  name: z.string(),
  version: z.string(),
  extensions: z.array(z.string()),
  backend: z.string(),
});

/** Whether a model can answer. */
export const modelReadySchema = z.strictObject({ name: z.string(), ready: z.boolean() });
