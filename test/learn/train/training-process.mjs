// Trains in a process of its own, to be killed: CONFIG FOLDER BACKEND. It prints a line for every step.
import { train } from '#dist/learn/train/train.js'

const [config, folder, backend] = process.argv.slice(2)
const options = { backend, threads: 2, precision: 'float32' }
await train(JSON.parse(config), folder, options, { step: ({ step }) => process.stdout.write(`${step}\n`) })
