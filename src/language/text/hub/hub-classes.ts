/** The Python classes of tokenizers. */
export const hubClasses = [
  'T5',
  'Pegasus',
  'NLLB',
  'M2M100',
  'MBart',
  'MBart50',
  'Bart',
  'Blenderbot',
  'BlenderbotSmall',
  'PLBart',
  'Whisper',
  'GPT2',
] as const
export type HubClass = (typeof hubClasses)[number]

/** The languages of mBART (Liu et al. 2020), in the order of their ids, for folders whose files do not list them. */
export const mbartLanguages: readonly string[] =
  'ar_AR cs_CZ de_DE en_XX es_XX et_EE fi_FI fr_XX gu_IN hi_IN it_IT ja_XX kk_KZ ko_KR lt_LT lv_LV my_MM ne_NP nl_XX ro_RO ru_RU si_LK tr_TR vi_VN zh_CN'.split(
    ' ',
  )

/** The languages of PLBart's tokens by its setting language_codes, in the order of their ids. */
export const plbartLanguages: Readonly<Record<string, readonly string[]>> = {
  base: ['__java__', '__python__', '__en_XX__'],
  multi: ['__java__', '__python__', '__en_XX__', '__javascript__', '__php__', '__ruby__', '__go__'],
}

/** The additional languages of mBART-50 (Tang et al. 2020), which follow mBART's. */
export const mbart50Languages: readonly string[] = [
  ...mbartLanguages,
  ...'af_ZA az_AZ bn_IN fa_IR he_IL hr_HR id_ID ka_GE km_KH mk_MK ml_IN mn_MN mr_IN pl_PL ps_AF pt_XX sv_SE sw_KE ta_IN te_IN th_TH tl_XX uk_UA ur_PK xh_ZA gl_ES sl_SI'.split(
    ' ',
  ),
]
