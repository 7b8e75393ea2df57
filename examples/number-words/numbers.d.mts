export function french(n: number): string
export function english(n: number): string
