/** Prepares the addon that emulates AMX and AVX-VNNI, or returns the reason why it cannot be built here. */
export function buildEmulated(): Promise<string | undefined>
