import { type Editing, endsWithStartOf } from './processor.ts'

/**
 * sequence_bias (SequenceBiasLogitsProcessor): score of a sequence's last id + bias, where the others have just come. All sequences that match
 * add up; of one that is there twice the last bias holds.
 */
export function sequenceBias(biases: readonly (readonly [ids: readonly number[], bias: number])[]): Editing {
  const lasting = [...new Map(biases.map((each) => [each[0].join(), each])).values()]
  return (standing, edits) => {
    for (const [ids, bias] of lasting) if (endsWithStartOf(ids, standing)) edits.add(ids.at(-1)!, bias)
  }
}
