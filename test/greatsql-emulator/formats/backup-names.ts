// The suffixes of a backup's files: `name`[.delta][.zstd|.lz4][task number], and where files are encrypted
// `name`[.delta[task number]].xbcrypt (GreatSQL clone0apply.cc, create_desc; clone0clone.cc, open_file).

export type CompressMode = 'none' | 'zstd' | 'lz4'

/** What the bytes of a file are. Compressing and encrypting exclude each other. */
export type FileForm = CompressMode | 'xbcrypt'

const suffixes = { none: '', zstd: '.zstd', lz4: '.lz4', xbcrypt: '.xbcrypt' } as const

/** `ibdata1.zstd`. */
export const dataName = (path: string, form: FileForm): string => `${path}${suffixes[form]}`

/** `t.ibd.delta.zstd3`, but `t.ibd.delta3.xbcrypt`; task 0 has no number. */
export const deltaName = (path: string, form: FileForm, task = 0): string => {
  const number = task === 0 ? '' : String(task)
  return form === 'xbcrypt'
    ? `${path}.delta${number}${suffixes[form]}`
    : `${path}.delta${suffixes[form]}${number}`
}

/** Never compressed or encrypted. */
export const metaName = (path: string): string => `${path}.meta`
