import { describe, expect, it } from 'vitest'
import { requireConfirmation } from '../../../src/cli/confirmation.ts'
import type { CommandContext } from '../../../src/cli/context.ts'
import type { Terminal } from '../../../src/cli/io.ts'

const ask = (yes: boolean, terminal?: Terminal) =>
  requireConfirmation({ settings: { yes }, terminal } as CommandContext, 'Remove it?')

const answering = (answer: string): Terminal => ({
  ask: async (question) => {
    expect(question).toBe('Remove it? [y/N] ')
    return answer
  },
  askSecret: async () => answer,
})

describe('requireConfirmation', () => {
  it('asks nobody when --yes agreed beforehand', async () => {
    await ask(true)
  })

  it('takes it for a mistake when nobody can answer', async () => {
    await expect(ask(false)).rejects.toMatchObject({
      code: 'USAGE',
      hint: 'give --yes to agree beforehand',
    })
  })

  it.each(['y', 'Y', 'yes', ' yes '])('agrees to %j', async (answer) => {
    await ask(false, answering(answer))
  })

  it.each(['', 'n', 'no', 'yesterday', 'ok'])('takes %j for a no', async (answer) => {
    await expect(ask(false, answering(answer))).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})
