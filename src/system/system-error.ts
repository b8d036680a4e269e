// Refusals of the operating system, in words for a user: a full disk and a missing right are no
// bugs of clonectl.

import { ClonectlError, type ErrorCode } from '../errors.ts'

const CODES: Readonly<Record<string, { readonly code: ErrorCode; readonly hint: string }>> = {
  ENOSPC: { code: 'SPACE', hint: 'free space on that disk, then run the command again' },
  EDQUOT: { code: 'SPACE', hint: 'raise the quota or free space, then run the command again' },
  EACCES: { code: 'PATH_FORBIDDEN', hint: 'run clonectl as root, or as the user mysqld runs as' },
  EPERM: { code: 'PATH_FORBIDDEN', hint: 'run clonectl as root, or as the user mysqld runs as' },
  EROFS: { code: 'PATH_FORBIDDEN', hint: 'the file system is mounted read-only' },
  EIO: { code: 'INTEGRITY', hint: 'the disk reports errors: see the log of the kernel' },
  EMFILE: { code: 'PROCESS', hint: 'raise the limit of open files (ulimit -n)' },
}

/** The error as a refusal that a user can act on; undefined for anything else. */
export const fromSystemError = (error: unknown): ClonectlError | undefined => {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  if ('syscall' in error && error.syscall === 'uv_cwd') return noWorkingDirectory(error)
  const known = CODES[String(error.code)]
  if (known === undefined) return undefined
  return new ClonectlError(known.code, `the system refused: ${error.message}`, {
    hint: known.hint,
    details: { systemCode: String(error.code) },
    cause: error,
  })
}

const noWorkingDirectory = (cause: Error): ClonectlError =>
  new ClonectlError('CONFIG', 'the directory this shell works in does not exist any more', {
    hint: 'change to another directory (cd), then run the command again',
    cause,
  })
