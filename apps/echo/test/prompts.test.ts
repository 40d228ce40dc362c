import { describe, expect, it } from 'vitest'
import { formats } from '../src/content.ts'
import { echoClient, rejection, versions } from './echo.ts'

describe.each(versions)('prompts, in %s', (version) => {
  it('are listed with what they need', async () => {
    const client = await echoClient(version)
    const needs = (await client.listPrompts()).map(({ name, arguments: args = [] }) => [
      name,
      args.map((argument) => `${argument.name}${argument.required === true ? '' : '?'}`),
    ])
    expect(needs).toEqual([
      ['echo_prompt', ['message']],
      ['echo_dialogue', ['message', 'answer?']],
      ['echo_content', ['message', 'format?']],
    ])
  })

  it('make two turns, with an answer or without', async () => {
    const client = await echoClient(version)
    const turns = async (args: { [name: string]: string }): Promise<unknown> =>
      (await client.getPrompt('echo_dialogue', args)).messages
    expect(await turns({ message: 'Knock' })).toEqual([
      { role: 'user', content: { type: 'text', text: 'Knock' } },
      { role: 'assistant', content: { type: 'text', text: 'Knock' } },
    ])
    expect(await turns({ message: 'Knock', answer: '' })).toEqual([
      { role: 'user', content: { type: 'text', text: 'Knock' } },
      { role: 'assistant', content: { type: 'text', text: '' } },
    ])
  })

  it('say a message as text when no format is named', async () => {
    const client = await echoClient(version)
    const { messages } = await client.getPrompt('echo_content', { message: 'hi' })
    expect(messages).toEqual([{ role: 'user', content: { type: 'text', text: 'hi' } }])
  })

  it('suggest the formats', async () => {
    const client = await echoClient(version)
    const prompt = { type: 'ref/prompt', name: 'echo_content' } as const
    expect((await client.complete(prompt, { name: 'format', value: '' })).values).toEqual(formats)
    expect((await client.complete(prompt, { name: 'format', value: 'a' })).values).toEqual(['audio'])
  })

  it('P1: are refused by a wrong name, without an argument, and with a wrong one', async () => {
    const client = await echoClient(version)
    expect(await rejection(client.getPrompt('echo_nothing'))).toMatchObject({ code: -32602 })
    expect(await rejection(client.getPrompt('echo_prompt'))).toMatchObject({
      code: -32602,
      message: expect.stringMatching(/echo_prompt: message: /) as string,
    })
    expect(await rejection(client.getPrompt('echo_content', { message: 'hi', format: 'mime' }))).toMatchObject({
      code: -32602,
      message: expect.stringMatching(/echo_content: format: /) as string,
    })
  })
})
