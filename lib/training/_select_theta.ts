import type { Config } from "../config/mod.ts";
import type { ClipSet, SubjectSplit } from "../data/mod.ts";
import { confusionMatrix, uf1 } from "../eval/mod.ts";
import { predictHoldout } from "./_evaluate.ts";
import { finishTraining } from "./_finish_training.ts";
import type { JobRunner, Theta } from "./_jobs.ts";
import type { Selection, TrainState } from "./_meta_train.ts";
import type { SelectionResult } from "./types.ts";

/** On whom θ is chosen, and in which ways. */
export interface SelectThetaOptions {
  /** Subjects that are trained on, and as `heldout` the validation subjects. Nobody else is ever looked at. */
  readonly validation: SubjectSplit;
  /** K of each way: with 0 the score is that of θ alone, else that after calibration with K clips a class. */
  readonly shots: readonly number[];
}

/** UF1 of θ on the validation subjects, all their clips counted together. */
async function scoreTheta(
  runner: JobRunner,
  config: Config,
  set: ClipSet,
  theta: Theta,
  { validation, shots }: SelectThetaOptions,
): Promise<number[]> {
  const model = await finishTraining(runner, config, set, validation.train, theta, {
    name: "candidate",
    provenance: {},
  });
  const scores: number[] = [];
  for (const k of shots) {
    const { subjects } = await predictHoldout(runner, config, set, validation, model, { shots: k });
    const side = k === 0 ? "before" : "after";
    const counts = confusionMatrix(
      subjects.flatMap((subject) => subject.truth),
      subjects.flatMap((subject) => subject[side]),
      model.card.classes.length,
    );
    scores.push(uf1(counts));
  }
  return scores;
}

/** Whether the θ of a state is to be scored, and has not been. */
function isDue({ selectEvery, outerSteps }: Config, { step, selections }: TrainState): boolean {
  if (step === 0 || (step % selectEvery !== 0 && step !== outerSteps)) return false;
  return selections.every(({ curve }) => curve.at(-1)!.step < step);
}

/**
 * Scores the θ of a state on validation subjects where it is time to, and keeps the best; of equal scores the earlier.
 * A state that was saved before it was scored is scored when the run goes on.
 */
export async function selectTheta(
  runner: JobRunner,
  config: Config,
  set: ClipSet,
  state: TrainState,
  options: SelectThetaOptions,
): Promise<TrainState> {
  if (options.shots.length === 0 || !isDue(config, state)) return state;
  const { step, theta } = state;
  const scores = await scoreTheta(runner, config, set, theta, options);
  const selections = scores.map((score, i): Selection => {
    const known = state.selections[i];
    const better = known === undefined || score > known.best.score;
    return { curve: [...known?.curve ?? [], { step, score }], best: better ? { step, score, theta } : known.best };
  });
  return { ...state, selections };
}

/** What a selection found, without θ. */
export function selectionResult({ curve, best: { step, score } }: Selection, shots: number): SelectionResult {
  return { shots, step, score, curve };
}
