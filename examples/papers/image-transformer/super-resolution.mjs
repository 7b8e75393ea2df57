/** Bits a pixel of large digits given small ones, node super-resolution.mjs MODEL test.tsv. Ends are not counted. */
import { Translator } from 'glassformer'
import { argumentsFor, linesOf } from '../arguments.mjs'

const [model, file] = argumentsFor('node super-resolution.mjs MODEL test.tsv', 2)
const translator = await Translator.load(model)
const pairs = linesOf(file).map((line) => line.split('\t'))
const scores = await translator.score(pairs.map(([source, target]) => ({ source, target })))
await translator.close()
const pixels = scores.flatMap(({ tokenScores }) => tokenScores.slice(0, 64))
const bits = -pixels.reduce((sum, each) => sum + each, 0) / pixels.length / Math.LN2
console.log(`bits a pixel ${bits.toFixed(3)} over ${pixels.length} pixels of ${pairs.length} digits`)
