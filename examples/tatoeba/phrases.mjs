/**
 * The pairs of the third training: those of everyday.mjs, and phrases for meeting, asking and thanking, of which
 * Tatoeba has few: set phrases in all spellings, and sentences with names, towns and things to order.
 *
 *     node examples/tatoeba/phrases.mjs everyday.tsv phrases.tsv
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { english, french } from '../number-words/numbers.mjs'

const women = `
  Marie Sophie Claire Julie Camille Léa Emma Chloé Alice Anne Louise Jeanne Sarah Laura Nathalie Isabelle Élise
  Manon Inès Zoé Nadia Fatima Mary Jane Kate Lucy
`
const men = `
  Jean Paul Pierre Thomas Nicolas Lucas Hugo Louis Antoine Julien Marc Luc Michel Philippe Karim Mohamed Olivier
  Éric Tom John Peter David Daniel Max Léo Victor
`
const towns = `
  Paris Lyon Marseille Toulouse Nice Bordeaux Lille Strasbourg Nantes Rennes Genève:Geneva Bruxelles:Brussels
  Montréal:Montreal Londres:London Berlin Madrid Rome Tokyo Boston
`

/** Each word with its English translation. */
const pairsOf = (words) =>
  words
    .trim()
    .split(/\s+/)
    .map((word) => word.split(':'))
    .map(([there, here = there]) => [there, here])
const people = [...pairsOf(women), ...pairsOf(men)]

/** Phrases said to somebody or to nobody. */
const greetings = [
  ['Bonjour', 'Hello'],
  ['Bonsoir', 'Good evening'],
  ['Bonne nuit', 'Good night'],
  ['Bonne journée', 'Have a nice day'],
  ['Bonne soirée', 'Have a nice evening'],
  ['Salut', 'Hi'],
  ['Coucou', 'Hi'],
  ['Au revoir', 'Goodbye'],
  ['Adieu', 'Farewell'],
  ['À bientôt', 'See you soon'],
  ['À demain', 'See you tomorrow'],
  ['À plus tard', 'See you later'],
  ["À tout à l'heure", 'See you later'],
  ['À ce soir', 'See you tonight'],
  ['À lundi', 'See you on Monday'],
  ['Bienvenue', 'Welcome'],
  ['Merci', 'Thank you'],
  ['Merci beaucoup', 'Thank you very much'],
  ['Merci bien', 'Thanks a lot'],
  ['Merci pour tout', 'Thank you for everything'],
  ['Merci pour votre aide', 'Thank you for your help'],
  ['De rien', "You're welcome"],
  ['Je vous en prie', "You're welcome"],
  ["Je t'en prie", "You're welcome"],
  ['Enchanté', 'Nice to meet you'],
  ['Enchantée', 'Nice to meet you'],
  ['Ravi de vous rencontrer', 'Nice to meet you'],
  ['Excusez-moi', 'Excuse me'],
  ['Excuse-moi', 'Excuse me'],
  ['Pardon', 'Sorry'],
  ['Désolé', 'Sorry'],
  ['Désolée', 'Sorry'],
  ['Je suis désolé', "I'm sorry"],
  ['Je suis désolée', "I'm sorry"],
  ['Joyeux anniversaire', 'Happy birthday'],
  ['Bon anniversaire', 'Happy birthday'],
  ['Joyeux Noël', 'Merry Christmas'],
  ['Bonne année', 'Happy New Year'],
  ['Bon appétit', 'Enjoy your meal'],
  ['Bon voyage', 'Have a good trip'],
  ['Bon week-end', 'Have a nice weekend'],
  ['Bonnes vacances', 'Have a nice holiday'],
  ['Bonne chance', 'Good luck'],
  ['Bon courage', 'Good luck'],
  ['Félicitations', 'Congratulations'],
  ['Bravo', 'Well done'],
  ['Santé', 'Cheers'],
  ['Oui', 'Yes'],
  ['Non', 'No'],
  ['Oui, merci', 'Yes, thank you'],
  ['Non, merci', 'No, thank you'],
  ["D'accord", 'Okay'],
  ['Bien sûr', 'Of course'],
  ['Allô', 'Hello'],
  ["S'il vous plaît", 'Please'],
  ["S'il te plaît", 'Please'],
  ['Un instant', 'Just a moment'],
  ['Un moment', 'Just a moment'],
  ['Attention', 'Watch out'],
  ['Au secours', 'Help'],
  ['Je ne sais pas', "I don't know"],
  ['Je ne comprends pas', "I don't understand"],
  ['Je comprends', 'I understand'],
  ['Ça va', "I'm fine"],
  ['Ça va bien', "I'm fine"],
  ['Ça va, merci', "I'm fine, thank you"],
  ['À vos souhaits', 'Bless you'],
  ['À tes souhaits', 'Bless you'],
  ['Très bien, merci', 'Very well, thank you'],
  ["Ce n'est pas grave", "It doesn't matter"],
  ['Pas de problème', 'No problem'],
  ["Je t'aime", 'I love you'],
  ['Tu me manques', 'I miss you'],
]

