// The suffixes of a backup's files: `name`[.delta][.zstd|.lz4][task number] (GreatSQL clone0apply.cc,
// create_desc; clone0clone.cc, open_file).

export type CompressMode = 'none' | 'zstd' | 'lz4'

const suffixes = { none: '', zstd: '.zstd', lz4: '.lz4' } as const

/** `ibdata1.zstd`. */
export const dataName = (path: string, mode: CompressMode): string => `${path}${suffixes[mode]}`

/** `t.ibd.delta.zstd3`; task 0 has no number. */
export const deltaName = (path: string, mode: CompressMode, task = 0): string =>
  `${path}.delta${suffixes[mode]}${task === 0 ? '' : String(task)}`

/** Never compressed. */
export const metaName = (path: string): string => `${path}.meta`
