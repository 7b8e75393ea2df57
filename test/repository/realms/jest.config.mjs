// ES modules, which Node runs as they are: NODE_OPTIONS=--experimental-vm-modules.
export default {
  rootDir: '../../..',
  roots: ['<rootDir>/test/repository/realms'],
  testMatch: ['**/realm.mjs'],
  moduleFileExtensions: ['mjs', 'js', 'cjs', 'json'],
  transform: {},
  testTimeout: 60_000,
}
