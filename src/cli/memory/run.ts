import { counted } from '../../base/values/number-text.ts'
import { TranslationMemory } from '../../language/memory/index.ts'

/** `glassformer memory FILE`: adds units to a memory, finds some, and exchanges TMX. */
export async function runMemory(file: string, options: MemoryCommandOptions): Promise<void> {
  const memory = TranslationMemory.open(file)
  const languages = { source: options.from ?? '', target: options.to ?? '' }
  try {
    const imported = options.import === undefined ? undefined : await memory.importTmx(options.import, languages)
    if (options.add) memory.add(options.add[0], options.add[1])
    const found = options.find === undefined ? undefined : memory.similar(options.find)
    if (options.export !== undefined) await memory.exportTmx(options.export, languages)
    if (options.json) return console.log(JSON.stringify({ file, units: memory.size, imported, found }))
    if (imported !== undefined) process.stderr.write(`glassformer: ${counted(imported, 'unit')} of ${options.import}\n`)
    for (const { source, target, score } of found ?? [])
      process.stdout.write(`${Math.floor(100 * score)} %\t${source}\t${target}\n`)
    if (!found) process.stderr.write(`glassformer: ${file} has ${counted(memory.size, 'unit')}\n`)
  } finally {
    memory.close()
  }
}

/** The flags of `glassformer memory`. */
export interface MemoryCommandOptions {
  import?: string
  export?: string
  /** A text and its translation. */
  add?: string[]
  find?: string
  json?: true
  from?: string
  to?: string
}
