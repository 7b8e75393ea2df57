// AWS Lambda's side of a function: it loads the handler, asks the runtime interface for events, and posts what the handler returns.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
const { AWS_LAMBDA_RUNTIME_API, LAMBDA_TASK_ROOT } = process.env
const api = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`
const { handler } = await import(`${LAMBDA_TASK_ROOT}/handler.mjs`)

for (;;) {
  const next = await fetch(`${api}/invocation/next`)
  const id = next.headers.get('lambda-runtime-aws-request-id')
  const result = await handler(await next.json(), { awsRequestId: id })
  const headers = { 'max-rss': String(1024 * process.resourceUsage().maxRSS) } // for the test
  await fetch(`${api}/invocation/${id}/response`, { method: 'POST', headers, body: JSON.stringify(result) })
}
