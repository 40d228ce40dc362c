import { assistant, Server, user } from '@parley/server'
import { z } from 'zod'
import { contentOf, formats } from './content.ts'
import { addFailures } from './failures.ts'
import { shortMessage, writableMessage } from './messages.ts'
import { Recent } from './recent.ts'
import { addConversation, addEchoes } from './tools.ts'

/** Makes the echo server: the smallest complete tour of the protocol. */
export const createEcho = (): Server => {
  const server = new Server(
    { name: 'echo', title: 'Echo', version: '1.0.0', description: 'Says back what it hears, in every way there is.' },
    { instructions: 'Call echo_tool to hear a message again. The other tools show one part of the protocol each.' },
  )
  const recent = new Recent(() => server.resourceUpdated('echo:recent'))
  addEchoes(server, recent)
  addConversation(server, recent)
  addFailures(server)
  addResources(server, recent)
  addPrompts(server, recent)
  return server
}

const addResources = (server: Server, recent: Recent): void => {
  server.resource(
    'echo://{message}',
    {
      name: 'echo',
      description: 'A message as a resource',
      complete: { message: (start) => recent.startingWith(start) },
      // A message is no path: one that begins with a slash or holds `..` is as good as any.
      unsafe: ['message'],
    },
    ({ message }) => `Resource echo: ${message}`,
  )
  // The template matches this URI too; what is fixed goes first, and is listed.
  server.resource('echo://static', { name: 'static', description: 'A resource with a URI of its own' }, () => {
    return 'Resource echo: static'
  })
  server.resource('echo:recent', { name: 'recent', description: 'What was echoed last, newest first' }, () => {
    return recent.startingWith('')
  })
}

const addPrompts = (server: Server, recent: Recent): void => {
  const complete = { message: (start: string) => recent.startingWith(start) }
  server.prompt(
    'echo_prompt',
    { description: 'Asks the model to process a message', args: { message: shortMessage }, complete },
    ({ message }) => `Please process this message: ${message}`,
  )
  server.prompt(
    'echo_dialogue',
    {
      description: 'A message and its answer, as two turns',
      args: {
        message: shortMessage,
        answer: z.string().optional().describe('What was answered; the message if absent'),
      },
      complete,
    },
    ({ message, answer = message }) => [user(message), assistant(answer)],
  )
  server.prompt(
    'echo_content',
    {
      description: 'A message as any kind of content',
      args: { message: writableMessage, format: z.enum(formats).default('text').describe('The kind of content') },
      complete,
    },
    ({ message, format }) => contentOf(message, format),
  )
}
