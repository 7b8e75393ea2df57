/** A page without its examples. */
const prose = (text: string) =>
  text.replace(/^( *)```[\s\S]*?^\1```$/gm, '').replace(/`[^`\n]*`/g, (code) => ' '.repeat(code.length))

/** The targets of a page's links and pictures. */
export const links = (text: string): string[] =>
  Array.from(prose(text).matchAll(/\]\(([^)\s]+)\)/g), ([, target]) => target!)
