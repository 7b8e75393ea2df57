/** How many digits a model names rightly, greedily: node accuracy.mjs MODEL tasks/digits.test.tsv */
import { Translator } from '../../../dist/index.js'
import { argumentsFor, linesOf } from '../arguments.mjs'

const [model, table] = argumentsFor('node accuracy.mjs MODEL tasks/digits.test.tsv', 2)
const digits = linesOf(table).map((line) => line.split('\t'))
const translator = await Translator.load(model, { workers: 1, threads: 1 })
const written = await translator.translate(digits.map(([source]) => source), { beams: 1 })
const right = written.filter(({ text }, i) => text === digits[i][1]).length
console.log(`${right} of ${digits.length} digits, ${((100 * right) / digits.length).toFixed(1)} %`)
await translator.close()
