/** What decides a synthetic data set. Equal options give equal bytes. */
export interface SyntheticOptions {
  /** Root of every random stream, an integer. Default 0. */
  readonly seed?: number;
  /** ρ in [0, 1], strength of individual differences. Default 0.6. */
  readonly rho?: number;
  /** Subjects to train on: s01, s02, … Default 24. */
  readonly trainSubjects?: number;
  /** Held-out subjects, numbered after the training ones. Default 12. */
  readonly holdoutSubjects?: number;
  /** Micro clips per class of a training subject. Default 12. */
  readonly trainClips?: number;
  /** Micro clips per class of a held-out subject. Default 15: five to calibrate, ten to test. */
  readonly holdoutClips?: number;
  /** Macro clips per class of any subject. Default 3. */
  readonly macroClips?: number;
}
