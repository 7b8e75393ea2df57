/**
 * The programs with strings for examples/tatoeba/extra/strings.mjs, each with its licence and the reader of its files.
 * `from` is the origin: a package of npm or PyPI, or a repository of GitHub, unpacked into the folder `name` beside the
 * others.
 */
import {
  blocklyMessages,
  byEnglish,
  comments,
  components,
  hashedJson,
  indented,
  indexed,
  json,
  modules,
  names,
  phpByEnglish,
  phpByKey,
  typescriptMessages,
} from './readers.mjs'

export const sources = [
  { name: 'cldr-localenames-full', from: 'npm', licence: 'Unicode-3.0', pairs: names('main/fr', 'main/en') },
  { name: 'cldr-dates-full', from: 'npm', licence: 'Unicode-3.0', pairs: names('main/fr', 'main/en') },
  { name: 'cldr-units-full', from: 'npm', licence: 'Unicode-3.0', pairs: names('main/fr', 'main/en') },
  { name: 'cldr-numbers-full', from: 'npm', licence: 'Unicode-3.0', pairs: names('main/fr', 'main/en') },
  {
    name: 'cldr-annotations-full',
    from: 'npm',
    licence: 'Unicode-3.0',
    pairs: names('annotations/fr', 'annotations/en'),
  },
  {
    name: 'hass_frontend',
    from: 'PyPI, home-assistant-frontend',
    licence: 'Apache-2.0',
    pairs: hashedJson('hass_frontend/static/translations'),
  },
  {
    name: 'homeassistant-2026.11.0',
    from: 'PyPI, homeassistant',
    licence: 'Apache-2.0',
    pairs: components('homeassistant/components'),
  },
  {
    name: 'homeassistant-2024.3.3',
    from: 'PyPI, homeassistant',
    licence: 'Apache-2.0',
    pairs: components('homeassistant/components'),
  },
  {
    name: 'matrix-react-sdk',
    from: 'npm, 3.100.0',
    licence: 'Apache-2.0',
    pairs: json('src/i18n/strings/fr.json', 'src/i18n/strings/en_EN.json'),
  },
  {
    name: 'jitsi-react-native-sdk',
    from: 'npm, @jitsi/react-native-sdk',
    licence: 'Apache-2.0',
    pairs: json('lang/main-fr.json', 'lang/main.json'),
  },
  { name: 'typescript', from: 'npm, 5.9', licence: 'Apache-2.0', pairs: typescriptMessages },
  { name: 'blockly', from: 'npm', licence: 'Apache-2.0', pairs: blocklyMessages },
  {
    name: 'thingsboard',
    from: 'GitHub, thingsboard/thingsboard',
    licence: 'Apache-2.0',
    pairs: json(...localeFiles('ui-ngx/src/assets/locale/locale.constant-', 'fr_FR', 'en_US')),
  },
  {
    name: 'keycloakify',
    from: 'npm',
    licence: 'MIT (texts of Keycloak: Apache-2.0)',
    pairs: modules(
      ['login/i18n/messages_defaultSet/fr.js', 'login/i18n/messages_defaultSet/en.js'],
      ['account/i18n/messages_defaultSet/fr.js', 'account/i18n/messages_defaultSet/en.js'],
    ),
  },
  { name: 'monaco-editor', from: 'npm', licence: 'MIT', pairs: indexed },
  {
    name: 'clerk-localizations',
    from: 'npm, @clerk/localizations',
    licence: 'MIT',
    pairs: modules(['dist/fr-FR.mjs', 'dist/en-US.mjs']),
  },
  {
    name: 'payloadcms-translations',
    from: 'npm, @payloadcms/translations',
    licence: 'MIT',
    pairs: modules(['dist/languages/fr.js', 'dist/languages/en.js', 'frTranslations', 'enTranslations']),
  },
  {
    name: 'strapi-admin',
    from: 'npm, @strapi/admin, outside of ee/',
    licence: 'MIT',
    pairs: modules(['dist/admin/admin/src/translations/fr.json.mjs', 'dist/admin/admin/src/translations/en.json.mjs']),
  },
  { name: 'element-plus', from: 'npm', licence: 'MIT', pairs: modules(['dist/locale/fr.mjs', 'dist/locale/en.mjs']) },
  { name: 'vuetify', from: 'npm', licence: 'MIT', pairs: modules(['lib/locale/fr.js', 'lib/locale/en.js']) },
  {
    name: 'naive-ui',
    from: 'npm',
    licence: 'MIT',
    pairs: modules(['lib/locales/common/frFR.js', 'lib/locales/common/enUS.js']),
  },
  { name: 'quasar', from: 'npm', licence: 'MIT', pairs: modules(['lang/fr.js', 'lang/en-US.js']) },
  { name: 'survey-core', from: 'npm', licence: 'MIT', pairs: comments('fesm/i18n/french.mjs') },
  {
    name: 'excalidraw-excalidraw',
    from: 'npm, @excalidraw/excalidraw',
    licence: 'MIT',
    pairs: modules(['dist/prod/locales/fr-FR-RHASNOE6.js', 'dist/prod/locales/en-B4ZKOASM.js']),
  },
  {
    name: 'uppy-locales',
    from: 'npm, @uppy/locales',
    licence: 'MIT',
    pairs: modules(['lib/fr_FR.js', 'lib/en_US.js']),
  },
  {
    name: 'ag-grid-community-locale',
    from: 'npm, @ag-grid-community/locale',
    licence: 'MIT',
    pairs: modules(['dist/package/main.cjs.js', 'dist/package/main.cjs.js', 'AG_GRID_LOCALE_FR', 'AG_GRID_LOCALE_EN']),
  },
  { name: 'primelocale', from: 'npm', licence: 'MIT', pairs: json('fr.json', 'en.json') },
  {
    name: 'docusaurus-theme-translations',
    from: 'npm, @docusaurus/theme-translations',
    licence: 'MIT',
    pairs: json('locales/fr/theme-common.json', 'locales/base/theme-common.json'),
  },
  {
    name: 'wekan',
    from: 'GitHub, wekan/wekan',
    licence: 'MIT',
    pairs: json(...localeFiles('imports/i18n/data/', 'fr.i18n', 'en.i18n')),
  },
  {
    name: 'hoppscotch',
    from: 'GitHub, hoppscotch/hoppscotch',
    licence: 'MIT',
    pairs: json(...localeFiles('packages/hoppscotch-common/locales/', 'fr', 'en')),
  },
  {
    name: 'kanboard',
    from: 'GitHub, kanboard/kanboard',
    licence: 'MIT',
    pairs: phpByEnglish('app/Locale/fr_FR/translations.php'),
  },
  { name: 'BookStack', from: 'GitHub, BookStackApp/BookStack', licence: 'MIT', pairs: phpByKey('lang/fr', 'lang/en') },
  { name: 'lang', from: 'GitHub, Laravel-Lang/lang', licence: 'MIT', pairs: byEnglish('locales/fr/json.json') },
  {
    name: 'devise-i18n',
    from: 'GitHub, tigrish/devise-i18n',
    licence: 'MIT',
    pairs: indented('rails/locales/fr.yml', 'rails/locales/en.yml'),
  },
]

function localeFiles(path, french, english) {
  return [`${path}${french}.json`, `${path}${english}.json`]
}
