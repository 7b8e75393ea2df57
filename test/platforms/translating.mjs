// Translates in a project into which the package has been installed, and prints what and how as a line of JSON.
import { backendInfo, Translator } from 'glassformer'

const sentences = [
  'Je suis étudiant.',
  'Il fait froid ce matin.',
  'Merci beaucoup.',
  'Où est la gare, s’il vous plaît ?',
]
const translator = await Translator.load()
const texts = []
for (const sentence of sentences) texts.push((await translator.translate(sentence)).text)
await translator.close()
const { backend, binary, isas, passedOver } = backendInfo()
console.log(JSON.stringify({ texts, backend, binary, isas, passedOver }))
