import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { checkSchema, parseJson } from '../../../src/repository/json-file.ts'
import { refusalOf } from '../../fakes/refusal.ts'

const path = '/repo/run.json'

describe('parseJson', () => {
  it('gives the value, of this format or of none', () => {
    expect(parseJson('{"format":1,"a":[2]}', path)).toEqual({ format: 1, a: [2] })
    expect(parseJson('null', path)).toBeNull()
    expect(parseJson('{"format":"9"}', path)).toEqual({ format: '9' })
  })

  it('refuses a newer format, naming it and what it can read', () => {
    expect(refusalOf(() => parseJson('{"format":2,"what":"ever"}', path))).toMatchObject({
      code: 'REPOSITORY_NEWER',
      message: '/repo/run.json has format 2; this clonectl reads up to 1',
      details: { path, format: 2 },
    })
  })

  it.each(['', '{', '{"format":2', 'not json'])('refuses %j, which is not JSON', (text) => {
    expect(refusalOf(() => parseJson(text, path))).toMatchObject({
      code: 'REPOSITORY_UNREADABLE',
      message: 'cannot understand /repo/run.json: it is not JSON',
    })
  })
})

describe('checkSchema', () => {
  const schema = z.object({ steps: z.array(z.object({ step: z.string() })), pid: z.int() })

  it('gives what the schema knows', () => {
    const value = { steps: [{ step: 'clone', more: 1 }], pid: 7, more: 1 }
    expect(checkSchema(schema, value, path)).toEqual({ steps: [{ step: 'clone' }], pid: 7 })
  })

  it('names every field that is wrong', () => {
    const error = refusalOf(() => checkSchema(schema, { steps: [{ step: 1 }], pid: 1.5 }, path))
    expect(error.code).toBe('REPOSITORY_UNREADABLE')
    expect(error.message).toContain('steps.0.step:')
    expect(error.message).toContain('pid:')
  })

  it('says so when the whole is of another kind', () => {
    expect(refusalOf(() => checkSchema(schema, [], path)).message).toContain('(top):')
  })
})
