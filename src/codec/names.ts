// What the name of a file in a backup says about it. GreatSQL builds a name as
// `name[.delta][.xbcrypt][.zstd|.lz4]`, and every writer task but the first appends its number at
// the very end: `t.ibd.delta.zstd3` (clone0desc.cc, create_desc). A search for `*.zstd` misses
// those, and with them the pages they hold.

import type { Codec } from './codec.ts'

/** A name taken apart; putting it together again is `formatStoredName`. */
export interface StoredName {
  /** What the file is called once it is neither compressed nor encrypted: `t.ibd.delta3`. */
  readonly plainName: string
  readonly codec: Codec | undefined
  readonly encrypted: boolean
}

/** What the plain name of a delta says. */
export interface DeltaName {
  /** The file that its pages belong to: `t.ibd`. */
  readonly tablespace: string
  /** Which task wrote it: '' for the first, else its number as it stands in the name. */
  readonly writer: string
}

const compressedForm = /^(?<name>.*[^/])\.(?<codec>zstd|lz4)$/s
const numberedForm = /^(?<name>.*[^/]\.delta)\.(?<codec>zstd|lz4)(?<writer>\d+)$/s
const encryptedForm = /^(?<name>.*[^/])\.xbcrypt$/s
const deltaForm = /^(?<tablespace>.*[^/])\.delta(?<writer>\d*)$/s

interface Uncompressed {
  readonly name: string
  readonly codec: Codec | undefined
}

const takeCodec = (name: string): Uncompressed => {
  const { groups } = compressedForm.exec(name) ?? numberedForm.exec(name) ?? {}
  if (groups === undefined) return { name, codec: undefined }
  const { name: rest = '', codec, writer = '' } = groups
  return { name: rest + writer, codec: codec === 'lz4' ? 'lz4' : 'zstd' }
}

/**
 * Takes the name of a file of a backup apart; directories before it are kept. A name without any
 * of the suffixes is its own plain name. `t.ibd.delta3.zstd`, which GreatSQL does not write but a
 * hand may, is read as what `t.ibd.delta.zstd3` is.
 */
export const parseStoredName = (path: string): StoredName => {
  const { name, codec } = takeCodec(path)
  const encrypted = encryptedForm.exec(name)?.groups
  return { plainName: encrypted?.['name'] ?? name, codec, encrypted: encrypted !== undefined }
}

/** The name under which GreatSQL would store a file; the inverse of `parseStoredName`. */
export const formatStoredName = ({ plainName, codec, encrypted }: StoredName): string => {
  const inner = encrypted ? `${plainName}.xbcrypt` : plainName
  if (codec === undefined) return inner
  const delta = encrypted ? undefined : parseDeltaName(plainName)
  return delta === undefined
    ? `${inner}.${codec}`
    : `${delta.tablespace}.delta.${codec}${delta.writer}`
}

/** Reads a plain name; undefined when it is not that of a delta. */
export const parseDeltaName = (plainName: string): DeltaName | undefined => {
  const { groups } = deltaForm.exec(plainName) ?? {}
  if (groups === undefined) return undefined
  const { tablespace = '', writer = '' } = groups
  return { tablespace, writer }
}
