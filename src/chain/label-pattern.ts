// Patterns of labels: `*` stands for any text, `?` for one character, everything else for itself.

const escaped = (text: string): string => text.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)

/** Says whether the whole label fits the pattern; capitals matter. Nothing fits a missing label. */
export const fitsLabel = (pattern: string, label: string | undefined): boolean => {
  if (label === undefined) return false
  const body = escaped(pattern).replaceAll(/\*+/g, '.*').replaceAll('?', '.')
  return new RegExp(`^${body}$`, 'su').test(label)
}
