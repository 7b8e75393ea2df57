/** The licenses of what a package contains of others, each text once. */
import { readFileSync } from 'node:fs'
import type { Component } from './sbom.ts'

const RULE = '-'.repeat(80)

/** The text of THIRD-PARTY-LICENSES.txt; undefined where the package contains nothing of others. */
export function licenseTexts(components: readonly Component[]): string | undefined {
  if (!components.length) return undefined
  const byText = new Map<string, string[]>()
  for (const { name, version, license, file, author } of components) {
    const text = file ? readFileSync(file, 'utf8').trim() : `${license}${author ? `, ${author}` : ''}`
    byText.set(text, [...(byText.get(text) ?? []), `${name} ${version} (${license})`])
  }
  const parts = [...byText].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`)
  return `This package contains code of others, under these licenses.\n\n${parts.map((part) => `${RULE}\n${part}`).join('\n')}`
}
