/** How θ was chosen on validation subjects, who are training subjects set aside. */
export interface SelectionData {
  /** K of the calibration that was scored; 0: θ alone was. */
  readonly shots: number;
  /** Outer steps of the chosen θ, one a training. */
  readonly steps: readonly number[];
  /** UF1 of the chosen θ on the validation subjects, 0 to 1, mean over trainings. */
  readonly score: number;
  /** UF1 of every θ that was scored, mean over trainings. */
  readonly curve: readonly { readonly step: number; readonly score: number }[];
}
