/**
 * Whether tests run that take long, or install packages of others to be tried beside ours: where GLASSFORMER_TEST_WHOLE is set. CI has twenty
 * minutes, and does without.
 */
export const isWhole = Boolean(process.env.GLASSFORMER_TEST_WHOLE)

/** Why a test is skipped otherwise. */
export const NOT_WHOLE = 'it takes long: GLASSFORMER_TEST_WHOLE=1 npm test'
