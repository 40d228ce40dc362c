export { checkElicitContent, formFault } from './elicitation-form.ts'
export { readableHost } from './readable-host.ts'
export { samplingFault } from './sampling-rules.ts'
