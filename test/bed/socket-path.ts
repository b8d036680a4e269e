// Where a test server's Unix socket lies. The kernel limits its path (unix(7)), and test directories
// can be deep.
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const longestSocketPath = 107

/**
 * `dir/mysqld.sock`, or a short path in the temporary directory when that is too long; always the
 * same path for the same directory.
 * @throws Error when the temporary directory's path is too long as well.
 */
export const socketPathFor = (dir: string): string => {
  const own = join(dir, 'mysqld.sock')
  if (Buffer.byteLength(own) <= longestSocketPath) return own
  const digest = createHash('sha256').update(dir).digest('hex').slice(0, 16)
  const short = join(tmpdir(), `clonectl-bed-${digest}.sock`)
  if (Buffer.byteLength(short) <= longestSocketPath) return short
  throw new Error(`no room for a Unix socket: ${short} is longer than 107 bytes; set TMPDIR`)
}
