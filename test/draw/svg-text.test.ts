import { describe, expect, test } from 'vitest'
import { type Picture, svg } from '#dist/draw/marks/element.js'
import { label } from '#dist/draw/marks/label.js'
import { palette } from '#dist/draw/marks/palette.js'
import { svgText } from '#dist/draw/marks/svg-text.js'
import { rendered } from './rendered.ts'

const picture = (...content: Picture['content']): Picture => ({
  width: 120,
  height: 40,
  title: 'a <b> & "c"',
  description: 'says </desc>',
  content,
})

describe('a picture as the text of an SVG file', () => {
  test('is a whole document with its title, description and paper', () => {
    const text = svgText(picture(), 'light')
    expect(text).toContain('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40" width="120" height="40"')
    expect(text).toContain('<title>a &lt;b&gt; &amp; &quot;c&quot;</title>')
    expect(text).toContain('<desc>says &lt;/desc&gt;</desc>')
    expect(text).toContain(`<rect width="120" height="40" fill="${palette.light.paper}"/>`)
  })

  test.each(['light', 'dark'] as const)('on %s paper every color is literal', (theme) => {
    const text = svgText(picture(svg('rect', { fill: 'var(--head2)', stroke: 'var(--line)' })), theme)
    expect(text).toContain(`fill="${palette[theme].head2}" stroke="${palette[theme].line}"`)
    expect(text).not.toContain('var(')
    expect(text).not.toContain('<style>')
  })

  test('for either screen the colors are properties that follow it', () => {
    const text = svgText(picture(svg('rect', { fill: 'var(--ink)' })), 'either')
    expect(text).toContain('fill="var(--ink)"')
    expect(text).toContain(`--ink: ${palette.light.ink}`)
    expect(text).toMatch(new RegExp(`prefers-color-scheme: dark.*--ink: ${palette.dark.ink}`))
  })

  test('a text that looks like a color stays text', () => {
    expect(svgText(picture(svg('text', { 'data-token': 'var(--ink)' }, 'var(--ink)')), 'dark')).toContain(
      '<text data-token="var(--ink)">var(--ink)</text>',
    )
  })

  test('shown wider or narrower, it keeps its proportions', () => {
    const text = svgText(picture(), 'light', 300)
    expect(text).toContain('viewBox="0 0 120 40" width="300" height="100"')
  })

  test.each([
    '<script>alert(1)</script>',
    '"><image href="x" onerror="y"/>',
    "it's & that",
    'שלום עולם',
    'مرحبا',
    '👩‍👩‍👧 🇫🇷',
    'a\u0000b\u001bc\ufffe',
    '\ud800 half',
    ']]>',
  ])('%j stays text, and SVG readers accept it', (token) => {
    const text = svgText(picture(label(token, 4, 20)), 'light')
    expect(text.match(/<(\w+)/g)).toEqual(['<svg', '<title', '<desc', '<rect', '<text'])
    expect(rendered(text).width).toBe(120)
  })
})
