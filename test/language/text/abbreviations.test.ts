import { describe, expect, test } from 'vitest'
import { joinSentences, splitSentences } from '#dist/language/text/sentences/sentences.js'

/** Texts of each language; a bar stands where a sentence begins. */
const texts: Record<string, string[]> = {
  fr: [
    'M. Dupont et Mme Martin sont là. | MM. Petit et Roux aussi.',
    'Prenez un fruit, p. ex. Une pomme.',
    'On se voit p. ex. demain. | À bientôt.',
    'Des fruits, c.-à-d. Des pommes.',
    'Le train part à 12 h. 30. | Il arrive à 14 h. | Il repart.',
    'Il aime l’art. | Il part.',
    "Voir l'art. 12 et le chap. IV du vol. 3. | Voir aussi la p. 7.",
    'Des pommes, des poires, etc. | Il mange tout.',
    'Rome, en 44 av. J.-C. Brutus tue César.',
    'Il est mort en 44 av. J.-C. | Puis tout a changé.',
    'Cf. Dupont, éd. Gallimard. | Fin.',
    'Il habite au 5, bd. Voltaire, près de l’av. Foch. | Elle aussi.',
    'Il prend de la vitamine C. | Elle n’en prend pas.',
    'J. K. Rowling et George W. Bush sont là. | J. Le Goff non.',
    'Le mur fait 3 m. | Il est haut.',
    'Mon ex. | Il est parti.',
    'Le 3 févr. 2020, il part. | Le 5 janv. | Il revient.',
    'Les Ets. Martin, tél. 12. | Merci.',
    'S.N.C.F. Paris. | C’est fini.',
  ],
  en: [
    'Mr. Smith met Dr. Jones. | They talked.',
    'He likes art. | Then he left.',
    'See No. 5, Fig. 3 and pp. 10 to 12. | See also Vol. IV.',
    'He has a cat, e.g. Tom. | He has dogs, i.e. Two.',
    'The U.S. President and the U.K. Government agree. | He lives in the U.S. | She does not.',
    'He works for Smith Inc. | She works for Jones & Co. | They are happy.',
    'Apple Inc. Chairman Levinson spoke.',
    'John Smith Jr. | He is here.',
    'He left at 5 p.m. | Tom stayed.',
    'She has plan B. | It is good.',
    'Apples, pears, etc. | He eats all.',
    'It is a yes or a no. | Then we know.',
    'On Jan. 5 he came. | On Sept. 12 he left.',
    'Smith et al. 2019 say so. | We agree.',
    'Prof. Brown of St. Louis is here. | The prof. | He teaches.',
  ],
  de: [
    'Hr. Müller und Fr. Maier sind da. | Dr. Koch auch.',
    'Obst, z. B. Äpfel und z.B. Birnen. | Er isst alles.',
    'Vgl. S. 12, Abb. 3 und Bd. 4. | Das ist alles.',
    'Am 3. Oktober regnet es. | Er kam am 3. | Dann ging er.',
    'Das kostet 5 Mio. Euro. | Es sind 5 Mio. | Das ist viel.',
    'Im Jahr 44 v. Chr. Starb Cäsar.',
    'Caesar starb 44 v. Chr. | Danach kam Augustus.',
    'Er wohnt in der Hauptstr. 5 in St. Gallen. | Sie auch.',
    'Äpfel, Birnen usw. | Er isst alles.',
    'Er kommt ggf. Montag, d. h. Bald. | Gut.',
    'Er kann nicht sagen, was er mag. | Sie kann es.',
    'Nr. 5 lebt. | Art. 3 gilt.',
  ],
  es: [
    'El Sr. Pérez y la Sra. Gómez viven aquí. | El Dr. Ruiz también.',
    'Una fruta, p. ej. Una manzana. | Bien.',
    'Véase pág. 5 y núm. 3. | Es fácil.',
    'Vive en EE. UU. | Ella no.',
    'El gobierno de EE. UU. Americano dice que no.',
    'Murió en 44 a. C. | Después llegó Augusto.',
    'Como Ud. Sabe, es tarde. | Adiós.',
    'Quiero ir. | Pero no puedo.',
    'Manzanas, peras, etc. | Me gustan.',
    'Vive en la Avda. Goya. | No es lejos.',
  ],
  it: [
    'Il sig. Rossi e il dott. Bianchi sono qui. | La prof. Neri no.',
    'Un frutto, p. es. Una mela. | Bene.',
    'Vedi pag. 5 e cap. IV. | È facile.',
    'Cesare morì nel 44 a.C. | Poi venne Augusto.',
    'Cfr. Manzoni. | Fine.',
    'Mele, pere, ecc. | Mi piacciono.',
    'Il libro di G. Verdi è bello. | Lo leggo.',
  ],
  pt: [
    'O Sr. Silva e a Sra. Costa moram aqui. | O Dr. Reis também.',
    'Uma fruta, p. ex. Uma maçã. | Bom.',
    'Ver pág. 5 e cap. 3. | É fácil.',
    'Morreu em 44 a.C. | Depois veio Augusto.',
    'No séc. XX tudo mudou. | Hoje é assim.',
    'Maçãs, peras, etc. | Eu gosto.',
    'Eu quero ir. | Mas não posso.',
  ],
  nl: [
    'Dhr. Jansen en mevr. De Vries zijn er. | Ir. Bakker ook.',
    'Fruit, bijv. Appels. | Goed.',
    'Zie blz. 5 en nr. 3. | Dat is alles.',
    'Het kost 5 mln. Euro. | Dat is veel.',
    'Appels, peren enz. | Ik eet alles.',
  ],
}

describe.each(Object.entries(texts))('%s', (locale, lines) => {
  test.each(lines)('%s', (line) => {
    const { sentences, spaces } = splitSentences(line.replaceAll(' | ', '  '), locale)
    expect(sentences).toEqual(line.split(' | '))
    expect(joinSentences(sentences, spaces)).toBe(line.replaceAll(' | ', '  '))
  })
})

test('other languages have the titles that are alike in many', () => {
  expect(splitSentences('Dr. Novák je tu. Dobře.', 'cs').sentences).toEqual(['Dr. Novák je tu.', 'Dobře.'])
})
