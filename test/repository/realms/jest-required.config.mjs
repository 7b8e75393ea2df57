// CommonJS, with nothing that Jest is told of ES modules.
export default {
  rootDir: '../../..',
  roots: ['<rootDir>/test/repository/realms'],
  testMatch: ['**/required.cjs'],
  moduleFileExtensions: ['cjs', 'js', 'json'],
  transform: {},
  testTimeout: 60_000,
}
