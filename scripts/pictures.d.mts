/** A kind of picture: its files, and the function that makes them in a folder. */
interface Kind {
  files: string[]
  make(files: string[], folder: string): void | Promise<void>
}

export const kinds: Record<'charts' | 'figures' | 'pages' | 'curves', Kind>
export function makePictures(
  names: readonly (keyof typeof kinds)[],
  folder: string,
  only?: readonly string[],
): Promise<void>
