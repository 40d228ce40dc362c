// Edits between two words, a swap of neighbours counting as one. The caller bounds both, so the cost is bounded.
const distance = (left: string, right: string): number => {
  let above: readonly number[] = []
  let row: readonly number[] = Array.from({ length: right.length + 1 }, (_, at) => at)
  for (let i = 1; i <= left.length; i++) {
    const next = [i]
    for (let j = 1; j <= right.length; j++) {
      const same = left[i - 1] === right[j - 1] ? 0 : 1
      const swapped = left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]
      const edit = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same)
      next.push(swapped ? Math.min(edit, (above[j - 2] ?? 0) + 1) : edit)
    }
    above = row
    row = next
  }
  return row[right.length] ?? 0
}

/** The names that a mistyped one may have meant, best first, three at most. */
export const nearest = (wanted: string, names: Iterable<string>): readonly string[] => {
  const word = wanted.toLowerCase().slice(0, 64)
  const scored: { name: string; score: number }[] = []
  for (const name of new Set(names)) {
    const other = name.toLowerCase().slice(0, 64)
    const within = word.length > 2 && (other.includes(word) || word.includes(other))
    const score = within ? 1 : distance(word, other)
    if (score <= Math.ceil(Math.max(word.length, other.length) / 3)) scored.push({ name, score })
  }
  scored.sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1))
  return scored.slice(0, 3).map(({ name }) => name)
}
