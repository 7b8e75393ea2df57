import { GlassformerError } from '../../base/errors.ts'
import { counted } from '../../base/values/number-text.ts'
import { type CheckName, checkPair } from '../../language/checks/check-pair.ts'
import { readGlossary } from '../lines/read-glossary.ts'
import { lineOf } from '../terminal/failure.ts'
import { type CheckedUnit, countedIn, unitsOfFiles } from './checked-units.ts'

/** The flags of `glassformer check`. */
export interface CheckCommandOptions {
  from?: string
  to?: string
  glossary?: string
  only?: readonly CheckName[]
  json?: true
}

/** `glassformer check`: prints what is perhaps wrong in translations. */
export async function checkFiles(files: readonly string[], options: CheckCommandOptions): Promise<void> {
  const { from, to, glossary, only, json = false } = options
  const entries = glossary === undefined ? [] : await readGlossary(glossary)
  const terms = entries.map(([term, target]) => [term, targetsOf(target)] as const)
  const asked = { ...(from !== undefined && { source: from }), ...(to !== undefined && { target: to }) }
  let [units, faults] = [0, 0]
  for await (const { name, read } of unitsOfFiles(files, asked)) {
    let found: CheckedUnit[] = []
    try {
      found = await read()
    } catch (error) {
      if (!(error instanceof GlassformerError)) throw error
      process.exitCode = 1
      process.stderr.write(`${lineOf(error, error.message.includes(name) ? '' : `${name}: `)}\n`)
    }
    units += found.length
    for (const { at, languages, ...pair } of found) {
      const { source, target } = languages
      for (const { check, says } of checkPair(pair, { languages: { source, target }, terms })) {
        if (only && !only.includes(check)) continue
        faults++
        const told = { file: name, [countedIn(name)]: at, check, says, source: pair.source, target: pair.target }
        process.stdout.write(
          json ? `${JSON.stringify(told)}\n` : `${name}: ${countedIn(name)} ${at}: ${check}: ${says}\n`,
        )
      }
    }
  }
  process.stderr.write(`glassformer: ${counted(faults, 'finding')} in ${counted(units, 'text')}\n`)
  if (faults) process.exitCode = 1
}

/** A glossary gives several translations of a term between bars. */
const targetsOf = (target: string) => target.split('|').map((each) => each.trim())
