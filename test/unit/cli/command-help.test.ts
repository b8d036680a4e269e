import { describe, expect, it } from 'vitest'
import { epilogueOf } from '../../../src/cli/command-help.ts'
import { readCommandLine } from '../../../src/cli/command-line.ts'
import { allCommands, commandGroups } from '../../../src/cli/commands/all.ts'
import { readGivenArguments } from '../../../src/cli/given-arguments.ts'
import { sharedOptions } from '../../../src/cli/shared-options.ts'
import { errorTable } from '../../../src/errors.ts'

const helpOf = (words: string, columns = 80): string => {
  const line = readCommandLine(readGivenArguments([...words.split(' '), '--help']), columns)
  if (line.kind === 'run') throw new Error(`${words} --help would run`)
  return line.text
}

describe.each(allCommands.map((command) => [command.name, command] as const))(
  'the help of %s',
  (name, command) => {
    it('shows its options, an example and every exit status', () => {
      const help = helpOf(name)
      for (const option of Object.keys(command.options)) expect(help).toContain(`--${option} `)
      expect(help).toContain('Examples:')
      expect(help).toContain('EXIT STATUS\n    0  done\n    1  a bug in clonectl\n    2  USAGE: ')
      for (const code of command.errors)
        expect(help).toContain(`${errorTable[code].exitCode}  ${code}: `)
    })

    it('shows the connection options only when it speaks to a server', () => {
      expect(helpOf(name).includes('--ssl-mode')).toBe(command.connects)
    })

    it('fits into 80 columns', () => {
      const long = helpOf(name)
        .split('\n')
        .filter((line) => line.length > 80)
      expect(long).toEqual([])
    })
  },
)

describe('the commands', () => {
  it('are all listed, the groups too', () => {
    const help = helpOf('')
    for (const { name } of allCommands.filter((command) => !command.name.includes(' ')))
      expect(help).toContain(`  clonectl ${name} `)
    for (const group of Object.keys(commandGroups)) expect(help).toContain(`  clonectl ${group} `)
  })

  it('have no option that is a shared one, too', () => {
    const shared = new Set(sharedOptions.map(({ name }) => name))
    for (const { options } of allCommands)
      expect(Object.keys(options).filter((option) => shared.has(option))).toEqual([])
  })

  it('leave -h to the host', () => {
    const line = readCommandLine(readGivenArguments(['doctor', '-h', 'db1']), 80)
    expect(line).toMatchObject({ kind: 'run', flags: { host: 'db1' } })
  })
})

describe('epilogueOf', () => {
  it('breaks long lines and indents what follows', () => {
    const [command] = allCommands.filter(({ name }) => name === 'restore')
    expect(epilogueOf(command!, 40)).toContain(
      '   12  REPOSITORY_MISSING: There is no\n       repository at the given path.',
    )
  })
})
