/** The header of every page, whose button changes the theme. A page imports this file once. */
import { chooseTheme, chosenTheme, nextTheme } from '../page/theme.ts'

/** An element that the page's HTML has. */
export function element<T extends HTMLElement>(id: string): T {
  // biome-ignore lint/style/noNonNullAssertion: the page is written with these elements
  return document.getElementById(id)! as T
}

const button = element('theme')
const names = { auto: 'system', light: 'light', dark: 'dark' }

const sayTheme = () => {
  button.textContent = `Theme: ${names[chosenTheme()]}`
}

chooseTheme(chosenTheme())
sayTheme()
button.onclick = () => {
  chooseTheme(nextTheme(chosenTheme()))
  sayTheme()
}
