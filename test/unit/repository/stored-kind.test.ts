import { expect, it } from 'vitest'
import { readStoredPath } from '../../../src/repository/stored-kind.ts'

it.each([
  ['#clone/#clone_checkpoints', 'marker', undefined],
  ['#innodb_redo/#ib_redo12.lz4', 'redo', undefined],
  ['#innodb_redo/#ib_redo0', 'redo', undefined],
  ['ib_buffer_pool.zstd', 'other', undefined],
  ['shop/t.ibd', 'other', undefined],
  ['shop/t.ibd.delta', 'delta', 'shop/t.ibd'],
  ['shop/t.ibd.delta.zstd3', 'delta', 'shop/t.ibd'],
  ['undo_001.meta', 'meta', 'undo_001'],
  ['shop/l@0023g@002e.ibd.meta', 'meta', 'shop/l@0023g@002e.ibd'],
])('%s is a %s file', (path, kind, tablespace) => {
  expect(readStoredPath(path)).toMatchObject({ path, kind, tablespace })
})
