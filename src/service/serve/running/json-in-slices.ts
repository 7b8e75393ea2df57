import { setImmediate as nextTurn } from 'node:timers/promises'

/** The most milliseconds that the event loop is kept before other requests get a turn. */
const SLICE = 5

/** The most values of a list that are written at once: they take some tenths of a millisecond. */
const FEW = 1_000

/**
 * A value in JSON, as JSON.stringify writes it. Between slices of it the event loop is free: some hundred thousand numbers at once take longer
 * than a server may keep others waiting.
 */
export async function jsonInSlices(value: object): Promise<string> {
  const written: string[] = []
  let began = performance.now()
  for (const piece of piecesOf(value)) {
    written.push(piece)
    if (performance.now() - began < SLICE) continue
    await nextTurn()
    began = performance.now()
  }
  return written.join('')
}

function* piecesOf(value: unknown): Generator<string, void, undefined> {
  if (Array.isArray(value)) yield* piecesOfList(value)
  else if (typeof value === 'object' && value !== null) yield* piecesOfObject(value)
  else yield JSON.stringify(value) ?? 'null'
}

function* piecesOfList(list: readonly unknown[]): Generator<string, void, undefined> {
  const hasObjects = typeof list[0] === 'object'
  const step = hasObjects ? 1 : FEW
  yield '['
  for (let i = 0; i < list.length; i += step) {
    if (i > 0) yield ','
    if (hasObjects) yield* piecesOf(list[i])
    else yield JSON.stringify(list.slice(i, i + step)).slice(1, -1)
  }
  yield ']'
}

function* piecesOfObject(object: object): Generator<string, void, undefined> {
  let before = '{'
  for (const [name, value] of Object.entries(object)) {
    if (value === undefined) continue
    yield `${before}${JSON.stringify(name)}:`
    yield* piecesOf(value)
    before = ','
  }
  yield before === '{' ? '{}' : '}'
}
