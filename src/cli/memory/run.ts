import { counted } from '../../base/values/number-text.ts'
import { TranslationMemory } from '../../language/memory/index.ts'

/** `glassformer memory FILE`: adds units to a memory, finds some, and exchanges TMX. */
export async function runMemory(file: string, options: MemoryCommandOptions): Promise<void> {
  const memory = TranslationMemory.open(file)
  const languages = { source: options.from ?? '', target: options.to ?? '' }
  try {
    if (options.import !== undefined) {
      const count = await memory.importTmx(options.import, languages)
      process.stderr.write(`glassformer: ${counted(count, 'unit')} of ${options.import}\n`)
    }
    if (options.add) memory.add(options.add[0], options.add[1])
    if (options.find !== undefined)
      for (const { source, target, score } of memory.similar(options.find))
        process.stdout.write(`${Math.floor(100 * score)} %\t${source}\t${target}\n`)
    if (options.export !== undefined) await memory.exportTmx(options.export, languages)
    if (options.find === undefined) process.stderr.write(`glassformer: ${file} has ${counted(memory.size, 'unit')}\n`)
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
  from?: string
  to?: string
}
