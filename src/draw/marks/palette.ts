/** A color of the palette as an attribute's value, resolved by CSS on the page and by `svgText` in a file. */
export type Color = `var(--${keyof (typeof palette)['light']})`

export type Theme = keyof typeof palette

/** Every color of pages and pictures, on light and dark paper. Heads take `head0` to `head7` in turn. */
export const palette = {
  light: {
    paper: '#ffffff',
    ink: '#1f2328',
    quiet: '#59636e',
    line: '#d1d9e0',
    soft: '#f6f8fa',
    right: '#1a7f37',
    wrong: '#b35900',
    positive: '#0b6bcb',
    negative: '#c2410c',
    head0: '#0b6bcb',
    head1: '#c2410c',
    head2: '#1a7f37',
    head3: '#8250df',
    head4: '#b3261e',
    head5: '#7a5c00',
    head6: '#0f766e',
    head7: '#bf3989',
  },
  dark: {
    paper: '#0d1117',
    ink: '#e6edf3',
    quiet: '#9198a1',
    line: '#30363d',
    soft: '#151b23',
    right: '#56d364',
    wrong: '#f0a35e',
    positive: '#58a6ff',
    negative: '#ff9a62',
    head0: '#58a6ff',
    head1: '#ff9a62',
    head2: '#56d364',
    head3: '#c297ff',
    head4: '#ff7b72',
    head5: '#e3b341',
    head6: '#2dd4bf',
    head7: '#f778ba',
  },
} as const

/** The color of a head, a curve or any other numbered thing. */
export const headColor = (head: number): Color => `var(--head${(head % 8) as 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7})`

/** The palette as CSS properties, for use as `var(--ink)`. */
export const paletteCss = (theme: Theme): string =>
  Object.entries(palette[theme])
    .map(([name, color]) => `--${name}: ${color};`)
    .join(' ')
