import type { CreateMessageResult, ElicitResult, JsonObject, Root } from '@parley/core'
import type { AskContext, ClientOptions } from '@parley/client'
import type { QuestionMethod } from '@parley/protocol'
import type { CallerKind } from './caller.ts'
import type { Conversations } from './conversations.ts'
import type { ProxyOptions } from './options.ts'

/** How the server behind is connected to on behalf of one kind of caller: with its abilities, and its answers. */
export const behalfOf = (
  { info, form, url, sampling, sampleTools, sampleContext, roots }: CallerKind,
  conversations: Conversations,
  { name = 'parley-proxy', version = '0.0.0', client, onError }: ProxyOptions,
): ClientOptions => {
  // Both ends' revisions hold the answer against the question's own schema; the casts below rest on that.
  const ask = (method: QuestionMethod, params: JsonObject, context: AskContext): Promise<JsonObject> =>
    conversations.ask({ method, params: { ...params } }, context)
  const elicit = async (params: JsonObject, context: AskContext): Promise<ElicitResult> =>
    (await ask('elicitation/create', params, context)) as ElicitResult
  const sample = async (params: JsonObject, context: AskContext): Promise<CreateMessageResult> =>
    (await ask('sampling/createMessage', params, context)) as CreateMessageResult
  const list = async (context: AskContext): Promise<Root[]> =>
    ((await ask('roots/list', {}, context)) as { roots: Root[] }).roots
  return {
    ...(info ?? { name, version }),
    ...client,
    onError,
    onElicit: form ? elicit : undefined,
    onElicitUrl: url ? elicit : undefined,
    onSample: sampling ? sample : undefined,
    sampleTools,
    sampleContext,
    roots: roots ? list : undefined,
    onLog: (line) => conversations.log(line),
    validate: 'never',
    cache: false,
  }
}
