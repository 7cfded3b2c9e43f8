/** What is stored beside a subject's weights. */
export const SUBJECT_META = {
  model: { name: "main", version: "0123456789abcdef" },
  innerSteps: 1,
  before: { loss: 1, accuracy: 0.25 },
  after: { loss: 0.5, accuracy: 0.75 },
  classes: ["positive"],
  createdAt: "2025-01-01T00:00:00.000Z",
};
