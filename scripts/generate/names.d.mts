/** The parts of names.mjs that tests use. */
export function kebab(name: string): string
export function snake(name: string): string
