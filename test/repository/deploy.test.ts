import { expect, test } from 'vitest'
import { readText } from './repository.ts'

const server = readText('deploy/kubernetes/server.yaml')
const worker = readText('deploy/kubernetes/worker.yaml')
const compose = readText('deploy/compose.yaml')
const only = (text: string, pattern: RegExp) => {
  const found = [...text.matchAll(pattern)].map(([, value]) => value!)
  expect(found, String(pattern)).toHaveLength(1)
  return found[0]!
}

test('the weights of a server leave half of the memory of its pod, and of its container, to all else', () => {
  const memory = Number(only(server, /--memory, "(\d+)"/g))
  expect(memory * 2).toBeLessThanOrEqual(1024 * Number(only(server, /limits:\n(?: +cpu: .*\n)? +memory: (\d+)Gi/g)))
  expect(compose).toMatch(new RegExp(`--memory, "${memory}"\\]\\n +mem_limit: 2g`))
})

test.each([
  ['server', server, '--metrics-port'],
  ['worker', worker, '--port'],
])('the annotations of a %s name the port at which it answers without a key', (_, text, flag) => {
  const port = only(text, /prometheus\.io\/port: "(\d+)"/g)
  expect(text).toContain(`${flag}, "${port}"`)
  expect(text).toMatch(new RegExp(`- name: metrics\\n +containerPort: ${port}\\n`))
})

test('pods are spread over nodes and zones, and are probed', () => {
  for (const text of [server, worker]) {
    expect(text.match(/topologyKey: .*/g)).toEqual([
      'topologyKey: kubernetes.io/hostname',
      'topologyKey: topology.kubernetes.io/zone',
    ])
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) expect(text).toContain(`${probe}:`)
  }
})

test('a policy stands for each app, beside the one that denies all else', () => {
  const policies = readText('deploy/kubernetes/network.yaml')
  expect(policies).toMatch(/name: deny-all\nspec:\n +podSelector: \{\}\n +policyTypes: \[Ingress, Egress\]/)
  expect([...policies.matchAll(/^ {2}name: (.*)/gm)].map(([, name]) => name)).toEqual([
    ...['deny-all', 'server', 'worker', 'enqueues', 'redis'],
  ])
  expect(readText('deploy/kubernetes/kustomization.yaml')).toContain('- network.yaml')
})

test('compose ends unhealthy containers, so that they are restarted', () => {
  expect(compose.match(/\[CMD, node, \/app\/healthcheck\.mjs, "http:\/\/127\.0\.0\.1:\d+\/health"\]/g)).toHaveLength(2)
  expect(readText('deploy/Dockerfile')).toContain('COPY deploy/healthcheck.mjs')
})
