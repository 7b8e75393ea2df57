/** Number words of French and English, 0 to 999,999: a training corpus without a download. */

const FRENCH = [
  'zéro', 'un', 'deux', 'trois', 'quatre', 'cinq', 'six', 'sept', 'huit', 'neuf', 'dix', 'onze', 'douze', 'treize',
  'quatorze', 'quinze', 'seize',
]
const FRENCH_TENS = ['', 'dix', 'vingt', 'trente', 'quarante', 'cinquante', 'soixante', 'soixante', 'quatre-vingt', 'quatre-vingt']

/** 97 → 'quatre-vingt-dix-sept', in the traditional spelling. */
export function french(n) {
  if (n >= 1000) return join(Math.floor(n / 1000), n % 1000, (thousands) => (thousands === 1 ? 'mille' : `${french(thousands).replace(/(vingt|cent)s$/, '$1')} mille`))
  if (n >= 100) return join(Math.floor(n / 100), n % 100, (hundreds, rest) => (hundreds === 1 ? 'cent' : `${french(hundreds)} cent${rest ? '' : 's'}`))
  return frenchBelow100(n)
}

const join = (count, rest, head) => head(count, rest) + (rest ? ` ${french(rest)}` : '')

function frenchBelow100(n) {
  if (n <= 16) return FRENCH[n]
  const tens = Math.floor(n / 10)
  if (tens === 1) return `dix-${FRENCH[n - 10]}`
  // Soixante-dix and quatre-vingt-dix continue counting from ten.
  const rest = tens === 7 || tens === 9 ? n - 10 * (tens - 1) : n % 10
  if (n === 80) return 'quatre-vingts'
  if (rest === 0) return FRENCH_TENS[tens]
  const and = (rest === 1 || rest === 11) && tens < 8
  return `${FRENCH_TENS[tens]}${and ? ' et ' : '-'}${frenchBelow100(rest)}`
}

const ENGLISH = [
  'zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve', 'thirteen',
  'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen',
]
const ENGLISH_TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety']

/** 97 → 'ninety-seven'; 1203 → 'one thousand two hundred and three'. */
export function english(n) {
  if (n >= 1000) {
    const rest = n % 1000
    return `${english(Math.floor(n / 1000))} thousand${rest ? (rest < 100 ? ' and ' : ' ') + english(rest) : ''}`
  }
  if (n >= 100) return `${ENGLISH[Math.floor(n / 100)]} hundred${n % 100 ? ` and ${english(n % 100)}` : ''}`
  if (n < 20) return ENGLISH[n]
  return ENGLISH_TENS[Math.floor(n / 10)] + (n % 10 ? `-${ENGLISH[n % 10]}` : '')
}
