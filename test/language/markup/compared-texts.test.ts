import { describe, expect, test } from 'vitest'
import { comparedBy, comparedIn, comparisonWith } from '#dist/language/markup/office/compared-texts.js'

describe('a formula compares with cells', () => {
  test.each([
    ['IF(A1="oui",1,0)', ['oui']],
    ['IF("oui"=A1,"bien","mal")', ['oui']],
    ['A1<>"non"', ['non']],
    ['SUMPRODUCT((A1:A9="payé")*B1:B9)', ['payé']],
    ['VLOOKUP("Prix net",Feuille!A:B,2,FALSE)', ['Prix net']],
    ['_xlfn.XLOOKUP("a",A:A,B:B,"rien")', ['a', 'rien']],
    ['INDEX(B:B,MATCH("Total",A:A,0))&" euros"', ['Total']],
    ['COUNTIF(A:A,"<>oui*")+SUMIFS(C:C,A:A,"=chat",B:B,">5")', ['oui*', 'chat', '5']],
    ['ISNUMBER(SEARCH("urgent",A1))', ['*urgent*']],
    ['MATCH("a",{"b","c"},0)', ['a', 'b', 'c']],
    ['IF(A1="dit ""oui""",1)', ['dit "oui"']],
    ['IF(A1="a*",1)', ['a~*']],
    ['"oui,non, peut-être"', ['oui', 'non', 'peut-être']],
    ['"un"&B1', []],
    ['CONCATENATE("un",\'IF(A1="oui"\'!B2)', []],
    ['SUM(A1:A9)', []],
  ])('%s', (formula, expected) => {
    expect(comparedBy(formula)).toEqual(expected)
  })

  test('in cells, in rules of formats and of what may be entered', () => {
    const sheet = `<x:row><x:c><x:f t="shared">IF(A1="a &amp; b",1)</x:f><x:v>0</x:v></x:c><c><f/></c></x:row>
      <cfRule type="expression"><formula>$A1="tard"</formula></cfRule><dataValidation><formula1>"oui,non"</formula1></dataValidation>`
    expect(comparedIn(sheet)).toEqual(['a & b', 'tard', 'oui', 'non'])
  })
})

test.each([
  ['oui', 'Oui', true],
  ['oui', 'ouille', false],
  ['oui*', 'Ouille', true],
  ['*chat*', 'un chat noir', true],
  ['ch?t', 'chat', true],
  ['ch?t', 'chaat', false],
  ['a~*', 'a*', true],
  ['a~*', 'ab', false],
  ['*a*b', 'aab', true],
  ['*a*b', 'aba', false],
])('the text %s compares with the cell %s: %s', (criterion, cell, expected) => {
  expect(comparisonWith([criterion])(cell)).toBe(expected)
})
