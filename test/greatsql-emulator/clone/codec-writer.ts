// Writes the files of a backup, compressed, encrypted or as they are, one write call after the other: a call makes
// a frame of its own, as GreatSQL does.
import { open, type FileHandle } from 'node:fs/promises'
import { constants } from 'node:fs'
import { SqlError } from '../protocol/sql-error.ts'
import type { FileForm } from '../formats/backup-names.ts'
import { lz4Frame } from '../formats/lz4-frame.ts'
import { EncryptFailure, type Encrypter } from '../formats/xbcrypt.ts'
import { zstdFrame } from '../formats/zstd-frame.ts'

/** clone_local.cc: a compressing local clone copies 128 blocks of 4 KiB at a time. */
const WRITE_BYTES = 512 * 1024
/** clone_os.cc, clone_os_copy_file_to_file: a local clone without O_DIRECT encrypts through its stack. */
const ENCRYPT_BYTES = 4096
const FILE_MODE = 0o640

/** How files are written. */
export interface Writing {
  readonly form: FileForm
  /** clone_file_compress_chunk_size; kept in 32 bits by the server. */
  readonly chunkBytes: number
  /** With `xbcrypt`. One for the whole clone: bytes may stay in it from one file to the next. */
  readonly encrypter: Encrypter | undefined
}

const writeFailure = (reason: string): SqlError =>
  new SqlError(1026, 'HY000', `Error writing file 'Clone File' (errno: 0 - ${reason})`)

/** What the client is told of an error without a text is a guess; the statement fails. */
const encrypted = (encrypt: () => Buffer): Buffer => {
  try {
    return encrypt()
  } catch (error) {
    if (!(error instanceof EncryptFailure)) throw error
    throw new SqlError(1105, 'HY000', 'Unknown error')
  }
}

const encrypt = (content: Buffer, encrypter: Encrypter): Buffer => {
  const out: Buffer[] = []
  for (let at = 0; at < content.length; at += ENCRYPT_BYTES) {
    const call = content.subarray(at, at + ENCRYPT_BYTES)
    out.push(encrypted(() => encrypter.write(call)))
  }
  return Buffer.concat(out)
}

const encode = async (content: Buffer, writing: Writing): Promise<Buffer> => {
  const { form, chunkBytes, encrypter } = writing
  if (encrypter !== undefined) return encrypt(content, encrypter)
  if (form === 'zstd') return zstdFrame(content)
  if (form !== 'lz4') return content
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
  writing: Writing,
): Promise<void> => {
  const file = await createFile(path)
  try {
    for await (const piece of pieces) await file.write(await encode(piece, writing))
    const { encrypter } = writing
    if (encrypter !== undefined) await file.write(encrypted(() => encrypter.endFile()))
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

/** Copies a file through codec or cipher. */
export const writeCopy = async (from: string, to: string, writing: Writing): Promise<void> => {
  await writePieces(to, readInPieces(from), writing)
}
