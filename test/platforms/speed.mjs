// Translates the golden sentences greedily, in one batch on one thread, and prints how many tokens it writes in a second of processor time.
import { readFileSync } from 'node:fs'
import { backendInfo, Translator } from 'glassformer'

const { sentences } = JSON.parse(readFileSync(new URL('../golden/fr-en/sentences.json', import.meta.url), 'utf8'))
const sources = sentences.map(({ source }) => source)
const translator = await Translator.load(undefined, { threads: 1, workers: 1 })
await translator.translate(sources, { beams: 1 }) // starts the worker, and an emulator translates the code
const before = process.cpuUsage()
const found = await translator.translate([...sources, ...sources, ...sources], { beams: 1 })
const { user, system } = process.cpuUsage(before)
await translator.close()
const tokens = found.reduce((sum, { ids }) => sum + ids.length, 0)
console.log(JSON.stringify({ tokensPerSecond: (tokens * 1e6) / (user + system), isas: backendInfo().isas }))
