/** A page of docs with its tables generated from the schemas. @throws Error where it names an unknown schema */
export function withTables(text: string): string
/** The pages with tables. */
export function pages(): URL[]
