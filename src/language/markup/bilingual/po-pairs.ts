import { present } from '../../../base/present.ts'
import { type BilingualUnit, inLanguages, lineCounter, type PairLanguages } from './bilingual.ts'
import { pluralForms } from './plural-forms.ts'
import { entriesOf, type Field, fieldOf, isHeader, isTranslation } from './po-entries.ts'

/**
 * The entries of a .po file of gettext with their translations: of plurals the form of one, and the last of the others.
 * A translation whose flags call it fuzzy counts as none. The header says the language of the translations, and nothing
 * that of the texts.
 * @throws GlassformerError ERR_INPUT, with the line, for a text that is not such a file
 */
export function* poPairs(text: string, asked: PairLanguages): Generator<BilingualUnit, void, undefined> {
  const entries = entriesOf(text)
  const lineOf = lineCounter(text)
  const header = entries.find(isHeader)?.find(isTranslation)?.text ?? ''
  const target = /^Language:[ \t]*(\S+)/im.exec(header)?.[1]
  const singular = pluralForms(header)?.singular ?? 0
  for (const fields of entries) {
    if (isHeader(fields)) continue
    const line = lineOf(fields[0].start)
    const translations = fields.filter(isTranslation)
    const pair = (of: Field | undefined, translation: Field | undefined): BilingualUnit => ({
      line,
      checked: {
        source: present(of).text,
        target: fields[0].isFuzzy ? '' : (translation?.text ?? ''),
        languages: { target },
      },
      pair: fields[0].isFuzzy
        ? 'is fuzzy'
        : translation && translation.text.trim() !== ''
          ? inLanguages(asked, { target }, present(of).text, translation.text)
          : 'has no translation',
    })
    const plural = fieldOf(fields, 'msgid_plural')
    if (!plural) yield pair(fieldOf(fields, 'msgid'), translations[0])
    else {
      if (translations[singular]) yield pair(fieldOf(fields, 'msgid'), translations[singular])
      yield pair(
        plural,
        translations.findLast((_, i) => i !== singular),
      )
    }
  }
}
