// The bytes before the first event, and the error for a file whose bytes are no events.
import { ClonectlError } from '../errors.ts'

/** log_event.h BINLOG_MAGIC; the events begin after it. */
const magic = Buffer.from([0xfe, 0x62, 0x69, 0x6e])
/** basic_ostream.h: an encrypted file begins with these bytes instead. */
const encryptedMagic = Buffer.from([0xfd, 0x62, 0x69, 0x6e])

/** The first event begins behind that many bytes. */
export const MAGIC_BYTES = magic.length

/** INTEGRITY: what was found in a binlog at a position. */
export const notReadable = (
  path: string,
  position: number,
  found: string,
  hint?: string,
): ClonectlError =>
  new ClonectlError('INTEGRITY', `${path}: ${found} at position ${position}`, {
    hint: hint ?? 'Fetch the file from the server again (clonectl binlog pull).',
    details: { path, position },
  })

/** Throws INTEGRITY for what is no binlog or an encrypted one. */
export const checkMagic = (found: Buffer, path: string): void => {
  if (found.equals(magic)) return
  if (found.equals(encryptedMagic))
    throw notReadable(
      path,
      0,
      'the binlog is encrypted, which clonectl cannot read;',
      'Replay from the running server (--binlog-server), which decrypts it.',
    )
  throw notReadable(path, 0, 'found no binlog magic number (fe 62 69 6e)')
}
