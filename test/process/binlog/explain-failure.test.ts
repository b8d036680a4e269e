import { tmpdir } from 'node:os'
import { expect, it } from 'vitest'
import { explainFailure } from '../../../src/binlog/explain-failure.ts'
import { ClonectlError } from '../../../src/errors.ts'

const explained = (error: unknown) => explainFailure(tmpdir(), error)

it('says what to do about binlogs of another gtid_mode', async () => {
  const anonymous = 'Cannot replicate anonymous transaction when @@GLOBAL.GTID_MODE = ON, at file x'
  await expect(explained(new ClonectlError('PROCESS', anonymous))).rejects.toMatchObject({
    code: 'PROCESS',
    message: anonymous,
    hint: expect.stringContaining('ON_PERMISSIVE'),
  })
  const withGtids = 'Cannot replicate GTID-transaction when @@GLOBAL.GTID_MODE = OFF, at file x'
  await expect(explained(new ClonectlError('PROCESS', withGtids))).rejects.toMatchObject({
    hint: expect.stringContaining('OFF_PERMISSIVE'),
  })
})

it('leaves other failures as they are', async () => {
  const cancelled = new ClonectlError('CANCELLED', 'stopped')
  await expect(explained(cancelled)).rejects.toBe(cancelled)
  const lost = new ClonectlError('PROCESS', 'Lost connection', { details: { exitCode: 1 } })
  await expect(explained(lost)).rejects.toMatchObject({
    message: 'Lost connection',
    hint: undefined,
    details: { exitCode: 1 },
  })
})
