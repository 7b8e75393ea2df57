import { lastOf, present } from '../../../base/present.ts'
import { Document, type Edit, edited, leave, type Unit } from '../document/document.ts'
import { type PluralForms, pluralForms } from './plural-forms.ts'
import { entriesOf, type Field, fieldOf, isHeader, isTranslation, stringsOf } from './po-entries.ts'

/**
 * Parses a .po or .pot file of gettext. Entries without a translation get one, in as many plural forms as the header
 * says, and a comment that a machine has translated them; other comments, flags and obsolete entries stay. Entries with a translation stay unless `retranslate` is true.
 * @throws GlassformerError ERR_INPUT, with the line, for a text that is not such a file
 */
export function parsePo(given: string, retranslate: boolean): Document {
  const source = withForms(given, retranslate)
  const lineEnd = /\r\n|\n|\r/.exec(source)?.[0] ?? '\n'
  const entries = entriesOf(source)
  const forms = formsOf(entries)
  const units: Unit[] = []
  const edits: Edit[] = []
  /** A comment that a machine has translated an entry, before its first field. */
  const noted = (start: number | null): Edit[] =>
    start === null || source.startsWith(NOTE + lineEnd, start - NOTE.length - lineEnd.length)
      ? []
      : [{ start, end: start, text: NOTE + lineEnd }]
  /** Fills fields with the translation of another field. */
  const fill = (id: Field, fields: readonly Field[], entry: number | null) => {
    const written = (text: string) =>
      fields.map(({ strings }): Edit => ({ ...strings, text: stringsOf(text, id.isFolded, lineEnd) }))
    if (!/\p{L}/u.test(id.text)) edits.push(...written(id.text))
    else
      units.push({
        at: id.start,
        text: { text: id.text, spans: [] },
        edits: ({ text }) => [...noted(entry), ...written(text)],
      })
  }
  const filled = entries.filter((each) => isToBeFilled(each, retranslate))
  leave('translated', entries.filter((each) => !isHeader(each)).length - filled.length)
  for (const fields of filled) {
    const [id, plural] = [present(fieldOf(fields, 'msgid')), fieldOf(fields, 'msgid_plural')]
    const given = fields.filter(isTranslation)
    if (!plural) fill(id, given, fields[0].start)
    else {
      const singular = forms ? forms.singular : 0
      fill(id, given.slice(singular, singular + 1), fields[0].start)
      fill(
        plural,
        given.filter((_, i) => i !== singular),
        null,
      )
    }
  }
  return new Document(source, units, edits)
}

const NOTE = '# machine translation'

const formsOf = (entries: readonly Field[][]): PluralForms | null =>
  pluralForms(entries.find(isHeader)?.find(isTranslation)?.text ?? '')

const isToBeFilled = (fields: readonly Field[], retranslate: boolean) =>
  !isHeader(fields) && (retranslate || fields.filter(isTranslation).every(({ text }) => text === ''))

/** The file with as many empty plural forms as its header says, in entries to be filled. */
function withForms(source: string, retranslate: boolean): string {
  const entries = entriesOf(source)
  const forms = formsOf(entries)
  if (!forms) return source
  const lineEnd = /\r\n|\n|\r/.exec(source)?.[0] ?? '\n'
  const edits = entries.flatMap((fields): Edit[] => {
    const given = fields.filter(isTranslation)
    if (!fieldOf(fields, 'msgid_plural') || !isToBeFilled(fields, retranslate) || given.length === forms.count)
      return []
    const lines = Array.from({ length: forms.count }, (_, i) => `msgstr[${i}] ""`)
    return [{ start: given[0].start, end: lastOf(given).strings.end, text: lines.join(lineEnd) }]
  })
  return edited(source, edits)
}
