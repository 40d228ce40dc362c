import type { SamplingMessage, SamplingMessageContentBlock } from './model/index.ts'

const blocksOf = (message: SamplingMessage): readonly SamplingMessageContentBlock[] =>
  Array.isArray(message.content) ? message.content : [message.content]

const usesOf = (message: SamplingMessage): string[] =>
  blocksOf(message).flatMap((block) => (block.type === 'tool_use' ? [block.id] : []))

const resultsOf = (message: SamplingMessage): string[] =>
  blocksOf(message).flatMap((block) => (block.type === 'tool_result' ? [block.toolUseId] : []))

/**
 * Says what is wrong with a sampling conversation, or nothing (client/sampling, Q2).
 *
 * A user message with tool results holds nothing else; every tool use is answered, by its id, in the next message.
 */
export const samplingFault = (messages: readonly SamplingMessage[]): string | undefined => {
  let open: string[] = []
  for (const message of messages) {
    const results = resultsOf(message)
    if (results.length > 0 && results.length !== blocksOf(message).length) {
      return 'A message with tool results holds nothing else'
    }
    if (results.length > 0 && message.role !== 'user') return 'Tool results stand in a user message'
    const unanswered = open.find((id) => !results.includes(id))
    if (unanswered !== undefined) return `The tool use "${unanswered}" is not answered by the next message`
    const stray = results.find((id) => !open.includes(id))
    if (stray !== undefined) return `The tool result "${stray}" answers no tool use of the message before`
    open = message.role === 'assistant' ? usesOf(message) : []
  }
  return open[0] === undefined ? undefined : `The tool use "${open[0]}" is not answered by the next message`
}
