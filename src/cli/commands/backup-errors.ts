// How taking a backup can fail, whether full or increment.

import type { ErrorCode } from '../../errors.ts'

export const backupErrors = [
  'CONFIG',
  'LOCKED',
  'REPOSITORY_MISSING',
  'REPOSITORY_UNREADABLE',
  'REPOSITORY_NEWER',
  'INTEGRITY',
  'SERVER',
  'PREFLIGHT',
  'SPACE',
  'PROCESS',
  'CANCELLED',
] as const satisfies readonly ErrorCode[]
