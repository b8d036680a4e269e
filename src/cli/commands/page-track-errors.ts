// How every page-track command can fail.

import type { ErrorCode } from '../../errors.ts'

export const pageTrackErrors = [
  'CONFIG',
  'REPOSITORY_UNREADABLE',
  'REPOSITORY_NEWER',
  'SERVER',
  'PREFLIGHT',
] as const satisfies readonly ErrorCode[]
