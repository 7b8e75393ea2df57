import type { Trace, TracedTensor } from './trace.ts'

/*
 * A trace as JSON, for the page as well as for files: this module does not depend on Node.js. The values of a tensor
 * are in the key `float32`: its little-endian bytes in base64. Numbers that JSON lacks become the strings 'Infinity',
 * '-Infinity' and 'NaN'.
 */

/** A tensor in the JSON format. */
interface StoredTensor {
  shape: number[]
  float32: string
}

/** A trace as JSON; `traceFromJson` reads it. */
export function traceToJson(trace: Trace): string {
  const tensors = Object.fromEntries(
    Object.entries(trace.tensors).map(([name, { shape, values }]) => [name, { shape, float32: toBase64(values) }]),
  )
  return JSON.stringify({ ...trace, tensors }, (_, value) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  )
}

/**
 * The trace from its JSON, or from the result of `JSON.parse`. @throws SyntaxError for text that is not JSON; TypeError
 * for JSON that is not a trace
 */
export function traceFromJson(json: string | object): Trace {
  const parsed = (typeof json === 'string' ? JSON.parse(json) : json) as Partial<Trace> | null
  if (parsed?.format !== 'glassformer-trace' || parsed.version !== 1)
    throw new TypeError("this is no trace: its 'format' is not glassformer-trace, or its 'version' not 1")
  const stored = Object.entries(parsed.tensors as unknown as Record<string, StoredTensor>)
  const tensors = Object.fromEntries(stored.map(([name, tensor]) => [name, tensorOf(name, tensor)]))
  return { ...(withNumbers(parsed) as Trace), tensors }
}

function tensorOf(name: string, { shape, float32 }: StoredTensor): TracedTensor {
  const values = fromBase64(float32)
  const size = shape.reduce((product, length) => product * length, 1)
  if (values.length !== size) throw new TypeError(`${name} has ${values.length} values, and the shape of ${size}`)
  return { shape, values }
}

/** The same with numbers in place of these strings, under keys of numbers. */
function withNumbers(value: unknown, key = ''): unknown {
  if (typeof value === 'string' && numbers.has(key)) return Number(value)
  if (Array.isArray(value)) return value.map((each) => withNumbers(each, key))
  if (typeof value !== 'object' || value === null || key === 'tensors') return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withNumbers(each, name)]))
}

const numbers = new Set(['logit', 'logProbability', 'entropy', 'sum', 'score', 'value', 'values'])

/** Values per call: at most as many bytes as a call takes arguments, and a multiple of three. */
const CHUNK = 3 * 2048

function toBase64(values: Float32Array): string {
  const view = new DataView(new ArrayBuffer(4 * values.length))
  for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i], true)
  const bytes = new Uint8Array(view.buffer)
  let text = ''
  for (let i = 0; i < bytes.length; i += CHUNK) text += btoa(String.fromCharCode(...bytes.subarray(i, i + CHUNK)))
  return text
}

function fromBase64(text: string): Float32Array {
  const characters = atob(text)
  const view = new DataView(new ArrayBuffer(characters.length))
  for (let i = 0; i < characters.length; i++) view.setUint8(i, characters.charCodeAt(i))
  const values = new Float32Array(Math.floor(characters.length / 4))
  for (let i = 0; i < values.length; i++) values[i] = view.getFloat32(4 * i, true)
  return values
}
