/**
 * Writes models/silero-vad-v6/weights.f24 from a model.safetensors with float32 tensors of the names in
 * src/sound/speech/silero.ts: npm run script scripts/silero-weights.ts model.safetensors. Needs `npm run build`.
 */
import { writeFileSync } from 'node:fs'
import { openSafetensors } from '../dist/index.js'
import { sileroShapes } from '../dist/sound/speech/silero.js'

const file = openSafetensors(process.argv[2])
const numbers = Object.entries<readonly number[]>(sileroShapes).flatMap(([name, shape]) => {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1))
  file.readFloats(name, values)
  return Array.from(values)
})
file.close()
const bits = new Uint32Array(Float32Array.from(numbers).buffer)
const bytes = new Uint8Array(3 * bits.length)
bits.forEach((word, i) => {
  const rounded = word + 0x7f + ((word >>> 8) & 1) // to the nearest, and to even between two
  for (let byte = 0; byte < 3; byte++) bytes[byte * bits.length + i] = rounded >>> (24 - 8 * byte)
})
writeFileSync(new URL('../models/silero-vad-v6/weights.f24', import.meta.url), bytes)
console.log(`${bits.length} numbers, ${bytes.length} bytes`)
