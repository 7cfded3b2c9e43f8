import type { Config } from "../config/mod.ts";
import { type ClipSet, type Episode, sampleEpisode } from "../data/mod.ts";
import { createRandom } from "../random/mod.ts";
import { shuffledLabels } from "./_shuffled_labels.ts";

/** A task of the classical few-shot protocol, with the label each class has in it. */
export interface FewShotEpisode {
  readonly episode: Episode;
  readonly labelOrder: readonly number[];
  readonly name: string;
}

/** Random N-way K-shot tasks of held-out subjects, with labels of their own: the classical protocol's test. */
export function fewShotEpisodes(
  set: ClipSet,
  heldout: readonly number[],
  { ways, queries, episodes: scope, seed }: Config,
  { shots, tasks }: { readonly shots: number; readonly tasks: number },
): FewShotEpisode[] {
  return Array.from({ length: tasks }, (_, task) => {
    const random = createRandom(seed, "few-shot", task);
    const episode = sampleEpisode(set, heldout, { ways, shots, queries, scope }, random);
    return {
      episode,
      labelOrder: shuffledLabels(set, episode, random),
      name: `task/${String(task + 1).padStart(4, "0")}`,
    };
  });
}
