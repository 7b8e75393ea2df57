/** Makes the addon ready in which AMX and AVX-VNNI are emulated, or gives the reason why it cannot be built here. */
export function buildEmulated(): Promise<string | undefined>
