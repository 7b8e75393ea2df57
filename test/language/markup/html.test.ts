import { describe, expect, test } from 'vitest'
import { parseHtml } from '#dist/language/markup/tags/html.js'
import { textsOf, translated } from './fake-translator.ts'

const read = (source: string) => textsOf(source, 'html')
const inHtml = (source: string) => translated(source, 'html')

describe('a text of HTML', () => {
  test('is a block with the tags within it', async () => {
    expect(await read('<p>Cliquez <b>ici</b> pour <a href="/x">le <i>lien</i></a>.</p><p>Deux</p>')).toEqual([
      'Cliquez ici pour le lien.',
      'Deux',
    ])
    expect(parseHtml('<p>Cliquez <b>ici</b> <img src="a"> pour</p>').texts[0].spans).toEqual([
      { kind: 'open', start: 8, end: 8 },
      { kind: 'close', start: 11, end: 11 },
      { kind: 'mark', start: 12, end: 12 },
    ])
  })

  test('excludes tags around the whole text, and unclosed tags are no pairs', async () => {
    expect(parseHtml('<p><a href="x"><b>Tout</b></a></p>').texts).toEqual([{ text: 'Tout', spans: [] }])
    expect(parseHtml('<p>un <b>deux <i>trois</b> quatre</i></p>').texts[0].spans.map(({ kind }) => kind)).toEqual([
      'open',
      'mark',
      'close',
    ])
  })

  test('ends where browsers end a paragraph, an item or a cell', async () => {
    expect(await read('<ul><li>un<li>deux</ul><table><tr><td>a b<td>c d</table><p>e f<p>g h<br>i j')).toEqual([
      ...['un', 'deux', 'a b', 'c d', 'e f', 'g h', 'i j'],
    ])
  })

  test('is read with its entities as characters, and written with those that stand for symbols', async () => {
    expect(await read('<p>caf&eacute; &amp; th&#233; &copy;</p>')).toEqual(['café & thé ©'])
    expect(await inHtml('<p>caf&eacute; &amp; th&#233; &copy; 10&nbsp;km &unknown;</p>')).toBe(
      '<p>CAFÉ &amp; THÉ &copy; 10&nbsp;KM &unknown;</p>',
    )
  })

  test('is escaped', async () => {
    const source = '<p>un</p>'
    const written = await translated(source, 'html', () => ({ text: 'a < b & "c" </p>', spans: [] }))
    expect(written).toBe('<p>a &lt; b &amp; "c" &lt;/p&gt;</p>')
  })

  test('keeps its line ends and their indentation', async () => {
    expect(await inHtml('<p>\n  un deux\r\n    trois quatre\n</p>\n')).toBe(
      '<p>\n  UN DEUX\r\n    TROIS QUATRE\n</p>\n',
    )
  })
})

describe('HTML keeps', () => {
  test.each([
    '<p data-title="un deux" data-x=\'a > b\' hidden>',
    '<!doctype html><meta name="generator" content="un texte"><!-- un deux -->',
    '<script>var a = "un <b>deux</b>"</script><style>p { content: "un" }</style>',
    '<pre>un deux</pre><code>un deux</code><kbd>un</kbd><samp>un</samp><textarea>un deux</textarea>',
    '<p translate="no">un deux</p><p class="a notranslate">trois</p><div translate=NO><p>un<p>deux</div>',
    '<p>12 € 1986</p><p>https://a.fr/un</p><td>&nbsp;</td>',
    '<svg><path d="M0 0"/></svg>',
    '',
    ' \n',
  ])('%s', async (source) => {
    expect(await inHtml(source)).toBe(source)
  })

  test('untranslated parts within translated ones, and the other way around', async () => {
    expect(await inHtml('<p>un <code>npm i</code> deux <span translate="no">trois</span> quatre</p>')).toBe(
      '<p>UN <code>npm i</code> DEUX <span translate="no">trois</span> QUATRE</p>',
    )
    expect(
      await inHtml('<div translate="no">un <b translate="yes">deux <i translate=no>x</i></b> <p>trois</div>'),
    ).toBe('<div translate="no">un <b translate="yes">DEUX <i translate=no>x</i></b> <p>trois</div>')
    expect(await inHtml('<code translate="yes">un deux</code>')).toBe('<code translate="yes">UN DEUX</code>')
  })

  test.each([
    ['tags that close nothing', '<p>un</b> deux</p></div>trois', '<p>UN</b> DEUX</p></div>TROIS'],
    ['what stands for no tag', '<p>1 < 2 et <3 un & deux', '<p>1 &lt; 2 ET &lt;3 UN &amp; DEUX'],
    ['a tag that does not end', '<p>un <b', '<p>UN <b'],
    ['drawings with words', '<svg><text>un</text></svg>', '<svg><text>UN</text></svg>'],
    ['XHTML', '<?xml version="1.0"?>\n<p>un <br/>deux<span/></p>', '<?xml version="1.0"?>\n<p>UN <br/>DEUX<span/></p>'],
    ['empty elements', '<p>un <i class="icon"></i> deux</p>', '<p>UN <i class="icon"></i> DEUX</p>'],
    ['a byte order mark', '\ufeff<p>un</p>', '\ufeff<p>UN</p>'],
    ['text from right to left', '<p dir=rtl>שלום <b>עולם</b></p>', '<p dir=rtl>שלום <b>עולם</b></p>'],
  ])('%s', async (_, source, written) => {
    expect(await inHtml(source)).toBe(written)
  })

  test('five thousand elements in one another, and a line of 200 kB', async () => {
    const deep = `${'<b>'.repeat(5000)}un${'</b>'.repeat(5000)}`
    expect(await inHtml(deep)).toBe(deep.replace('un', 'UN'))
    const long = `<p>${'mot '.repeat(50_000)}</p>`
    expect(await inHtml(long)).toBe(long.replaceAll('mot', 'MOT'))
  })
})
