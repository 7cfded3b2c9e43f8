import { z } from "zod";

const name = z.string().regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,128}$/, {
  error: "expected 1 to 128 of A-Z a-z 0-9 . _ -",
});

/** What stands beside the clips of a prediction. */
export const predictFieldsSchema = z.strictObject({
  /** A calibrated subject; without it θ itself predicts. */
  subject: name.optional(),
  /** A model; the subject's own or the server's default otherwise. */
  model: name.optional(),
});
