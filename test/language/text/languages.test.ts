import { describe, expect, it } from 'vitest'
import { findLanguage, languageCode, languageTag } from '#dist/language/text/languages.js'

const nllb = [
  'eng_Latn',
  'fra_Latn',
  'deu_Latn',
  'zho_Hans',
  'zho_Hant',
  'pes_Arab',
  'pbt_Arab',
  'nob_Latn',
  'nno_Latn',
  'arb_Arab',
  'ary_Arab',
  'tgl_Latn',
  'twi_Latn',
  'aka_Latn',
]
const mbart = ['en_XX', 'fr_XX', 'de_DE', 'zh_CN', 'fa_IR', 'ps_AF', 'ar_AR', 'pt_XX', 'tl_XX']
const m2m = ['en', 'fr', 'de', 'zh', 'fa', 'ps', 'no', 'ar', 'pt', 'tl']
const opus = ['eng', 'fra', 'deu', 'cmn_Hans', 'cmn_Hant', 'por_BR', 'por_PT', 'nob']

describe('findLanguage', () => {
  it.each([
    ['fr', 'fra_Latn', 'fr_XX', 'fr', 'fra'],
    ['fra', 'fra_Latn', 'fr_XX', 'fr', 'fra'],
    ['fre', 'fra_Latn', 'fr_XX', 'fr', 'fra'],
    ['FR', 'fra_Latn', 'fr_XX', 'fr', 'fra'],
    ['fr-CA', 'fra_Latn', 'fr_XX', 'fr', 'fra'],
    ['fra_Latn', 'fra_Latn', 'fr_XX', 'fr', 'fra'],
    ['French', 'fra_Latn', 'fr_XX', 'fr', 'fra'],
    [' français ', 'fra_Latn', 'fr_XX', 'fr', 'fra'],
    ['Deutsch', 'deu_Latn', 'de_DE', 'de', 'deu'],
    ['ger', 'deu_Latn', 'de_DE', 'de', 'deu'],
    ['Chinese', 'zho_Hans', 'zh_CN', 'zh', 'cmn_Hans'],
    ['zh-TW', 'zho_Hant', 'zh_CN', 'zh', 'cmn_Hant'],
    ['Traditional Chinese', 'zho_Hant', undefined, undefined, 'cmn_Hant'],
    ['Arabic', 'arb_Arab', 'ar_AR', 'ar', undefined],
    ['Farsi', 'pes_Arab', 'fa_IR', 'fa', undefined],
    ['Pashto', 'pbt_Arab', 'ps_AF', 'ps', undefined],
    ['no', 'nob_Latn', undefined, 'no', 'nob'],
    ['Norwegian Nynorsk', 'nno_Latn', undefined, undefined, undefined],
    ['Tagalog', 'tgl_Latn', 'tl_XX', 'tl', undefined],
    ['pt-BR', undefined, 'pt_XX', 'pt', 'por_BR'],
    ['pt-PT', undefined, 'pt_XX', 'pt', 'por_PT'],
    ['twi', 'twi_Latn', undefined, undefined, undefined],
    ['Klingon', undefined, undefined, undefined, undefined],
    ['', undefined, undefined, undefined, undefined],
    ['constructor', undefined, undefined, undefined, undefined],
  ])('%s: the code of each family', (given, ...expected) => {
    expect([nllb, mbart, m2m, opus].map((codes) => findLanguage(given, codes))).toEqual(expected)
  })
})

describe('languageTag', () => {
  it('is the tag whose rules split the texts of a language', () => {
    expect(['fra_Latn', 'fr_XX', 'fr', 'fra', 'zho_Hant', '?'].map(languageTag)).toEqual([
      'fr-Latn',
      'fr',
      'fr',
      'fr',
      'zh-Hant',
      undefined,
    ])
  })
})

describe('languageCode', () => {
  const refused = (given: string, codes: readonly string[]) => () =>
    languageCode('targetLanguage', given, codes, 'here')
  it('refuses with the option, the nearest codes, and some others', () => {
    expect(refused('Germn', nllb)).toThrow(
      "option 'targetLanguage': here has no language 'Germn' (Did you mean German?); it has 14: eng_Latn, ",
    )
    expect(refused('xx', [])).toThrow('here has no languages to choose from')
  })
})
