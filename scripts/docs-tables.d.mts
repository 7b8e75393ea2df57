/** A page of docs with its tables as the schemas have them. @throws Error where it names a schema that there is not */
export function withTables(text: string): string
/** The pages with tables. */
export function pages(): URL[]
