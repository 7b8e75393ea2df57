/** Whether tests run that take a minute or more: `npm run test:whole` sets GLASSFORMER_TEST_WHOLE. */
export const isWhole = Boolean(process.env.GLASSFORMER_TEST_WHOLE)

/** Why such a test is skipped otherwise. */
export const NOT_WHOLE = 'it takes long: npm run test:whole'

/** Whether tests run that install packages of others to try ours beside them, or need much memory: where GLASSFORMER_TEST_EXTRAS is set. */
export const hasExtras = Boolean(process.env.GLASSFORMER_TEST_EXTRAS)

/** Why such a test is skipped otherwise. */
export const NO_EXTRAS = 'it installs packages of others: GLASSFORMER_TEST_EXTRAS=1 npm run test:whole'
