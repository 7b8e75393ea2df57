import { GlassformerError } from '../../base/errors.ts'
import type { TextModel } from './text-model.ts'

/**
 * Checks that each id means the same to student and teacher, because only the student's tokenizer makes ids of sentences.
 * @throws GlassformerError ERR_OPTION that says what differs
 */
export function checkTeacher(student: TextModel, teacher: TextModel): void {
  const difference =
    sizeDifference(student, teacher) ?? startDifference(student, teacher) ?? pieceDifference(student, teacher)
  if (difference)
    throw new GlassformerError(
      'ERR_OPTION',
      `training.teacher does not have the student's vocabulary: ${difference}; leave from out (a new student takes its teacher's ` +
        'vocabulary), or distil by sequences: train on translations that the teacher makes',
    )
}

function sizeDifference(student: TextModel, teacher: TextModel): string | null {
  for (const side of ['source', 'target'] as const) {
    const [own, other] = [student, teacher].map(({ weights }) => weights.config[`${side}Vocabulary`])
    if (own !== other) return `it has ${other} ${side} ids and the student ${own}`
  }
  return null
}

function startDifference(student: TextModel, teacher: TextModel): string | null {
  const [own, other] = [student, teacher].map(({ weights }) => weights.config.ids.sourceStart)
  return own === other ? null : `it begins sources with ${startText(other)} and the student with ${startText(own)}`
}

const startText = (id: number | undefined) => (id === undefined ? 'no token of their own' : `id ${id}`)

function pieceDifference(student: TextModel, teacher: TextModel): string | null {
  for (const [side, name] of [
    ['source', 'sourcePiece'],
    ['target', 'piece'],
  ] as const) {
    const size = student.weights.config[`${side}Vocabulary`]
    for (let id = 0; id < size; id++) {
      const [own, other] = [student, teacher].map(({ tokenizer }) => pieceOrNone(() => tokenizer[name](id)))
      if (own !== other) return `${side} id ${id} is ${other} to it and ${own} to the student`
    }
  }
  return null
}

/** A model may have more ids than its tokenizer has pieces. */
function pieceOrNone(piece: () => string): string {
  try {
    return JSON.stringify(piece())
  } catch {
    return 'nothing'
  }
}
