import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { sharedFolder } from '../../shared-folder.ts'

/** French sentences of very different lengths. */
export const lines = [
  'Je suis étudiant.',
  'Oui.',
  "Il a dit qu'il viendrait demain matin avec son frère, mais je ne crois pas que ce soit vrai, car il oublie toujours tout ce qu'il promet.",
  'Où est la gare ?',
  "Elle ne m'a jamais parlé de son travail.",
  'Non !',
  "Quand j'étais petit, nous passions tous les étés au bord de la mer chez mes grands-parents, qui avaient une vieille maison.",
  'Il pleut.',
  'Tom aime beaucoup les pommes.',
  'Je ne sais pas quoi faire.',
  "C'est l'heure de partir.",
  'Merci beaucoup pour votre aide.',
]

/** `count` French sentences of Tatoeba, 13 lines apart; none where ../shared is absent. */
export function tatoeba(count: number): string[] {
  if (!sharedFolder) return []
  const text = gunzipSync(readFileSync(`${sharedFolder}/data/tatoeba-fr-en.train.tsv.gz`)).toString()
  const all = text.split('\n')
  return Array.from({ length: count }, (_, i) => all[(13 * i) % (all.length - 1)].split('\t')[0])
}
