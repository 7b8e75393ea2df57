import type { Picture, SvgElement } from '#dist/draw/marks/element.js'

/** Every element of a picture, in order. */
export function elements(picture: Picture): SvgElement[] {
  const inside = (element: SvgElement): SvgElement[] => [
    element,
    ...element.children.flatMap((child) => (typeof child === 'string' ? [] : inside(child))),
  ]
  return picture.content.flatMap(inside)
}

/** All text in an element. */
export const textOf = (element: SvgElement): string =>
  element.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join(' ')

/** Elements with an attribute, of any value or of this one. */
export const marked = (picture: Picture, attribute: string, value?: string | number): SvgElement[] =>
  elements(picture).filter(({ attributes }) =>
    value === undefined ? attribute in attributes : attributes[attribute] === value,
  )

/** The texts of a picture, a line of text each. */
export const texts = (picture: Picture): string[] =>
  elements(picture)
    .filter(({ name }) => name === 'text')
    .map(textOf)
