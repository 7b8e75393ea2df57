// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of programs
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { foundSpans } from '#dist/language/protect/found.js'
import { protectionOf } from '#dist/language/protect/protect-option.js'
import { mayBeProtected, protectedPatterns } from '#dist/language/protect/protected-patterns.js'

const found = (text: string) => protectedPatterns(text).map(({ start, end, kind }) => [kind, text.slice(start, end)])

describe('parts that are found without doubt', () => {
  it.each([
    ...['https://exemple.fr/a?b=c&d=1#e', 'www.exemple.fr', 'exemple.com', 'exemple.it/aide', 'mailto:a@b.fr'],
    ...['tom@example.com', 'a.b+c@exemple.co.uk', '<tom@example.com>'],
    ...[
      '{name}',
      '{0}',
      '{user.name}',
      '{0:n2}',
      '{n, number}',
      '{d, date, short}',
      '{}',
      '{{title}}',
      '$t(nom)',
      '$t(common:button.save, {"count": 2})',
      '{{ item.name }}',
    ],
    ...['{n, plural, one {# file} other {{n} files}}', '${user.name}', '#{name}', '%{count}', '{% if x %}', '<%= x %>'],
    ...['%s', '%d', '%1$s', '%(name)s', '%-10.2f', '%@', '%ld', '%%', '%1', '%PATH%', '&amp;', '&#233;', '&#xE9;'],
    '<nom>',
  ])('%s is a unit', (unit) => {
    expect(found(`Voici ${unit} ici`)).toEqual([['copy', unit]])
    expect(mayBeProtected(unit)).toBe(true)
  })

  it.each([
    ...['50 % de', '50% de', '100 %d’eau', 'le %age', 'a < b et c > d', 'si a<b et c>d', 'R & D', 'Tom & Marie; fin'],
    ...[
      'Fin.Il part',
      'M. Dupont',
      'p. 12',
      '12.5',
      'etc.)',
      'à 8h30 @ Paris',
      '{voir page 3}',
      '10 $',
      '3 : 4',
      'parti.de',
    ],
  ])('%s is not', (text) => {
    expect(found(text)).toEqual([])
  })

  test('tags open and close elements, or stand by themselves', () => {
    expect(found('<p class="x">Un <b>mot</b><br/>, <img src=\'a>b\' alt=x hidden>&nbsp;!</p><!-- <i> -->')).toEqual([
      ['open', '<p class="x">'],
      ['open', '<b>'],
      ['close', '</b>'],
      ['mark', '<br/>'],
      ['mark', "<img src='a>b' alt=x hidden>"],
      ['mark', '&nbsp;'],
      ['close', '</p>'],
      ['mark', '<!-- <i> -->'],
    ])
  })

  test('a URL ends before the punctuation after it, and in no bracket that it does not open', () => {
    expect(found('Voir (https://a.fr/b), https://a.fr/c_(d). Et https://a.fr/{id}!')).toEqual([
      ['copy', 'https://a.fr/b'],
      ['copy', 'https://a.fr/c_(d)'],
      ['copy', 'https://a.fr/{id}'],
    ])
  })

  test('takes a time that grows with the text, not with its square', () => {
    const parts = [
      '<a ',
      '<a b=',
      '{a,',
      '{n, plural, ',
      '%',
      'a@',
      'a.b.',
      '&a',
      '<!--',
      '<%',
      '{{',
      'http://',
      'www.',
      'a',
    ]
    // The least time of the process itself in several tries: other programs on the machine do not count. For 16 times the text a linear
    // search needs 16 times the time, and a quadratic one 256 times.
    const time = (size: number) => {
      const texts = parts.map((part) => part.repeat(size / part.length))
      const repeats = Math.ceil(4000 / size)
      const tries = Array.from({ length: 3 }, () => {
        const began = process.cpuUsage()
        for (let i = 0; i < repeats; i++) for (const text of texts) protectedPatterns(text)
        const { user, system } = process.cpuUsage(began)
        return (user + system) / repeats
      })
      return Math.min(...tries)
    }
    time(1000)
    expect(time(16_000)).toBeLessThan(100 * time(1000))
  })
})

describe('patterns of a caller', () => {
  const spansOf = (text: string, protect: (RegExp | string)[]) =>
    foundSpans({ text, spans: [] }, protectionOf(protect)).map(({ start, end }) => text.slice(start, end))

  test('win over parts that are found without doubt, and a text stands for itself', () => {
    expect(spansOf('Le mot a.b et axb de RFC 12 {x}', ['a.b', /RFC \d+/y])).toEqual(['a.b', 'RFC 12', '{x}'])
    expect(spansOf('Voir {name} !', [/name/])).toEqual(['name'])
  })

  test('with empty matches find nothing, and end', () => {
    expect(spansOf('aaa b', [/x*/, /(?=a)/gu, /^/gm, /b?/])).toEqual(['b'])
  })

  test('given spans win over all others', () => {
    const property = fc.property(
      fc.string({ maxLength: 30 }),
      fc.array(fc.nat(30), { maxLength: 6 }),
      (text, places) => {
        const sorted = places.filter((place) => place <= text.length).sort((a, b) => a - b)
        const spans = Array.from({ length: sorted.length >> 1 }, (_, i) => {
          return { start: sorted[2 * i], end: sorted[2 * i + 1], kind: 'mark' as const }
        })
        const all = foundSpans({ text, spans }, protectionOf([/[a-z]+/, '%']))
        expect(
          all.filter(({ index }) => index !== undefined).map(({ start, end }) => ({ start, end, kind: 'mark' })),
        ).toEqual(spans)
        all.slice(1).forEach(({ start }, i) => expect(start).toBeGreaterThanOrEqual(all[i].end))
      },
    )
    fc.assert(property)
  })
})
