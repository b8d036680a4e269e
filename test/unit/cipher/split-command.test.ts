import { describe, expect, it } from 'vitest'
import { splitCommand } from '../../../src/cipher/split-command.ts'

describe('a command line', () => {
  it.each([
    ['vault read key', ['vault', 'read', 'key']],
    ['  /bin/cat\t/etc/key\n', ['/bin/cat', '/etc/key']],
    [`get 'my key' "a 'b' c"`, ['get', 'my key', `a 'b' c`]],
    [`--name='my key'x "" ''`, ['--name=my keyx', '', '']],
    ['echo $HOME `id` a|b; c\\ d', ['echo', '$HOME', '`id`', 'a|b;', 'c\\', 'd']],
  ])('%j is %j', (text, words) => {
    expect(splitCommand(text)).toEqual(words)
  })

  it.each([
    ['', 'empty'],
    [' \n', 'empty'],
    [`get 'my key`, 'quote'],
    [`get "it's`, 'quote'],
    [`"`, 'quote'],
  ])('%j is refused', (text, why) => {
    expect(() => splitCommand(text)).toThrow(
      expect.objectContaining({ code: 'CONFIG', message: expect.stringContaining(why) }),
    )
  })
})
