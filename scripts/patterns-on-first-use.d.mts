/** The module with a call in place of each reference to a constant that is a pattern with Unicode classes. */
export declare function withPatternsOnFirstUse(code: string): string | undefined