/** Questions to somebody or to nobody. */
const questions = [
  ['Comment ça va', "How's it going"],
  ['Ça va', 'How are you'],
  ['Comment allez-vous', 'How are you'],
  ['Comment vas-tu', 'How are you'],
  ["Comment t'appelles-tu", "What's your name"],
  ['Comment vous appelez-vous', "What's your name"],
  ["Comment s'appelle-t-il", "What's his name"],
  ["Comment s'appelle-t-elle", "What's her name"],
  ['Ça va bien, et vous', "I'm fine, and you"],
  ['Ça va, et toi', "I'm fine, and you"],
  ['Et vous', 'And you'],
  ['Et toi', 'And you'],
  ["D'où venez-vous", 'Where are you from'],
  ['Où habites-tu', 'Where do you live'],
  ['Quel âge as-tu', 'How old are you'],
  ['Parlez-vous anglais', 'Do you speak English'],
  ['Parlez-vous français', 'Do you speak French'],
  ["Pouvez-vous m'aider", 'Can you help me'],
  ['Quelle heure est-il', 'What time is it'],
  ['Où sont les toilettes', 'Where are the toilets'],
  ['Où est la gare', 'Where is the station'],
  ['Combien ça coûte', 'How much does it cost'],
  ["C'est combien", 'How much is it'],
  ["Qu'est-ce que c'est", 'What is it'],
  ['Pourquoi', 'Why'],
  ['Quand', 'When'],
  ['Vraiment', 'Really'],
]

const addressed = [
  ['monsieur', 'sir'],
  ['madame', "ma'am"],
  ['mademoiselle', 'miss'],
  ['docteur', 'doctor'],
  ['mon ami', 'my friend'],
  ['mon amour', 'my love'],
  ['maman', 'Mom'],
  ['papa', 'Dad'],
  ['tout le monde', 'everyone'],
  ['les enfants', 'children'],
  ['mes amis', 'my friends'],
]

/** A star is replaced by a name, a town, or a thing to order. */
const withPeople = [
  ["Je m'appelle *.", 'My name is *.'],
  ["Bonjour, je m'appelle *.", 'Hello, my name is *.'],
  ["Salut, je m'appelle *.", 'Hi, my name is *.'],
  ["Moi, je m'appelle *.", 'My name is *.'],
  ['Mon nom est *.', 'My name is *.'],
  ['Je suis *.', "I'm *."],
  ['Bonjour, je suis *.', "Hello, I'm *."],
  ["Tu t'appelles * ?", 'Is your name *?'],
  ["Mon frère s'appelle *.", "My brother's name is *."],
  ["Ma sœur s'appelle *.", "My sister's name is *."],
  ["Mon ami s'appelle *.", "My friend's name is *."],
  ["Mon chien s'appelle *.", "My dog's name is *."],
  ["Mon chat s'appelle *.", "My cat's name is *."],
  ['Voici *.', 'This is *.'],
  ['Voici mon ami *.', 'This is my friend *.'],
  ['Je vous présente *.', 'Let me introduce *.'],
  ['Où est * ?', 'Where is *?'],
  ['Êtes-vous * ?', 'Are you *?'],
  ['Je cherche *.', "I'm looking for *."],
  ['Comment va * ?', 'How is *?'],
  ["J'aime *.", 'I love *.'],
]
const withWomen = [
  ["Elle s'appelle *.", 'Her name is *.'],
  ["Ma fille s'appelle *.", "My daughter's name is *."],
  ["Ma mère s'appelle *.", "My mother's name is *."],
  ["Ma voisine s'appelle *.", "My neighbor's name is *."],
  ["Elle s'appelle * et elle habite ici.", 'Her name is * and she lives here.'],
  ["Voici ma sœur, elle s'appelle *.", 'This is my sister. Her name is *.'],
  ["Est-ce qu'elle s'appelle * ?", 'Is her name *?'],
]
const withMen = [
  ["Il s'appelle *.", 'His name is *.'],
  ["Mon fils s'appelle *.", "My son's name is *."],
  ["Mon père s'appelle *.", "My father's name is *."],
  ["Mon voisin s'appelle *.", "My neighbor's name is *."],
  ["Il s'appelle * et il habite ici.", 'His name is * and he lives here.'],
  ["Voici mon frère, il s'appelle *.", 'This is my brother. His name is *.'],
  ["Est-ce qu'il s'appelle * ?", 'Is his name *?'],
]
const withPlaces = [
  ["J'habite à *.", 'I live in *.'],
  ['Je vis à *.', 'I live in *.'],
  ['Je viens de *.', "I'm from *."],
  ['Bienvenue à *.', 'Welcome to *.'],
  ['Je vais à *.', "I'm going to *."],
  ['Nous sommes à *.', 'We are in *.'],
  ['Il fait beau à *.', 'The weather is nice in *.'],
  ["Un billet pour *, s'il vous plaît.", 'A ticket to *, please.'],
]
const things = [
  ['un café', 'a coffee'],
  ['un thé', 'a tea'],
  ['une bière', 'a beer'],
  ["un verre d'eau", 'a glass of water'],
  ['un verre de vin', 'a glass of wine'],
  ["un jus d'orange", 'an orange juice'],
  ['une baguette', 'a baguette'],
  ['un croissant', 'a croissant'],
  ['deux croissants', 'two croissants'],
  ['une table pour deux', 'a table for two'],
  ['une chambre', 'a room'],
  ["l'addition", 'the bill'],
  ['la carte', 'the menu'],
  ['un billet', 'a ticket'],
  ['du pain', 'some bread'],
  ["de l'eau", 'some water'],
]
const withThings = [
  ["*, s'il vous plaît.", '*, please.'],
  ["*, s'il te plaît.", '*, please.'],
  ['Je voudrais *.', "I'd like *."],
  ["Je voudrais *, s'il vous plaît.", "I'd like *, please."],
  ["J'aimerais *, s'il vous plaît.", "I'd like *, please."],
  ["Bonjour, je voudrais *, s'il vous plaît.", "Hello, I'd like *, please."],
  ["Puis-je avoir *, s'il vous plaît ?", 'Can I have *, please?'],
]
const weather = [
  ['Il fait beau', 'The weather is nice'],
  ['Il fait chaud', "It's hot"],
  ['Il fait froid', "It's cold"],
  ['Il pleut', "It's raining"],
  ['Il neige', "It's snowing"],
  ['Il y a du vent', "It's windy"],
  ['Il y a du soleil', "It's sunny"],
]
const days = [
  ["aujourd'hui", 'today'],
  ['ce matin', 'this morning'],
  ['ce soir', 'this evening'],
  ['ici', 'here'],
  ['maintenant', 'now'],
  ['à nouveau', 'again'],
]

