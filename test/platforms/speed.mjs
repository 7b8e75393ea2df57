// Translates the golden sentences greedily, in one batch on one thread, and prints how many tokens it writes in a second.
import { readFileSync } from 'node:fs'
import { backendInfo, Translator } from 'glassformer'

const { sentences } = JSON.parse(readFileSync(new URL('../golden/fr-en/sentences.json', import.meta.url), 'utf8'))
const sources = sentences.map(({ source }) => source)
const translator = await Translator.load(undefined, { threads: 1, workers: 1 })
await translator.translate(sources[0], { beams: 1 }) // starts the worker
const began = performance.now()
const found = await translator.translate(sources, { beams: 1 })
const seconds = (performance.now() - began) / 1000
await translator.close()
const tokens = found.reduce((sum, { ids }) => sum + ids.length, 0)
console.log(JSON.stringify({ tokensPerSecond: tokens / seconds, isas: backendInfo().isas }))
