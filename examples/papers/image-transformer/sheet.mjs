/**
 * A sheet of digits, node sheet.mjs MODEL IMAGES SHEET.svg: in the first two rows samples from nothing, in the others completions. Each of these
 * rows is a digit of the file IMAGES, its upper half alone, and six ways in which the model goes on with it.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { TextGenerator } from 'glassformer'

const [model, images, output = 'sheet.svg'] = process.argv.slice(2)
const [SIDE, PIXEL, GAP, WAYS, DIGITS] = [8, 5, 6, 6, 4]
const generator = await TextGenerator.load(model)
/** Pixels that the model has drawn behind some given ones. */
const drawn = async (prompt, seed) => {
  const { text } = await generator.generate(prompt, { sample: true, seed, topK: 17, maxTokens: 64 - count(prompt), minTokens: 64 - count(prompt) })
  return pixelsOf(`${prompt} ${text}`)
}
const count = (text) => text.split(' ').filter(Boolean).length
const pixelsOf = (text) => text.split(/\s+/).filter(Boolean).map(Number)

const rows = []
for (const row of [0, 1])
  rows.push(await Promise.all(Array.from({ length: WAYS + 2 }, (_, i) => drawn('', 1 + row * (WAYS + 2) + i))))
for (const line of readFileSync(images, 'utf8').split('\n').slice(0, DIGITS)) {
  const half = line.split(' ').slice(0, 32).join(' ')
  const ways = await Promise.all(Array.from({ length: WAYS }, (_, i) => drawn(half, 1 + i)))
  rows.push([pixelsOf(line), pixelsOf(half), ...ways])
}
await generator.close()

const size = SIDE * PIXEL + GAP
const rects = rows.flatMap((digits, y) =>
  digits.flatMap((pixels, x) =>
    pixels.map((value, i) => {
      const [left, top] = [x * size + (i % SIDE) * PIXEL, y * size + Math.floor(i / SIDE) * PIXEL]
      const ink = 255 - Math.round((255 * Math.min(16, value)) / 16)
      return `<rect x="${left}" y="${top}" width="${PIXEL}" height="${PIXEL}" fill="rgb(${ink},${ink},${ink})"/>`
    }),
  ),
)
const [width, height] = [(WAYS + 2) * size, rows.length * size]
writeFileSync(output, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${2 * width}">${rects.join('')}</svg>\n`)
console.log(`${output}: ${rows.length} rows`)
