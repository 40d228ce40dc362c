import type * as Clack from '@clack/prompts'
import { userRefused } from '@parley/client'
import type { ContentBlock, CreateMessageParams, CreateMessageResult, SamplingMessage } from '@parley/core'
import { bold, dim } from '../paint.ts'
import type { Shown } from './ask.ts'
import { tame } from './render.ts'

const { stderr } = process

const isShown = (block: { readonly type: string }): block is ContentBlock & { readonly type: 'text' } =>
  block.type === 'text'

const contentOf = ({ content }: SamplingMessage): string =>
  [content]
    .flat()
    .map((block) => (isShown(block) ? tame(block.text, stderr) : dim(`[${block.type}]`, stderr)))
    .join('\n')

/** The conversation that a model is to go on with, as text for a terminal. */
export const conversation = ({ systemPrompt, messages, maxTokens }: CreateMessageParams): string =>
  [
    bold('The server asks a model to go on with this:', stderr),
    ...(systemPrompt === undefined ? [] : [`${dim('system:', stderr)} ${tame(systemPrompt, stderr)}`]),
    ...messages.map((message) => `${dim(`${message.role}:`, stderr)} ${contentOf(message)}`),
    dim(`(at most ${maxTokens} tokens)`, stderr),
  ].join('\n')

/**
 * Shows whoever sits at the terminal what a model is asked, and lets them answer in its place.
 * @throws RpcError that tells the server of a no
 */
export const askModel = async (
  prompts: typeof Clack,
  params: CreateMessageParams,
  shown: Shown,
  cancel: () => void,
): Promise<CreateMessageResult> => {
  stderr.write(`${conversation(params)}\n`)
  const answers = await prompts.confirm({
    message: 'There is no model here. Answer in its place?',
    active: 'Answer',
    inactive: 'Decline',
    ...shown,
  })
  const text = answers === true ? await prompts.text({ message: 'assistant', ...shown }) : answers
  if (prompts.isCancel(text)) cancel()
  if (typeof text !== 'string') throw userRefused()
  return { role: 'assistant', content: { type: 'text', text }, model: 'a person', stopReason: 'endTurn' }
}
