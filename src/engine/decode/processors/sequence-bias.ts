import { type Editing, endsWithStartOf } from './processor.ts'

/** sequence_bias (SequenceBiasLogitsProcessor): score of a sequence's last id + bias, where the others have just come. All that match add up. */
export const sequenceBias =
  (biases: readonly (readonly [ids: readonly number[], bias: number])[]): Editing =>
  (standing, edits) => {
    for (const [ids, bias] of biases) if (endsWithStartOf(ids, standing)) edits.add(ids.at(-1)!, bias)
  }
