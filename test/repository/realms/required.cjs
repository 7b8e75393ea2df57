/** A test that Jest runs as CommonJS: its own `require` loads no ES modules before Node 24. */
const { GlassformerError, Translator } = require('glassformer')

test.each(['glassformer/inspect', 'glassformer/queue', 'glassformer/serve', 'glassformer/transformers'])(
  'require loads %s',
  (name) => {
    expect(Object.keys(require(name)).length).toBeGreaterThan(0)
  },
)

test('require loads the package, which translates', async () => {
  const translator = await Translator.load(undefined, { workers: 1, threads: 1 })
  const [{ text }] = await translator.translate(['Je suis étudiant.'])
  expect(text).toBe('I am a student.')
  await expect(translator.translate(5)).rejects.toThrow(GlassformerError)
  await translator.close()
})
