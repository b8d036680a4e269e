// A lock between processes that cannot go stale: flock(1) holds it for as long as its standard
// input is open, and the kernel closes that when this process ends in whatever way.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

const waitSeconds = 300

/**
 * Runs `work` while holding an exclusive lock on `file`, which is created when missing.
 * @throws Error when another process held the lock for five minutes.
 */
export const withFlock = async <T>(file: string, work: () => Promise<T>): Promise<T> => {
  const child = spawn(
    'flock',
    ['--exclusive', '--timeout', String(waitSeconds), file, 'sh', '-c', 'echo held; exec cat'],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const closed = once(child, 'close')
  const held = await Promise.race([
    once(child.stdout, 'data').then(() => true),
    closed.then(() => false),
  ])
  if (!held) {
    throw new Error(`no lock on ${file}: another process held it for ${waitSeconds} s`)
  }
  try {
    return await work()
  } finally {
    child.stdin.end()
    await closed
  }
}
