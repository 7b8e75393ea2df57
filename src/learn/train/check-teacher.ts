import { GlassformerError } from '../../base/errors.ts'
import type { ModelConfig } from '../../engine/model/config/config.ts'
import type { TextModel } from './models/kept-model.ts'

/**
 * Checks that each id means the same to student and teacher, because only the student's tokenizer makes ids of sentences.
 * @throws GlassformerError ERR_OPTION that says what differs
 */
export function checkTeacher(student: TextModel, teacher: TextModel): void {
  const difference =
    sizeDifference(student, teacher) ??
    startDifference(student, teacher) ??
    rowsDifference(student.weights.config, teacher.weights.config) ??
    pieceDifference(student, teacher)
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

/** @throws GlassformerError ERR_OPTION if a new student and its teacher do not read the same rows of numbers */
export function checkTeacherRows(student: Rows, { weights }: TextModel): void {
  const difference = rowsDifference(student, weights.config)
  if (difference)
    throw new GlassformerError('ERR_OPTION', `model.rowWidth must be that of training.teacher: ${difference}`)
}

type Rows = Pick<ModelConfig, 'rowWidth'>

/** The difference of what both read beside tokens, in words; null where there is none. */
function rowsDifference({ rowWidth: own }: Rows, { rowWidth: other }: Rows): string | null {
  return own === other ? null : `it reads ${rowsText(other)} and the student ${rowsText(own)}`
}

const rowsText = (width: number | undefined) =>
  width === undefined ? 'no rows of numbers' : `rows of ${width} numbers`

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
