export { checkElicitContent, formFault } from './elicitation-form.ts'
