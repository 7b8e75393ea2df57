/** The mark before a translation that may be wrong. */
export const FLAG = '[?] '

/** The confidence below which a translation may be wrong, where the user gives none. */
export const DOUBTFUL = 0.5
