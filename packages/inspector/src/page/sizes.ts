import type { Tool } from '@parley/core'

const charactersPerToken = 4

/** How the tokens are counted, for people. */
export const tokenRule: string = `One token is taken to be ${charactersPerToken} characters of the JSON that a host shows its model: name, description and input schema of each tool. A model's own count differs.`

const shownOf = ({ name, description, inputSchema }: Tool): string => JSON.stringify({ name, description, inputSchema })

/** What tools cost a model: the bytes of what it is shown of them, and about how many tokens that is. */
export const costOf = (tools: readonly Tool[]): { readonly bytes: number; readonly tokens: number } => {
  const texts = tools.map(shownOf)
  const bytes = texts.reduce((sum, text) => sum + new TextEncoder().encode(text).length, 0)
  const characters = texts.reduce((sum, text) => sum + text.length, 0)
  return { bytes, tokens: Math.ceil(characters / charactersPerToken) }
}

/** A number of bytes for people. */
export const bytesText = (bytes: number): string => {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** A duration for people. */
export const timeText = (milliseconds: number): string => {
  if (milliseconds < 1) return '<1 ms'
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`
}
