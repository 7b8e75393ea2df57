/** The licenses of libraries whose code is bundled. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import type { RenderedChunk } from 'rolldown'

/** The file beside the bundles that has the texts of all licenses. */
export const THIRD_PARTY = 'THIRD-PARTY-LICENSES.txt'

export class Licenses {
  readonly #root: string
  readonly #folders = new Set<string>()

  constructor(root: string) {
    this.#root = root
  }

  /** The folders of packages with code in a file so far, relative to the root; scripts/release/ lists them. */
  get packages(): string[] {
    return [...this.#folders].sort()
  }

  /** A comment for each package with code in a file, for files that lie beside THIRD_PARTY. */
  readonly mentioned = (file: RenderedChunk) =>
    this.#packagesIn(file)
      .map((folder) => `/*! ${basename(folder)}\nlicense: ${THIRD_PARTY} */`)
      .join('\n')

  /** The same with the texts, for files that users copy to their servers alone. */
  readonly whole = (file: RenderedChunk) =>
    this.#packagesIn(file)
      .map((folder) => `/*! ${basename(folder)}\n${licenseIn(folder)}*/`)
      .join('\n')

  /** The folders of the packages with code in a file. */
  #packagesIn({ moduleIds }: RenderedChunk): string[] {
    const folders = new Set(
      moduleIds.flatMap((id) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id)?.[0] ?? []),
    )
    for (const folder of folders) this.#folders.add(relative(this.#root, folder).replaceAll('\\', '/'))
    return [...folders].sort()
  }
}

/** The license of a package; for one without a license file, the license field of its package.json. */
function licenseIn(folder: string): string {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name))
  if (file) return readFileSync(join(folder, file), 'utf8').replaceAll('*/', '* /')
  const { license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return `${license} license, ${author?.name ?? author}\n`
}
