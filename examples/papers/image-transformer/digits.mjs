/**
 * The digits as token lines, node digits.mjs FOLDER: train.txt and test.txt (an image a line, 64 pixels from 0 to 16 in raster order), and for
 * super-resolution train.tsv and test.tsv (the means of 2 × 2 pixels, a tab, the image). train-blocks.txt and test-blocks.txt have the pixels in blocks
 * of 4 × 4, for attention in two dimensions.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { linesOf } from '../arguments.mjs'
import { inBlocks } from './blocks.mjs'

const TRAINED_ON = 1500
const [folder = 'digits'] = process.argv.slice(2)
const images = linesOf(new URL('digits.txt.gz', import.meta.url))

/** 8 × 8 → 4 × 4. */
function smaller(line) {
  const pixels = line.split(' ').map(Number)
  const means = Array.from({ length: 16 }, (_, i) => {
    const first = 16 * Math.floor(i / 4) + 2 * (i % 4)
    return Math.round((pixels[first] + pixels[first + 1] + pixels[first + 8] + pixels[first + 9]) / 4)
  })
  return means.join(' ')
}

mkdirSync(folder, { recursive: true })
for (const [name, lines] of [
  ['train', images.slice(0, TRAINED_ON)],
  ['test', images.slice(TRAINED_ON)],
]) {
  writeFileSync(join(folder, `${name}.txt`), `${lines.join('\n')}\n`)
  writeFileSync(join(folder, `${name}-blocks.txt`), `${lines.map((line) => inBlocks(line, 8, 4)).join('\n')}\n`)
  writeFileSync(join(folder, `${name}.tsv`), `${lines.map((line) => `${smaller(line)}\t${line}`).join('\n')}\n`)
}
console.log(`${folder}: ${TRAINED_ON} digits to train on, ${images.length - TRAINED_ON} to measure with`)
