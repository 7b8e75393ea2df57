/** An emulator takes a hundred times as long: GLASSFORMER_TEST_SHARE says what share of the usual random cases are tried. */
const { GLASSFORMER_TEST_SHARE = '1' } = process.env

/** How many random cases are to be tried, where there are `usual` ones: at least one. */
export const casesOf = (usual: number): number => Math.ceil(usual * Number(GLASSFORMER_TEST_SHARE))
