// A binlog of the archive as a replay wants it: read through its compression, and proved by its hash when
// it is copied.

import type { BinlogMember } from '../../binlog/binlog-archive.ts'
import { addonDecoder } from '../../codec/addon-decoder.ts'
import { readContent } from '../../codec/read-content.ts'
import { ClonectlError } from '../../errors.ts'
import { scanBinlog, scanBinlogBlocks } from '../../mysql/binlog-file.ts'
import { digestFile } from '../../repository/file-digest.ts'
import { copyNewFile } from '../../system/copy-new-file.ts'
import type { ReplayLog } from './replay-log.ts'

/** `changesServer`: the log before it is another server's. */
export const logOfMember = (
  { facts, path, sealed }: BinlogMember,
  changesServer: boolean,
): ReplayLog => {
  const isOpen = sealed === undefined
  const isCompressed = sealed?.stored.compression === 'zstd'
  const { name, sizeBytes } = facts
  return {
    ...{ name, path, sizeBytes, isOpen, changesServer },
    // What is still written to may have more by now.
    facts: sealed,
    events: () =>
      isCompressed
        ? scanBinlogBlocks(readContent({ source: path, codec: 'zstd' }), { name: path })
        : scanBinlog(path, { open: isOpen }),
    async copyTo(destination, signal) {
      if (isCompressed)
        await addonDecoder.decodeFile({
          ...{ source: path, destination, codec: 'zstd', signal },
          expectedBytes: sizeBytes,
        })
      else await copyNewFile(path, destination)
      if (sealed !== undefined) await requireSealed(destination, path, sealed.sha256)
    },
  }
}

const requireSealed = async (copy: string, path: string, expected: string): Promise<void> => {
  const { sha256 } = await digestFile(copy)
  if (sha256 === expected) return
  throw new ClonectlError(
    'INTEGRITY',
    `${path} holds a binlog with sha256 ${sha256}, expected ${expected}`,
    {
      hint: 'bring the file back from a copy of the repository, or pull it again while the server has it',
      details: { path, sha256, expected },
    },
  )
}
