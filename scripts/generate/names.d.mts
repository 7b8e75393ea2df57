/** The parts of names.mjs that tests use. */
export function kebab(name: string): string
export function snake(name: string): string
export function fileName(name: string, rows: readonly { name: string }[]): string
