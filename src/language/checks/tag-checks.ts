import type { CheckedPair, CodedPair, CodedText } from './checked-pair.ts'

/** Placeholders, addresses and formats of a text that its translation has not as often. */
export function placeholderFaults({ source, target }: CodedPair): string[] {
  return differences(placeholdersIn(source), placeholdersIn(target), (what) => `the placeholder ${what}`)
}

/** Tags of a text that its translation has not as often, or that are closed before they are opened. */
export function tagFaults({ source, target }: CodedPair, tags: CheckedPair['tags']): string[] {
  const [own, other] = [tagsIn(source), tagsIn(target)]
  const faults = differences(
    [...own, ...(tags?.source ?? [])],
    [...other, ...(tags?.target ?? [])],
    (what) => `the tag ${what}`,
  )
  return faults.length || isNested(other) || !isNested(own)
    ? faults
    : ['tags are closed in another order than they are opened']
}

/** A format with the number of its value, as `%1$s`, is the same without it. */
const placeholdersIn = ({ text, codes }: CodedText) =>
  codes.filter(({ kind }) => kind === 'copy').map(({ start, end }) => text.slice(start, end).replace(/^%\d+\$/, '%'))

const tagsIn = ({ text, codes }: CodedText) =>
  codes.filter(({ kind }) => kind !== 'copy').map(({ start, end }) => text.slice(start, end))

function differences(own: readonly string[], other: readonly string[], named: (what: string) => string): string[] {
  const counts = new Map<string, number>()
  for (const each of own) counts.set(each, (counts.get(each) ?? 0) + 1)
  for (const each of other) counts.set(each, (counts.get(each) ?? 0) - 1)
  return [...counts].flatMap(([what, count]) =>
    count > 0 ? [`${named(what)} is missing`] : count < 0 ? [`${named(what)} is not in the source`] : [],
  )
}

/** Whether each tag that closes has its opening tag before it, innermost first. */
function isNested(tags: readonly string[]): boolean {
  const open: string[] = []
  const known = new Set(tags)
  for (const tag of tags) {
    const [, slash, name = ''] = /^<(\/?)([\w:.-]*)/.exec(tag) ?? []
    if (tag.endsWith('/>') || name === '') continue
    if (!slash) open.push(name)
    else {
      const at = open.lastIndexOf(name)
      if (at < 0) return false
      // Elements such as <br> are not closed.
      if (open.slice(at + 1).some((inner) => known.has(`</${inner}>`))) return false
      open.length = at
    }
  }
  return true
}
