/** The classes of tokenizers in Python that encoder-decoders have. */
export const hubClasses = ['T5', 'Pegasus', 'NLLB', 'M2M100', 'MBart', 'MBart50', 'Bart', 'Blenderbot'] as const
export type HubClass = (typeof hubClasses)[number]
