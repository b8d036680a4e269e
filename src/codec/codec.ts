// The two ways in which GreatSQL compresses the files of a backup.

/** Value of `clone_file_compress`, and the suffix of the files it makes. */
export type Codec = 'zstd' | 'lz4'

export const codecs: readonly Codec[] = ['zstd', 'lz4']