const [from, to] = process.argv.slice(2)
const written = new Set()
for (const [there, here] of said()) {
  written.add(`${there}\t${here}`)
  written.add(`${there.replace(/ ?[.!?]$/, '')}\t${here.replace(/[.!?]$/, '')}`)
  if (there.split(' ').length < 6) written.add(`${lower(there)}\t${lower(here)}`)
}
writeFileSync(to, `${readFileSync(from, 'utf8')}${[...written].map((line) => `${line}\n`).join('')}`)

function* said() {
  yield* marked(greetings, ['.', ' !', '!'])
  yield* marked(questions, [' ?', '?'])
  yield* together()
  yield* filled(withPeople, people)
  yield* filled(withWomen, pairsOf(women))
  yield* filled(withMen, pairsOf(men))
  yield* filled(withPlaces, pairsOf(towns))
  yield* filled(withThings, things)
  for (const [there, here] of weather) yield* filled([[`${there}.`, `${here}.`], [`${there} *.`, `${here} *.`]], days)
  for (const [n, [name]] of people.entries()) {
    const [age, old] = [french(n + 8), english(n + 8)]
    yield [`Je m'appelle ${name} et j'ai ${age} ans.`, `My name is ${name} and I'm ${old} years old.`]
    yield [`${name} a ${age} ans.`, `${name} is ${old} years old.`]
  }
}

/** Phrases with each of the marks, and addressed to each of the people with one of them. */
function* marked(phrases, marks) {
  for (const [there, here] of phrases) {
    for (const mark of marks) yield [`${there}${mark}`, `${here}${mark.trim()}`]
    for (const [n, [name, called]] of [...people, ...addressed].entries()) {
      const mark = marks[n % marks.length]
      yield [`${there}, ${name}${mark}`, `${here}, ${called}${mark.trim()}`]
    }
  }
}

/** Each greeting with others, and followed by questions. */
function* together() {
  for (const [n, [there, here]] of greetings.entries())
    for (let step = 1; step <= 8; step++) {
      const [then, next] = greetings[(n + 5 * step) % greetings.length]
      yield [`${there}. ${then}.`, `${here}. ${next}.`]
      const [asked, question] = questions[(n + 3 * step) % questions.length]
      yield [`${there} ! ${asked} ?`, `${here}! ${question}?`]
      yield [`${there}, ${lower(asked)} ?`, `${here}, ${lower(question)}?`]
    }
}

function* filled(sentences, words) {
  for (const [there, here] of sentences)
    for (const [word, means] of words) yield [there.replace('*', word), here.replace('*', means)].map(upper)
}

function upper(text) {
  return `${text[0].toUpperCase()}${text.slice(1)}`
}

/** The phrase in lower case, except that an initial I stays a capital. */
function lower(text) {
  return /^I\b/.test(text) ? text : `${text[0].toLowerCase()}${text.slice(1)}`
}
