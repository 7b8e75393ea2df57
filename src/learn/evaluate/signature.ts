import { packageVersion } from '../../base/package/package-folder.ts'

/**
 * sacreBLEU's signature: the settings on which a score depends, so that others can compute and compare it. The last
 * field names the program that computed it. sacreBLEU writes its own version there, and Glassformer its own:
 * `version:glassformer-0.1.0`.
 */
export function signatureOf(referenceCounts: ReadonlySet<number>, fields: Record<string, string | number>): string {
  const nrefs = referenceCounts.size === 1 ? [...referenceCounts][0] : 'var'
  return Object.entries({ nrefs, ...fields, version: `glassformer-${packageVersion()}` })
    .map(([name, value]) => `${name}:${value}`)
    .join('|')
}

export const yesNo = (value: boolean) => (value ? 'yes' : 'no')

/** A score as sacreBLEU prints it together with the signature: `BLEU|nrefs:1|… = 56.44 …`. */
export function signedText({ text, signature }: { text: string; signature: string }): string {
  const name = text.slice(0, text.indexOf(' = '))
  return `${name}|${signature}${text.slice(name.length)}`
}
