// A frame: the unit in which both formats can be decoded. GreatSQL ends one with every write, so
// a file is many of them in a row (sql/clone_compress.cc).

/** Where a frame lies in its file, and what its headers say of the content. */
export interface Frame {
  readonly offset: number
  /** From the first byte of the magic number to the last of the checksum. */
  readonly compressedBytes: number
  /** As declared in the header; GreatSQL's zstd frames of more than 128 KiB declare none. */
  readonly contentBytes: number | undefined
  /** More than this its blocks cannot hold, whatever they are. */
  readonly contentAtMost: number
  /** Whether a checksum tells that the content is what was compressed. */
  readonly checksummed: boolean
}

/** What the header of a frame says: all that is needed to find the end of it. */
export interface FrameLayout {
  readonly headerBytes: number
  readonly contentBytes: number | undefined
  readonly checksummed: boolean
  /** What follows the last block. */
  readonly trailerBytes: number
  /** Reads the header of the block at this byte of the file. */
  readBlock(offset: number): Block
}

/** One block of a frame. */
export interface Block {
  /** With its header and its own checksum. */
  readonly storedBytes: number
  readonly contentAtMost: number
  readonly last: boolean
}
