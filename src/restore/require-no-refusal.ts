// A plan that is refused: everything that stands against it as one error.

import { ClonectlError } from '../errors.ts'
import type { RestorePlan } from './request.ts'

/** Throws the first refusal of the plan, with the words of all of them. */
export const requireNoRefusal = ({ refusals, recoveryWindow }: RestorePlan): void => {
  const [first, ...more] = refusals
  if (first === undefined) return
  throw new ClonectlError(first.code, [first, ...more].map(({ message }) => message).join('; '), {
    hint: first.hint,
    details: {
      refusals,
      recoveryWindow: recoveryWindow && {
        from: recoveryWindow.from.toISOString(),
        to: recoveryWindow.to.toISOString(),
      },
    },
  })
}
