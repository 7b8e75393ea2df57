/** Light or dark paper: the screen's, or the reader's choice. */
export type ThemeChoice = 'auto' | 'light' | 'dark'

const KEY = 'glassformer-theme'

const choices: readonly ThemeChoice[] = ['auto', 'light', 'dark']

export function chosenTheme(): ThemeChoice {
  return choices.find((choice) => choice === stored()) ?? 'auto'
}

export function chooseTheme(choice: ThemeChoice): void {
  document.documentElement.dataset.theme = choice
  try {
    localStorage.setItem(KEY, choice)
  } catch {
    // A file from disk may have no storage.
  }
}

/** The theme after the button is pressed. */
export const nextTheme = (choice: ThemeChoice): ThemeChoice => choices[(choices.indexOf(choice) + 1) % choices.length]

function stored(): string | null {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}
