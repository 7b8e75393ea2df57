/**
 * The units in which kernels are compiled for each instruction set. Ops that use the headers of one subject share a unit, so that no code is
 * compiled twice, and a change of one kernel compiles one unit again.
 */
import type { OpRow } from '#dist/engine/program/instructions/instruction.js'
import { fileName, HEAD, snake } from './names.ts'

/**
 * Folders of native/kernels/ with too much code to be compiled for each op. An op belongs to the first folder that it
 * includes.
 */
const SUBJECTS = ['attention', 'candidates', 'product', 'loss', 'experts']
const REST = 'vector'

const subjectOf = (source: string) =>
  SUBJECTS.find((subject) => source.includes(`#include "kernels/${subject}/`)) ?? REST

/** native/generated/kernels/: a file for each unit. `sourceOf(name)` is the text of the file of that op's kernel. */
export function unitFiles(rows: readonly OpRow[], sourceOf: (name: string) => string): [string, string][] {
  const files = [...new Set(rows.map(({ name }) => fileName(name, rows)))]
  const subjects = files.map((name) => ({ name, subject: subjectOf(sourceOf(name)) }))
  return [...SUBJECTS, REST].map((unit) => {
    const names = subjects.filter(({ subject }) => subject === unit).map(({ name }) => name)
    const includes = names.map((name) => `#include "kernels/ops/${snake(name)}.cc"`).join('\n')
    return [`native/generated/kernels/${unit}.cc`, `${HEAD}${includes}\n`]
  })
}
