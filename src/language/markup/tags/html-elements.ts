const names = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/))

/** Elements that end a text and begin another one. Unknown elements are part of a text, as browsers show them. */
export const BLOCKS = names(
  `address article aside audio base blockquote body br button canvas caption center col colgroup datalist dd details dialog dir div dl dt
  embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe legend li link main menu meta
  nav noframes noscript object ol optgroup option p param pre search section select source summary table tbody td template textarea tfoot
  th thead title tr track ul video xmp plaintext listing desc text`,
)

/** Elements with untranslated content: code, data, and text of programs. */
export const KEPT = names('code iframe kbd listing math noembed noframes plaintext pre samp script style textarea xmp')

/** Elements that show no words of the sentence around them. */
export const SILENT = names('iframe noembed noframes script style math svg')

/** How the characters beside them are read aloud: a translation, whose characters are others, drops them. */
export const READINGS = names('rp rt rtc')

/** Elements around characters and their readings. */
export const READ_ALOUD = names('ruby rb')
