import { describe, expect, test } from 'vitest'
import { decodedText, encodedText } from '#dist/formats/disk/text-encoding.js'
import { escapeOf, guessOf } from '#dist/language/markup/document/formats.js'

const latin = (text: string) => Buffer.from(text, 'latin1')

describe('encodings of documents', () => {
  test('Latin-1 is read where it is declared, and where a format has it', () => {
    const page = '<meta charset="ISO-8859-1"><p>d\xe9j\xe0</p>'
    const xml = '<?xml version="1.0" encoding="windows-1252"?><p>d\xe9j\xe0</p>'
    for (const source of [page, xml])
      expect(decodedText(latin(source), 'declared')).toEqual({ text: source, encoding: 'windows-1252' })
    expect(decodedText(latin('d\xe9j\xe0 \x93ici\x94 \x80'), 'plain').text).toBe('déjà “ici” €')
    expect(() => decodedText(latin('d\xe9j\xe0'))).toThrow(/is not UTF-8/)
    expect(() => decodedText(latin('<p>d\xe9j\xe0</p>'), 'declared')).toThrow(/is not UTF-8/)
  })

  test('a page that is UTF-8 is, whatever it says, and one in ASCII is as it says', () => {
    const page = '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"><p>déjà</p>'
    expect(decodedText(Buffer.from(page), 'declared')).toEqual({ text: page, encoding: 'utf-8' })
    expect(decodedText(Buffer.from(page.replace('déjà', 'ici')), 'declared').encoding).toBe('windows-1252')
  })

  test('UTF-16 is read without a mark', () => {
    const bytes = Buffer.from('1\n00:00', 'utf16le')
    expect(decodedText(bytes, 'plain')).toEqual({ text: '1\n00:00', encoding: 'utf-16le' })
    expect(decodedText(Buffer.from(bytes).swap16(), 'plain')).toEqual({ text: '1\n00:00', encoding: 'utf-16be' })
    expect(encodedText('1\n00:00', 'utf-16le')).toEqual(bytes)
  })

  test('what Latin-1 lacks is escaped, or the text becomes UTF-8', () => {
    const text = 'été “ici” Ω😀'
    expect(decodedText(encodedText('été “ici” €', 'windows-1252'), 'plain').text).toBe('été “ici” €')
    expect(Buffer.from(encodedText(text, 'windows-1252', escapeOf('html'))).toString('latin1')).toBe(
      '\xe9t\xe9 \x93ici\x94 &#937;&#128512;',
    )
    expect(Buffer.from(encodedText('Ω😀', 'windows-1252', escapeOf('properties'))).toString()).toBe(
      '\\u03a9\\ud83d\\ude00',
    )
    expect(Buffer.from(encodedText(text, 'windows-1252', escapeOf('srt'))).toString()).toBe(`\ufeff${text}`)
    expect([guessOf('srt'), guessOf('xml'), guessOf('markdown')]).toEqual(['plain', 'declared', 'none'])
  })
})
