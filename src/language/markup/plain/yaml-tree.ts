/** The library that reads YAML; bundled apart, so that the package has it once. */
export { CST, isCollection, isScalar, parseAllDocuments, visit } from 'yaml'
