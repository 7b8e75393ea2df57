import { type Editing, endsWithStartOf } from './processor.ts'

/**
 * sequence_bias (SequenceBiasLogitsProcessor): adds a bias to the score of a sequence's last id when the other ids have
 * just been generated. The biases of all matching sequences add up; if one sequence is listed twice, its last bias is
 * used.
 */
export function sequenceBias(biases: readonly (readonly [ids: readonly number[], bias: number])[]): Editing {
  const lasting = [...new Map(biases.map((each) => [each[0].join(), each])).values()]
  return (standing, edits) => {
    for (const [ids, bias] of lasting) if (endsWithStartOf(ids, standing)) edits.add(ids.at(-1)!, bias)
  }
}
