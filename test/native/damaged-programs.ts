import fc from 'fast-check'
import type { ProgramSpec } from '#dist/engine/backend/interface/backend.js'

const values = [
  ...[-1, 0, 1, 2, 3, 23, 24, 25, 72, 1e9, 2 ** 31, 2 ** 53, -(2 ** 40), 0.5, NaN, Infinity],
  ...['S', 'bfloat16', null, [], {}],
]

/** Replaced values of a program: the number of a place, and the new value. */
export type Damages = [place: number, value: unknown][]
export const damages: fc.Arbitrary<Damages> = fc.array(fc.tuple(fc.nat(), fc.constantFrom<unknown>(...values)), {
  minLength: 1,
  maxLength: 3,
})

export function damage(spec: ProgramSpec, list: Damages): void {
  const paths = pathsOf(spec)
  for (const [place, value] of list) replace(spec, paths[place % paths.length], value)
}

/** The paths of all values inside a value. */
function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path]
  const inside = Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...path, key]))
  return path.length ? [path, ...inside] : inside
}

function replace(target: object, path: string[], value: unknown): void {
  let at = target as Record<string, unknown>
  for (const key of path.slice(0, -1)) {
    if (typeof at[key] !== 'object' || at[key] === null) return
    at = at[key] as Record<string, unknown>
  }
  at[path.at(-1)!] = value
}
