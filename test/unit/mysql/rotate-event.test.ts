import { expect, it } from 'vitest'
import { parseRotate } from '../../../src/mysql/rotate-event.ts'

it('a rotate event names the next binlog, and where its events begin', () => {
  const real = Buffer.from('040000000000000062696e6c6f672e303030303032', 'hex')
  expect(parseRotate(real)).toEqual({ nextName: 'binlog.000002', position: 4 })
  expect(parseRotate(real.subarray(0, 8))).toBeUndefined()
})
