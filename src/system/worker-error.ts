// Errors on their way from a worker thread to the thread that asked. A thrown object loses its
// class and its own fields when it crosses; what matters of it is carried here as plain data.

import { ClonectlError, type ErrorCode, type ErrorDetails } from '../errors.ts'

/** An error as plain data. `kind` says what it becomes again on the other side. */
export type PackedError =
  | {
      readonly kind: 'clonectl'
      readonly code: ErrorCode
      readonly message: string
      readonly hint: string | undefined
      readonly details: ErrorDetails
    }
  | {
      readonly kind: 'other'
      readonly message: string
      readonly stack: string | undefined
      /** Such as ENOENT; system errors only. */
      readonly systemCode: string | undefined
    }

const systemCodeOf = (error: Error): string | undefined =>
  'code' in error && typeof error.code === 'string' ? error.code : undefined

/** Makes plain data of anything that was thrown. */
export const packError = (error: unknown): PackedError => {
  if (error instanceof ClonectlError) {
    const { code, message, hint, details } = error
    return { kind: 'clonectl', code, message, hint, details }
  }
  const { message, stack, ...rest } =
    error instanceof Error
      ? { message: error.message, stack: error.stack, systemCode: systemCodeOf(error) }
      : { message: String(error), stack: undefined, systemCode: undefined }
  return { kind: 'other', message, stack, ...rest }
}

/** Makes an error again of what `packError` made. Its stack is that of the worker. */
export const unpackError = (packed: PackedError): Error => {
  if (packed.kind === 'clonectl') {
    const { code, message, hint, details } = packed
    return new ClonectlError(code, message, { hint, details })
  }
  const error = new Error(packed.message)
  if (packed.stack !== undefined) error.stack = packed.stack
  return packed.systemCode === undefined ? error : Object.assign(error, { code: packed.systemCode })
}
