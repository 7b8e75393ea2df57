/**
 * A sheet of digits, node sheet.mjs MODEL IMAGES SHEET.png: in the first two rows samples from nothing, in the others completions. Each of these
 * rows is a digit of the file IMAGES, its upper half alone, and six ways in which the model goes on with it. The pixels of IMAGES are in the order in which the
 * model draws.
 */
import { writeFileSync } from 'node:fs'
import { deflateSync } from 'node:zlib'
import { TextGenerator } from 'glassformer'
import { argumentsFor, linesOf } from '../arguments.mjs'
import { orderOf } from './blocks.mjs'

const [model, images, output = 'sheet.png'] = argumentsFor('node sheet.mjs MODEL IMAGES [SHEET.png]', 2)
const [SIDE, PIXEL, GAP, WAYS, DIGITS] = [8, 5, 10, 6, 4]
const generator = await TextGenerator.load(model)
const local = generator.model.config.decoder.attention?.local
const order = orderOf(SIDE, local?.block?.[0] ?? SIDE)
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
for (const line of linesOf(images).slice(0, DIGITS)) {
  const half = line.split(' ').slice(0, 32).join(' ')
  const ways = await Promise.all(Array.from({ length: WAYS }, (_, i) => drawn(half, 1 + i)))
  rows.push([pixelsOf(line), pixelsOf(half), ...ways])
}
await generator.close()

const size = SIDE * PIXEL + GAP
const [width, height] = [(WAYS + 2) * size, rows.length * size]
const gray = Buffer.alloc(width * height, 255)
for (const [y, digits] of rows.entries())
  for (const [x, pixels] of digits.entries())
    for (const [i, value] of pixels.entries()) {
      const [left, top] = [x * size + (order[i] % SIDE) * PIXEL, y * size + Math.floor(order[i] / SIDE) * PIXEL]
      const ink = 255 - Math.round((255 * Math.min(16, value)) / 16)
      for (let row = top; row < top + PIXEL; row++) gray.fill(ink, row * width + left, row * width + left + PIXEL)
    }
writeFileSync(output, png(width, height, gray))
console.log(`${output}: ${rows.length} rows`)

/** A PNG of gray values, each row behind the filter 0. */
function png(width, height, gray) {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 0, 0, 0, 0], 8)
  const lines = Array.from({ length: height }, (_, y) => Buffer.from([0, ...gray.subarray(y * width, (y + 1) * width)]))
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name), data])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.concat(lines))), chunk('IEND', Buffer.alloc(0))]
  return Buffer.concat([signature, ...parts])
}

/** The checksum of PNG; Node.js 20 has none in zlib. */
function crc32(bytes) {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}
