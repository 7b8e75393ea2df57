/** The text of docs/api-report.md, from the types in dist/. */
export function apiReport(): string
