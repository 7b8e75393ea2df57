/** The library that reads the directories of zip packages; bundled apart, so that the package has it once. */
export { type Entry, fromRandomAccessReader, type LocalFileHeader, RandomAccessReader, type ZipFile } from 'yauzl'
