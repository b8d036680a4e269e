// Writes the files of a backup, compressed or not: one frame for every write call, as GreatSQL does.
import { open, type FileHandle } from 'node:fs/promises'
import { constants } from 'node:fs'
import { SqlError } from '../protocol/sql-error.ts'
import type { CompressMode } from '../formats/backup-names.ts'
import { lz4Frame } from '../formats/lz4-frame.ts'
import { zstdFrame } from '../formats/zstd-frame.ts'

/** clone_local.cc: a compressing local clone copies 128 blocks of 4 KiB at a time. */
const WRITE_BYTES = 512 * 1024
const FILE_MODE = 0o640

export interface Compression {
  readonly mode: CompressMode
  /** clone_file_compress_chunk_size; kept in 32 bits by the server. */
  readonly chunkBytes: number
}

const writeFailure = (reason: string): SqlError =>
  new SqlError(1026, 'HY000', `Error writing file 'Clone File' (errno: 0 - ${reason})`)

const encode = async (content: Buffer, { mode, chunkBytes }: Compression): Promise<Buffer> => {
  if (mode === 'none') return content
  if (mode === 'zstd') return zstdFrame(content)
  try {
    return await lz4Frame(content, chunkBytes)
  } catch {
    // The plugin's message, whatever the LZ4 writer found (clone_compress.cc, label err).
    throw writeFailure('compress: write to the destination file failed')
  }
}

export const createFile = (path: string): Promise<FileHandle> =>
  open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, FILE_MODE)

/** Writes every piece as a write call of its own. A file without pieces has 0 bytes. */
export const writePieces = async (
  path: string,
  pieces: AsyncIterable<Buffer> | Iterable<Buffer>,
  compression: Compression,
): Promise<void> => {
  const file = await createFile(path)
  try {
    for await (const piece of pieces) await file.write(await encode(piece, compression))
  } finally {
    await file.close()
  }
}

async function* readInPieces(path: string): AsyncGenerator<Buffer> {
  const file = await open(path)
  try {
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(WRITE_BYTES))
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}

/** Copies a file through the codec. */
export const writeCopy = async (
  from: string,
  to: string,
  compression: Compression,
): Promise<void> => {
  await writePieces(to, readInPieces(from), compression)
}
