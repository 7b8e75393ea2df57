/**
 * The abbreviations of a language that end with a full stop, and words that begin its sentences. Words capitalized here
 * are always capitalized; other words may be.
 */
interface Abbreviations {
  /**
   * Abbreviations followed by a name or another word: the sentence continues. Abbreviations of several parts may have
   * white space in them: "p. ex."
   */
  titles: string
  /** Abbreviations only before a number: “p. 12”, but “He likes art. Then he …”. */
  beforeNumbers: string
  /**
   * Abbreviations that may end a sentence: they do where a word of `starters` follows. Otherwise a capitalized word
   * continues the sentence: “5 Mio. Euro”.
   */
  mayEnd: string
  /** Words that begin a sentence where they are capitalized, and are neither names nor parts of names. */
  starters: string
}

const EVERYWHERE: Abbreviations = {
  titles:
    'MM Mme Mmes Mlle Mlles Mgr Dr Drs Pr Prof St Ste Sts Mr Mrs Ms Messrs Rev Gen Col Maj Capt Lt Sgt Gov Sen Rep Mt ' +
    'Hr Fr Hrn Frl Dipl Sra Sr Srta Dra Dña Sig Sigg Dott Ing Avv av bd cf vs e.g i.e',
  beforeNumbers: 'p pp n no nos nr vol vols art arts fig figs abb chap ch kap sec par al ex env ca pág núm tel ext',
  mayEnd: '',
  starters: '',
}

const LANGUAGES: Readonly<Record<string, Abbreviations>> = {
  fr: {
    titles: 'M boul ets sté p.-ex p.ex c.-à-d c-à-d c.à.d réf tél éd apr resp',
    beforeNumbers: 'h hr min mn s t fasc op janv févr fév avr juil juill sept oct nov déc inv bât apt',
    mayEnd: 'J.-C J.C',
    starters:
      'il elle ils elles on je tu nous vous ce cet cette ces cela ça mais et ou donc or car puis ensuite alors aussi enfin ' +
      'ainsi pourtant cependant quand lorsque si comme pourquoi comment où qui que quoi mon ma mes ton ta tes son sa ses ' +
      'notre nos votre vos leur leurs un une dans après avant pendant depuis aujourd demain hier voici voilà',
  },
  en: {
    titles: 'Hon Pres Supt Dept Univ viz',
    beforeNumbers: 'eq eqs ref refs para pt ver Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec approx rm apt',
    mayEnd: 'Inc Ltd Corp Co Bros Jr U.S U.K U.N D.C A.D B.C Ph.D B.A M.A',
    starters:
      'he she it we they you this that these those there here then but and or so when while if as after before my your his ' +
      'her its our their what who why how where which however now today yesterday tomorrow i a an the in on at for from with',
  },
  de: {
    titles: 'dipl z.B d.h u.a i.d.R s.o s.u m.E bzw vgl evtl ggf inkl exkl sog bspw insb geb verh ehem',
    beforeNumbers: 'S Bd Abs Tab Aufl Nrn Jg Ziff Rn Anm Str Jan Feb Apr Aug Sept Okt Nov Dez',
    mayEnd: 'Mio Mrd v.Chr n.Chr Jh Jhd Std usw',
    starters:
      'der die das den dem des ein eine einen einem einer er sie es wir ich ihr du man dann danach aber und oder doch denn ' +
      'wenn als ob weil da so wie was wer wo warum wann hier dort heute morgen gestern jetzt nun mein dein sein unser euer ' +
      'dieser diese dieses jeder alle im am in an auf mit nach von vor bei zu für aus über unter zwischen',
  },
  es: {
    titles: 'Sres Sras Srtas Ud Uds Vd Vds Lic Arq Gral Cap Sto Sta avda p.ej Tte',
    beforeNumbers: 'págs pag pags cap tít apdo tlf ed aprox',
    mayEnd: 'EE.UU a.C d.C S.A',
    starters:
      'él ella ellos ellas yo tú nosotros usted ustedes esto eso este esta estos estas ese esa pero y o luego después entonces ' +
      'también cuando si como mi mis tu tus su sus nuestro nuestra un una unos unas en por para con sin aquí allí hoy ayer mañana ' +
      'qué quién dónde cómo no se me te le',
  },
  it: {
    titles: 'sig sigg dott prof ing avv arch geom on mons rag p.es ad.es cfr vd Spett Gent Egr',
    beforeNumbers: 'pag pagg nn artt cap ss tav sez op',
    mayEnd: 'a.C d.C S.p.A',
    starters:
      'egli lui lei noi voi loro io tu questo questa questi quello quella ma e o poi dopo allora anche quando se come mio mia ' +
      'tuo tua suo sua nostro un una uno in per con qui oggi ieri domani perché chi cosa dove non si mi ti ci',
  },
  pt: {
    titles: 'Srs Sras Profa Eng Exmo Exma v.ex p.ex séc Gal Cel',
    beforeNumbers: 'págs pag cap ed aprox',
    mayEnd: 'a.C d.C S.A',
    starters:
      'ele ela eles elas eu tu nós você vocês isto isso este esta esse essa mas e ou depois então também quando se como meu ' +
      'minha teu tua seu sua nosso um uma uns umas em por para com aqui hoje ontem amanhã porque quem onde não',
  },
  nl: {
    titles: 'dhr mevr mw ir mr ing drs ds bijv b.v d.w.z d.i o.a m.b.t t.a.v i.p.v i.v.m m.n resp incl excl',
    beforeNumbers: 'blz hfst afb jan feb mrt apr aug sept okt nov dec',
    mayEnd: 'v.Chr n.Chr mln mld',
    starters:
      'de het een hij zij ze wij we ik jij je u dit dat deze die maar en of dan daarna toen als want omdat hier daar nu vandaag ' +
      'gisteren morgen mijn jouw zijn haar ons hun wat wie waar waarom hoe wanneer in op aan met voor van bij na',
  },
}

/** The facts about a language that the sentence splitter needs. */
export interface KnownAbbreviations {
  titles: ReadonlySet<string>
  beforeNumbers: ReadonlySet<string>
  mayEnd: ReadonlySet<string>
  starters: ReadonlySet<string>
}

const known = new Map<string, KnownAbbreviations>()

/** The abbreviations of a language, a BCP 47 tag, with those shared by several languages. */
export function abbreviationsOf(locale: string): KnownAbbreviations {
  const language = locale.split('-')[0].toLowerCase()
  let own = known.get(language)
  if (own === undefined) {
    own = merged(LANGUAGES[language])
    known.set(language, own)
  }
  return own
}

function merged(own: Abbreviations | undefined): KnownAbbreviations {
  const all = (field: keyof Abbreviations) =>
    new Set(`${EVERYWHERE[field]} ${own?.[field] ?? ''}`.split(' ').flatMap(forms))
  return {
    titles: all('titles'),
    beforeNumbers: all('beforeNumbers'),
    mayEnd: all('mayEnd'),
    starters: all('starters'),
  }
}

/** A word and its capitalized form. */
const forms = (word: string): string[] => (word === '' ? [] : [word, word[0].toUpperCase() + word.slice(1)])
