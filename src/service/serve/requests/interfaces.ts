/** The interfaces that a server may have. */
export const interfaces = ['v1', 'deepl', 'libretranslate', 'openai'] as const
